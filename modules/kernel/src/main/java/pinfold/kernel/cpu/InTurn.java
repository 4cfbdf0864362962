package pinfold.kernel.cpu;

import java.util.List;

/** Calls one program after the other as one task, until one fails. Returns the last result, a negative errno if one failed. */
final class InTurn extends Frame {
  private final List<TaskProgram> programs;

  InTurn(List<TaskProgram> programs) {
    this.programs = programs;
  }

  @Override
  protected Signal step(Cpu cpu) {
    if (at > 0 && (cpu.result() < 0 || at == programs.size())) {
      return cpu.ret(cpu.result());
    }
    return cpu.call(programs.get(at++).start());
  }
}
