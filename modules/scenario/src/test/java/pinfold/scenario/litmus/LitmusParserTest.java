package pinfold.scenario.litmus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pinfold.kernel.MachineSpec.ReclaimSpec;
import pinfold.kernel.reclaim.CompactionSpec;
import pinfold.kernel.reclaim.ThpDefrag;
import pinfold.scenario.ConfigError;
import pinfold.scenario.litmus.Line.Expect;
import pinfold.scenario.litmus.Line.Step;

/** What a litmus file means, and what a user is told who gets one wrong. */
class LitmusParserTest {
  private static final List<String> VARIANTS = List.of("linux-6.10", "linux-6.12", "linux-6.12-before-33dfe", "linux-6.12.43",
      "linux-6.12.57", "linux-6.12.117");
  private static final String HEAD = """
      litmus 1
      title  A title
      machine 2 cpus, 64 MiB, 48 MiB cma
      variants A, linux-6.12
      pages P = anon
      pages R = anon 16
      pages H = thp
      """;

  private static Litmus parse(String text) {
    return new LitmusParser("x.litmus", VARIANTS).parse(text);
  }

  private static String complaint(String text) {
    ConfigError error = catchThrowableOfType(ConfigError.class, () -> parse(text));
    return error == null ? "was accepted" : error.getMessage();
  }

  @Test
  void aFileIsReadInOrder() {
    Litmus litmus = parse(HEAD + """
        cpu 1: mark-accessed P, R[2..3] twice   # a comment
        expect A:
          result = ok or -12
          R[0..3]: lru = 1 on 2, list = inactive_anon
          batch cpu 1 activate = P R[2..3]*2
        """);
    assertThat(litmus.title()).isEqualTo("A title");
    assertThat(litmus.variants()).containsExactly("linux-6.12-before-33dfe", "linux-6.12");
    assertThat(litmus.machine()).isEqualTo(new MachineShape(1, 2, 64L << 20, 48L << 20, 0));
    Step step = (Step) litmus.lines().get(0);
    assertThat(step.number()).isEqualTo(8);
    assertThat(step.cpu()).isEqualTo(1);
    NamedPages p = litmus.pages().get(0);
    NamedPages r = litmus.pages().get(1);
    assertThat(step.action()).isEqualTo(new Action.OnFolios(Verb.MARK_ACCESSED,
        List.of(new FolioRange(p, 0, 1, false), new FolioRange(r, 2, 2, false)), 2));
    Expect expect = (Expect) litmus.lines().get(1);
    assertThat(expect.variants()).containsExactly("linux-6.12-before-33dfe");
    assertThat(expect.checks()).hasSize(4);
    assertThat(((Check.Result) expect.checks().get(0)).condition().values()).containsExactly(0L, -12L);
    assertThat(((Check.Batch) expect.checks().get(3)).entries()).containsExactly("P", "R[2]", "R[3]", "R[2]", "R[3]");
  }

  @Test
  void aGroupOfTheFileReplacesABuiltInOne() {
    Litmus litmus = parse(HEAD.replace("variants A", "group A = linux-6.10\nvariants A") + "expect A: drain-all = 0\n");
    assertThat(litmus.variants()).containsExactly("linux-6.10", "linux-6.12");
  }

  @Test
  void thpDefragAndKcompactdSayWhoMakesBlocks() {
    String rest = "cpu 0: drain\nexpect all: drain-all = 0\n";
    assertThat(parse(HEAD + "node-reclaim\nkcompactd\nthp-defrag defer-madvise unadvised\n" + rest).reclaim().compaction())
        .isEqualTo(new CompactionSpec(ThpDefrag.DEFER_MADVISE, false, true));
    assertThat(complaint(HEAD + "kcompactd\n" + rest)).contains("there is no 'node-reclaim' line");
    assertThat(complaint(HEAD + "node-reclaim\nthp-defrag defer\n" + rest)).contains("there is no 'kcompactd' line");
    assertThat(complaint(HEAD + "thp-defrag later\n" + rest)).contains("'later' is no way to defragment");
  }

  @Test
  void swapAndLruSayWhatReclaimMeets() {
    String steps = "cpu 0: reclaim 5 pages\nexpect all: reclaimed = 0\n";
    Litmus litmus = parse(HEAD + "swap 1 MiB, 64 KiB limit\nlru mglru\n" + steps);

    assertThat(litmus.reclaim()).isEqualTo(new Litmus.ReclaimShape(false, CompactionSpec.DEFAULT, 256, false, 16, true));
    assertThat(parse(HEAD + "swap 1 MiB ssd, 64 KiB limit\n" + steps).reclaim())
        .isEqualTo(new Litmus.ReclaimShape(false, CompactionSpec.DEFAULT, 256, true, 16, false));
    Litmus nodes = parse(HEAD + "node-reclaim\nlru mglru\ncpu 0: drain-pages\n"
        + "expect all: free of node 0 > 5, kswapd of node 0 = asleep or hopeless\n");
    assertThat(nodes.reclaim()).isEqualTo(new Litmus.ReclaimShape(true, CompactionSpec.DEFAULT, 0, false, ReclaimSpec.NO_LIMIT, true));
    assertThat(complaint(HEAD + "cpu 0: drain\nexpect all: kswapd of node 0 = asleep\n"))
        .contains("there is no kswapd: say 'node-reclaim'");
    assertThat(complaint(HEAD + "node-reclaim\ncpu 0: drain\nexpect all: kswapd of node 0 = slow\n")).contains("'slow' is no value");
    assertThat(complaint(HEAD + "cpu 0: drain\nexpect all: free of node 1 = 0\n")).contains("'1' should be a node, from 0 to 0");
    assertThat(complaint(HEAD + steps)).contains("memory is reclaimed, but there is no 'swap' line above the first step");
    assertThat(complaint(HEAD + "lru mglru\ncpu 0: drain\nexpect all: drain-all = 0\n"))
        .contains("neither a 'swap' nor a 'node-reclaim' line");
    assertThat(complaint(HEAD + "swap 1 KiB\n" + steps)).contains("a swap device has 4 KiB to 64 GiB");
    assertThat(complaint(HEAD + "swap 1 MiB\nswap 1 MiB\n" + steps)).contains("there is a 'swap' already");
    assertThat(complaint(HEAD + "swap 1 MiB, 1 KiB limit\n" + steps)).contains("the limit is less than a page of 4 KiB");
    assertThat(complaint(HEAD + "swap 1 MiB\nlru clasic\n" + steps)).contains("'clasic' is no kind of LRU; did you mean classic?");
  }

  /** One wrong line each, behind a good beginning of seven lines. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      cpu 1: mark-acessed P            | 'mark-acessed' is no step; did you mean mark-accessed?
      cpu 2: write P                   | '2' should be a CPU, from 0 to 1
      cpu 1: write Q                   | 'Q' is no name of folios; did you mean P?
      cpu 1: write R[3..16]            | 'R[3..16]' reaches beyond R, which has folios 0 to 15
      cpu 1: write P three times       | 'three' should not be here: the line is complete without it
      cpu 1: write                     | the line ends too early: what comes next should name folios, such as P, R[3] or R[0..15]
      cpu 1 write P                    | 'write' should be ':'
      cpu 1: pin P by vfoi             | 'vfoi' is no way to pin; did you mean vfio?
      cpu 1: pin P, H by vfio          | a pin is one range of addresses, and H does not lie behind P: names lie in the order
      cpu 1: read-file P               | read-file needs a file, and P is anon
      cpu 1 +5 us: drain               | only a step below 'at the same time:' can begin later
      advance 5                        | the line ends too early: what comes next is no unit of time
      advance 5 lightyears             | 'lightyears' is no unit of time; did you mean
      expect B: drain-all = 0          | linux-6.12.43 is expected to do something, but is not among the file's 'variants'
      expect linux-6.13: drain-all = 0 | 'linux-6.13' is no variant or group of variants; did you mean linux-6.10?
      expect all: drain_al = 0         | 'drain_al' is no counter, nor result, batch, free, kswapd, insertions or activations; did you mean drain-all?
      expect all: drain-all 0          | '0' is no comparison; did you mean =?
      expect all: drain-all = none     | 'none' should be a number
      expect all: result = ENOMEN      | 'ENOMEN' is no value and no number; did you mean ENOMEM?
      expect all: batch cpu 0 aktivate = P | 'aktivate' is no batch; did you mean activate?
      expect all: P: list = 1          | '1' is no value; did you mean
      expect all: P: lur = 1           | 'lur' is no property of a folio; did you mean lru?
      pages N = anon                   | 'pages' belongs above the first step
      machina 2 cpus                   | 'machina' is no beginning of a line; did you mean machine?
      cpu 0: write P; drain            | '; drain' cannot be read: a line has words, numbers, names such as P or R[0..15]
      """)
  void aWrongWordIsNamedWithWhatWouldBeRight(String line, String problem) {
    String steps = "cpu 0: drain\n";
    assertThat(complaint(HEAD + steps + line + "\nexpect all: drain-all = 0\n")).startsWith("x.litmus:9: " + problem);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      machine 2 cpus, 64 MiB, 48 MiB cma  | machine 2 cpus, 64 MiB, 80 MiB cma | x.litmus:3: there is no such machine: cmaBytesPerNode
      machine 2 cpus, 64 MiB, 48 MiB cma  | machine 2 cpus, 64 MB              | x.litmus:3: 'MB' is no unit of size; did you mean
      pages P = anon                      | pages P = anno                     | x.litmus:5: 'anno' is no kind of memory; did you mean anon?
      pages P = anon                      | pages P = anon, activ              | x.litmus:5: 'activ' is no state to start in; did you mean
      pages R = anon 16                   | pages P = anon                     | x.litmus:6: 'P' names other folios already
      litmus 1                            | litmus 2                           | x.litmus:1: '2' should be the version of the format, from 1 to 1
      litmus 1                            | title first                        | x.litmus:1: the first line must be 'litmus 1'
      title  A title                      | source x                           | x.litmus:8: there is no 'title' line
      variants A, linux-6.12              | variants A, linux-6.11             | x.litmus:4: 'linux-6.11' is no variant or group
      """)
  void aWrongHeaderIsNamedWithWhatWouldBeRight(String right, String wrong, String problem) {
    assertThat(complaint(HEAD.replace(right, wrong) + "expect all: drain-all = 0")).startsWith(problem);
  }

  @Test
  void aTestThatExpectsNothingIsRefused() {
    assertThat(complaint(HEAD + "cpu 0: drain\n")).isEqualTo("x.litmus:9: there is no 'expect': the test could not fail");
  }

  @Test
  void oneCpuCannotDoTwoThingsAtTheSameTime() {
    assertThat(complaint(HEAD + "at the same time:\n  cpu 0: drain\n  cpu 0: drain\nexpect all: drain-all = 0\n"))
        .isEqualTo("x.litmus:10: CPU 0 has a step at that time already");
  }
}
