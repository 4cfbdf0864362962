package pinfold.kernel.cpu;

import pinfold.kernel.Messages;

/** How a frame asks a zone for its watermarks, and where the answer has what. */
final class ReadZone {
  /** 1 if the watermark allows an allocation. */
  static final int OK = 0;
  /** Free pages. */
  static final int FREE = 1;
  /** The watermark that was asked about, boosted. */
  static final int MARK = 2;
  /** Pages of its boost. */
  static final int BOOST = 3;

  private ReadZone() {}

  /**
   * Sends the question; the frame waits.
   *
   * @param zone index of the zone in the machine
   * @param highestZone {@link pinfold.kernel.zone.ZoneType} of the highest zone of the request
   * @param flags {@link pinfold.kernel.zone.AllocFlags} with the watermark
   * @param reclaimablePages counted as free
   */
  static Frame.Signal ask(Cpu cpu, int zone, int order, int highestZone, int flags, long reclaimablePages) {
    cpu.request(cpu.directory().zone(zone), Messages.READ_ZONE).add(order).add(highestZone).add(flags).add(reclaimablePages).close();
    return Frame.Signal.BUSY;
  }

  /** As above: whether kcompactd could make a block of the order that is not there. The answer is 1 or 0. */
  static Frame.Signal askSuits(Cpu cpu, int zone, int order, int highestZone) {
    cpu.request(cpu.directory().zone(zone), Messages.COMPACT_SUITS).add(order).add(highestZone).close();
    return Frame.Signal.BUSY;
  }

  /** As above: whether there is room to compact. The answer is a word of {@link pinfold.kernel.zone.CompactMessages#READY} and more. */
  static Frame.Signal askRoomToCompact(Cpu cpu, int zone, int order, int highestZone) {
    cpu.request(cpu.directory().zone(zone), Messages.COMPACT_ROOM).add(order).add(highestZone).close();
    return Frame.Signal.BUSY;
  }
}
