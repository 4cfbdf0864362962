package pinfold.cli;

import java.util.Map;
import java.util.Stack;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Lets {@code --check FILE} mean the check and a file: the value of {@code --check} has to be attached, as {@code --check=full}.
 */
final class OptionalValue implements IParameterPreprocessor {
  @Override
  public boolean preprocess(Stack<String> args, CommandSpec command, ArgSpec option, Map<String, Object> info) {
    if (!"=".equals(info.get("separator"))) {
      args.push(((OptionSpec) option).fallbackValue());
    }
    return false;
  }
}
