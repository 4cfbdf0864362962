package pinfold.kernel.cpu;

/** A program as a task of the FIFO class. */
record Fifo(TaskProgram program) implements TaskProgram {
  @Override
  public Frame start() {
    return program.start();
  }

  @Override
  public String comm() {
    return program.comm();
  }

  @Override
  public boolean fifo() {
    return true;
  }
}
