package pinfold.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import pinfold.cli.backend.BenchBackEnd;
import pinfold.cli.backend.BenchRequest;
import pinfold.cli.backend.Session;
import pinfold.experiment.report.TextTable;
import pinfold.experiment.report.TextTable.Column;
import pinfold.experiment.results.Json;
import pinfold.scenario.ConfigError;

/** {@code pinfold bench}: runs the benchmarks asked for and prints one table of all figures. */
public final class Benches implements BenchBackEnd {
  private static final int LARGE = 1 << 27;
  /** Folio table, page table and the yardstick's arrays, bytes per page, with room to spare. */
  private static final long BYTES_PER_PAGE = 40;

  private static List<Bench> all() {
    return List.of(
        new EngineBenches.PholdBench("phold"),
        new TouchBench("touch-1m", 1 << 20, 10),
        new TouchBench("touch-17m", 1 << 24, 7),
        new TouchBench("touch-134m", LARGE, 5),
        new LifecycleBench(),
        new PinBench(),
        new EngineBenches.WindowBench("window"),
        new MemoryBench(),
        new BusyBench(),
        new LargeBench(),
        new CheckpointBench(),
        new ScenarioBenches.Published("published"),
        new ScenarioBenches.MainJob("main-job"),
        new ScenarioBenches.SmallRuns("small-runs"),
        new ExperimentBench(),
        new ClusterBench());
  }

  @Override
  public boolean execute(BenchRequest request, Session session) {
    Effort effort = new Effort(request.quick(), session.home(), session.build(), line -> says(session, line), session::cancelled);
    List<Figure> figures = new ArrayList<>();
    long from = System.nanoTime();
    try {
      for (Bench bench : chosen(request, session)) {
        figures.addAll(bench.run(effort));
      }
    } catch (Effort.CancelledException cancelled) {
      says(session, "cancelled; what was measured:");
    }
    if (request.json()) {
      session.out().println(Json.pretty(figures.stream().map(Figure::asMap).toList()));
    } else {
      session.out().println(table(figures).render(session.terminal().columns()));
      session.out().printf(Locale.ROOT,
          "%d s on %d processors. On a busy machine read the ratios: hosts took turns under the kernel benchmarks.%n",
          Duration.ofNanos(System.nanoTime() - from).toSeconds(), Runtime.getRuntime().availableProcessors());
    }
    return true;
  }

  private static void says(Session session, String line) {
    session.err().println("bench: " + line);
    session.err().flush();
  }

  private static List<Bench> chosen(BenchRequest request, Session session) {
    List<Bench> all = all();
    List<String> names = all.stream().map(Bench::name).toList();
    for (String name : request.names()) {
      if (!names.contains(name)) {
        throw new ConfigError("bench", 0, "", name, "there is no such benchmark; there are " + String.join(", ", names));
      }
    }
    if (!request.names().isEmpty()) {
      return all.stream().filter(bench -> request.names().contains(bench.name())).toList();
    }
    return all.stream().filter(request.quick() ? Bench::quick : Bench::byDefault).filter(bench -> fits(bench, session)).toList();
  }

  private static boolean fits(Bench bench, Session session) {
    long heap = Runtime.getRuntime().maxMemory();
    if (bench instanceof TouchBench touch && touch.pages() * BYTES_PER_PAGE > heap) {
      says(session, "left out " + bench.name() + ": " + heap / (1 << 20) + " MiB of heap are too few; set PINFOLD_HEAP="
          + (touch.pages() * BYTES_PER_PAGE / (1 << 30) + 1) + "g");
      return false;
    }
    return true;
  }

  private static TextTable table(List<Figure> figures) {
    TextTable table = new TextTable(Column.text("benchmark"), Column.text("host"), Column.number("figure"), Column.text("unit"),
        Column.text("aim"), Column.text("ratio"));
    for (Figure figure : figures) {
      String aim = figure.aim() == null ? "" : figure.aim() + (figure.aim().isMetBy(figure.value()) ? "" : " missed");
      String ratio = Double.isNaN(figure.ratio()) ? "" : String.format(Locale.ROOT, "%.2f of %s", figure.ratio(), figure.to());
      String value = String.format(Locale.ROOT, figure.value() < 0.1 ? "%.3f" : "%.2f", figure.value());
      table.row(figure.benchmark(), figure.host(), value, figure.unit(), aim, ratio);
    }
    return table;
  }
}
