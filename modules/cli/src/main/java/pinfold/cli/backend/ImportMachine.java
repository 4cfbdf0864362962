package pinfold.cli.backend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import pinfold.scenario.MachineImport;

/** Writes a machine file, or prints it where no file was named. */
final class ImportMachine implements BackEnd<ImportRequest> {
  @Override
  public boolean execute(ImportRequest request, Session session) throws IOException {
    if (request.to().isEmpty()) {
      session.out().print(MachineImport.describe(request.from(), "imported"));
      return true;
    }
    Path file = request.to().get();
    MachineImport.run(request.from(), file);
    session.out().println("wrote " + file);
    long questions = Files.readString(file).lines().filter(line -> line.contains("# ASK")).count();
    if (questions > 0) {
      session.out().println("The host does not tell everything: see the " + questions + " comments in it that begin with ASK.");
    }
    return true;
  }
}
