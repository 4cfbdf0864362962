package pinfold.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a user is told who gets a scenario file or an override wrong, word for word. */
class BadScenarioTest {
  @TempDir Path temp;

  /** The line is the third of the file; the file is named {@code s.conf}. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      # a line in the file | what is said about it
      machine.nods = 2 | machine.nods = 2: no such setting; did you mean machine.nodes?
      machin { nodes = 2 } | machin = {"nodes":2}: no such setting; did you mean machine?
      machine.memory-per-node = 2048 | machine.memory-per-node = 2048: the unit belongs to the name: write machine.memory-per-node-mib
      machine.memory-per-node-mib = 2GiB | machine.memory-per-node-mib = "2GiB": must be a whole number of MiB, without a unit
      machine.memory-per-node-mib = "2048" | machine.memory-per-node-mib = "2048": must be a whole number of MiB, without a unit
      machine.memory-per-node-mib = 2047 | machine.memory-per-node-mib = 2047: must be a multiple of 2: memory is made of pageblocks of 2 MiB
      machine.nodes = 0 | machine.nodes = 0: must be from 1 to 1024
      machine.cma-per-node-mib = 4096 | machine.cma-per-node-mib = 4096: must be less than memory-per-node-mib = 2048: kernel memory cannot be in CMA
      machine { cma-per-node-mib = 1024, movable-per-node-mib = 1024 } | machine.movable-per-node-mib = 1024: and cma-per-node-mib = 1024 overlap: together they must be less than memory-per-node-mib = 2048, since CMA lies in the normal zone
      machine.distances = [[10, 20], [20, 10]] | machine.distances = [[10,20],[20,10]]: makes no machine: distances has 2 rows for 1 nodes
      machine.distances = [10, 20] | machine.distances = 10: must be a list of rows of whole numbers, such as [[10, 20], [20, 10]]
      machine { file = machines/cma-1node.conf, nodes = 2 } | machine.nodes = 2: cannot be said beside machine.file = "machines/cma-1node.conf", which describes the whole machine
      machine.file = machines/cma-1nod.conf | machine.file = "machines/cma-1nod.conf": not found in DIR, SHIPPED, the working directory; did you mean cma-1node? There are: cma-1node, numa-4node-movable
      links { near-latency-ns = 300 , far-latency-ns = 200 } | links.far-latency-ns = 200: must be no less than near-latency-ns = 300
      memory-in-use.in-cma-share = 1.5 | memory-in-use.in-cma-share = 1.5: must be a share from 0.0 to 1.0
      memory-in-use.anonymous-per-node-mib = 4096 | memory-in-use.anonymous-per-node-mib = 4096: 2048 MiB of it do not fit outside the CMA of node 0
      memory-in-use { in-cma-share = 1 , anonymous-per-node-mib = 8 } | memory-in-use.anonymous-per-node-mib = 8: 8 MiB of it do not fit into the CMA of node 0
      lru-mode = mgrlu | lru-mode = "mgrlu": must be one of as-machine, classic, mglru; did you mean mglru?
      vms = [ { memory-mib = 4096 } ] | vms[0].memory-mib = 4096: must be at most 2048, the memory of the whole machine in MiB
      vms = [ { memory-mib = 511, page-size = 2M } ] | vms[0].memory-mib = 511: must be a multiple of 2 with page-size = 2M
      vms = [ { page-size = 1G } ] | vms[0].page-size = "1G": must be one of 4K, 2M; did you mean 4K?
      vms = [ { assign = io-uring } ] | vms[0].assign = "io-uring": must be one of vfio, io_uring, none; did you mean io_uring?
      vms = [ { memory = 512 } ] | vms[0].memory = 512: the unit belongs to the name: write vms[0].memory-mib
      vms = [ { pin-cpu = 4 } ] | vms[0].pin-cpu = 4: names CPU 4, but the machine has CPUs 0 to 3
      vms = [ { pin-cpu = 0-1 } ] | vms[0].pin-cpu = "0-1": must be one CPU, or auto
      vms = [ { vcpu-cpus = "0-2,1" } ] | vms[0].vcpu-cpus = "0-2,1": names CPU 1 twice
      vms = [ { vcpu-cpus = all } ] | vms[0].vcpu-cpus = "all": must be a list of CPUs such as 0-3,8
      vms = [ { name = a }, { start-after = b } ] | vms[1].start-after = "b": no VM has this name; did you mean a?
      vms = [ { name = a, start-after = b }, { name = b, start-after = a } ] | vms[0].start-after = "b": leads back to b: VMs that wait for each other never start
      vms = [ { name = a }, { name = a } ] | vms[1].name = "a": is the name of another VM too
      vms = [ 512 ] | vms = 512: must be a list of groups of settings, such as [ { ... }, { ... } ]
      vms = [] | success = "vm-started" (by default): needs at least one entry in vms
      background = [ { kind = mark-acessed } ] | background[0].kind = "mark-acessed": must be one of mark-accessed, file-read, file-write, fadvise-dontneed, madvise-cold, madvise-free, mlock, fault-unmap, fault-unmap-private-file, fork-exit, file-map, cma-alloc, busy-loop, build; did you mean mark-accessed?
      background = [ { cpus = 2-9 } ] | background[0].cpus = "2-9": names CPU 9, but the machine has CPUs 0 to 3
      background = [ { working-set-kib = 5 } ] | background[0].working-set-kib = 5: must be a multiple of 4: a page is 4 KiB
      background = [ { kind = busy-loop, max-ops = 5 } ] | background[0].max-ops = 5: must be 0, as a busy-loop does nothing that could be counted and never ends
      worker-wake-up = fifo | worker-wake-up = "fifo": must be one of preempts, takes-turn; did you mean preempts?
      success = time-is-up | success = "time-is-up": needs at least one entry in background
      measure-from-ms = 5 | measure-from-ms = 5: needs success = time-is-up: other runs are measured whole
      background = [ { page-size = 2M, working-set-kib = 4096, kind = file-read } ] | background[0].page-size = "2M": must be 4K with kind = file-read: only memory of the task's own can be huge
      background = [ { page-size = 2M, working-set-kib = 3072 } ] | background[0].working-set-kib = 3072: must be a multiple of 2048 with page-size = 2M
      memory-cgroups = [ { memory-max-mib = 0 } ] | memory-cgroups[0].memory-max-mib = 0: must be from 1 to 16777216
      memory-cgroups = [ { name = a }, { name = a } ] | memory-cgroups[1].name = "a": is the name of another memory cgroup too
      background = [ { kind = build, tmpfs-output-percent = 5 } ] | background[0].tmpfs-output-percent = 5: is a part of tmpfs-kib, which is 0
      background = [ { kind = mlock, tmpfs-kib = 8 } ] | background[0].tmpfs-kib = 8: can be said of kind = build only
      memory-cgroups = [ { name = a/b } ] | memory-cgroups[0].name = "a/b": needs an entry named a before it, as it is below that
      memory-cgroups = [ { name = build }, { name = biuld/jobs } ] | memory-cgroups[1].name = "biuld/jobs": needs an entry named biuld before it, as it is below that; did you mean build?
      memory-cgroups = [ { name = "a//b" } ] | memory-cgroups[0].name = "a//b": must be names with one / between two, as in build/jobs
      vms = [ { oom-score-adj = 1001 } ] | vms[0].oom-score-adj = 1001: must be from -1000 to 1000
      background = [ { kind = file-read, oom-score-adj = 1 } ] | background[0].oom-score-adj = 1: cannot be said of kind = file-read: it maps nothing, and the OOM killer passes it over
      memory-cgroups = [ { name = a } ], background = [ { kind = file-map, memory-cgroup = a } ] | background[0].memory-cgroup = "a": cannot be said of kind = file-map: it has no anonymous memory, and nothing else is charged
      background = [ { kind = file-map, page-size = 2M } ] | background[0].page-size = "2M": must be 4K with kind = file-map: only memory of the task's own can be huge
      background = [ { kind = build, memory-cgroup = b } ] | background[0].memory-cgroup = "b": no entry of memory-cgroups has this name
      memory-cgroups = [ { name = build } ], vms = [ { memory-cgroup = biuld } ] | vms[0].memory-cgroup = "biuld": no entry of memory-cgroups has this name; did you mean build?
      memory-cgroups = [ { name = a } ], vms = [ { memory-cgroup = a, backing = memfd } ] | vms[0].memory-cgroup = "a": needs backing = anonymous: files are not charged to a memory cgroup
      memory-cgroups = [ { name = a } ], background = [ { kind = file-read, memory-cgroup = a } ] | background[0].memory-cgroup = "a": cannot be said of kind = file-read: it has no anonymous memory, and nothing else is charged
      costs = ["pin-pag=9"] | costs = ["pin-pag=9"]: there is no cost pin-pag; did you mean pin-page?
      costs = ["pin-page=-9"] | costs = ["pin-page=-9"]: must be name=nanoseconds each, such as fault-page=900, of at most 1000000000000
      swap.kind = ssd | swap.kind = "ssd": needs node-reclaim = true or an entry in memory-cgroups: nobody else reclaims
      kcompactd = true | kcompactd = true: needs node-reclaim = true: nobody else wakes it
      node-reclaim = true, thp-defrag = defer | thp-defrag = "defer": leaves blocks of 2 MiB to kswapd and kcompactd, so it needs kcompactd = true
      thp-defrag = defer-madvice | thp-defrag = "defer-madvice": must be one of always, defer, defer-madvise, madvise, never; did you mean defer-madvise?
      swap.kind = nvme | swap.kind = "nvme": must be one of none, zram, ssd; did you mean none?
      swap { kind = ssd, size-mib = 0 } | swap.size-mib = 0: must be 1 or more unless holds-files = true; for no device at all say swap.kind = none
      swap { kind = zram, holds-files = true } | swap.holds-files = true: needs swap.kind = ssd: zram is no disk
      swap.size-gib = 4 | swap.size-gib = 4: no such setting; did you mean swap.size-mib?
      swap { channels = 64 , queue-depth = 32 } | swap.queue-depth = 32: must be no less than channels = 64, or some would never have anything to do
      swap { kind = ssd, seek-us = 0, channels = 1, elevator = true } | swap.elevator = true: needs swap.kind = ssd, seek-us > 0 and channels = 1: nothing but a disk gains by an order of requests
      dirty { limit-mib = 10 , background-mib = 10 }, swap { kind = ssd }, node-reclaim = true | dirty.background-mib = 10: must be less than limit-mib, which is 10 MiB: the flusher is to begin before writers have to wait
      swap.interrupt-cpus = 4 | swap.interrupt-cpus = 4: names CPU 4, but the machine has CPUs 0 to 3
      swappiness = 201 | swappiness = 201: must be from 0 to 200
      variants = [] | variants = []: must name at least one variant
      seeds = [1, 2, 1] | seeds = [1,2,1]: must not repeat a seed: the two runs would be the same one
      seeds = 3 | seeds = 3: must be a list of whole numbers, such as [1, 2, 3]
      check = true | check = true: must be one of off, touched, full
      """)
  void aBadLineIsNamedWithWhatWouldBeRight(String line, String said) {
    String where = said.contains("(by default)") ? "DIR/scenarios/s.conf: " : "DIR/scenarios/s.conf:3: ";
    assertThat(complaint("format = 1\nvms = [ {} ]\n" + line + "\n")).isEqualTo(where + said);
  }

  @Test
  void anUnknownScenarioNamesTheNearest() {
    ConfigDir dir = new ConfigDir(temp);
    assertThat(dir.complaint(() -> ScenarioFile.load("vm-pasthrough", dir.searchPath(), List.of())))
        .startsWith("scenario vm-pasthrough: not found in DIR/scenarios, SHIPPED/scenarios; did you mean vm-passthrough?");
  }

  @Test
  void anUnknownVariantOfAScenarioNamesTheNearest() {
    assertThat(complaint("format = 1\nvms = [ {} ]\nvariants = [linux-6.10, yange-v1]\n")).startsWith(
        "DIR/scenarios/s.conf:3: variants = [\"linux-6.10\",\"yange-v1\"]: variant yange-v1 is not found in DIR/variants, "
            + "SHIPPED/variants; did you mean yangge-v1? There are: batch-owner-hint, ");
  }

  @Test
  void aLoadWithoutEndCannotBeWaitedFor() {
    assertThat(complaint("format = 1\nsuccess = load-finished\nbackground = [ { kind = mlock } ]\n")).isEqualTo(
        "DIR/scenarios/s.conf:2: success = \"load-finished\": needs max-ops in every background task that is awaited, but mlock-0 has no end");
  }

  @Test
  void aBusyLoopAloneIsNoLoadToWaitFor() {
    assertThat(complaint("format = 1\nsuccess = load-finished\nbackground = [ { kind = busy-loop } ]\n")).isEqualTo(
        "DIR/scenarios/s.conf:2: success = \"load-finished\": needs at least one entry in background that is awaited and no busy-loop");
  }

  @Test
  void aFileOfAnotherFormatIsRefusedBeforeItsSettingsAreRead() {
    assertThat(complaint("format = 2\nnew-setting = 1\n"))
        .isEqualTo("DIR/scenarios/s.conf:1: format = 2: this build reads format 1 only");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      # --set | what is said about it
      machine.nods=2 | machine.nods: no such setting; did you mean machine.nodes?
      machine.nodes.x=2 | machine.nodes.x: no such setting: machine.nodes is a value and has no parts
      machine.nodes=two | machine.nodes = "two": must be a whole number
      machine.nodes | must be path=value, such as machine.nodes=2
      machine.nodes= | must be path=value, such as machine.nodes=2
      vms.1.memory-mib=64 | vms.1.memory-mib: no such setting: vms has 1 entries, counted from 0, and none with the name 1
      vms.0.memory-mb=64 | vms.0.memory-mb: no such setting; did you mean vms.0.memory-mib?
      vms.0.pin-cpu=77 | vms[0].pin-cpu = 77: names CPU 77, but the machine has CPUs 0 to 3
      title="open | title: is not a HOCON value: "open
      seeds=[1,1] | seeds = [1,1]: must not repeat a seed: the two runs would be the same one
      """)
  void aBadOverrideIsNamedAsItWasGiven(String override, String said) {
    ConfigDir dir = new ConfigDir(temp).with("scenarios/s.conf", "format = 1\nvms = [ {} ]\n");
    assertThat(dir.complaint(() -> ScenarioFile.load("s", dir.searchPath(), List.of(override))))
        .isEqualTo("--set " + override + ": " + said);
  }

  private String complaint(String text) {
    ConfigDir dir = new ConfigDir(temp).with("scenarios/s.conf", text);
    return dir.complaint(() -> ScenarioFile.load("s", dir.searchPath(), List.of()));
  }
}
