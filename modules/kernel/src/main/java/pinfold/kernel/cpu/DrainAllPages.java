package pinfold.kernel.cpu;

/** drain_all_pages(NULL) (mm/page_alloc.c, 6.12): {@link DrainPcps} of every zone. */
final class DrainAllPages extends Frame {
  private int zone;

  @Override
  protected Signal step(Cpu cpu) {
    return zone == cpu.directory().zones().size() ? cpu.ret(0) : cpu.call(new DrainPcps(zone++));
  }
}
