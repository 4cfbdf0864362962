package pinfold.cli;

import java.util.Arrays;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;
import pinfold.cli.backend.ListRequest;
import pinfold.scenario.Labelled;

@picocli.CommandLine.Command(name = "list",
    header = "Name the kernel variants, scenarios, experiments, settings, measures or costs that there are.",
    footer = {"", "Examples:", "  pinfold list variants", "  pinfold list scenarios --json", "  pinfold list experiment-settings"})
final class ListCommand extends Command {
  @Parameters(paramLabel = "WHAT", converter = KindName.class, description = "variants, scenarios, experiments; settings or experiment-settings: every "
      + "setting of a scenario or an experiment with its default and meaning; measures: what an experiment can measure; or costs: "
      + "the constants of the cost model.")
  ListRequest.Kind kind;

  @Option(names = "--json", description = "Print JSON instead of a table.")
  boolean json;

  @Override
  public Integer call() throws Exception {
    return ask(root().backEnds().list(), new ListRequest(kind, json));
  }

  /** A kind as users write it, in lower case with dashes. */
  static final class KindName implements ITypeConverter<ListRequest.Kind> {
    @Override
    public ListRequest.Kind convert(String text) {
      return Arrays.stream(ListRequest.Kind.values()).filter(kind -> Labelled.of(kind).equals(text)).findFirst()
          .orElseThrow(() -> new TypeConversionException("expected one of "
              + Arrays.stream(ListRequest.Kind.values()).map(Labelled::of).toList() + " but was '" + text + "'"));
    }
  }
}
