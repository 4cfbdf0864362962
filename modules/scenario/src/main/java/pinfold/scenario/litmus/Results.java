package pinfold.scenario.litmus;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import pinfold.kernel.cpu.Errno;
import pinfold.kernel.zone.CompactResult;

/** How files write what a step returned. */
final class Results {
  /** Every name and its number. */
  static final Map<String, Long> NAMES = names();

  /** Of a step that never ends, because it waits for the CPU of a busy loop. */
  static final long HANGS = Long.MIN_VALUE;

  private Results() {}

  private static Map<String, Long> names() {
    Map<String, Long> names = new LinkedHashMap<>();
    names.put("ok", 0L);
    names.put("ENOMEM", (long) -Errno.ENOMEM);
    names.put("EFAULT", (long) -Errno.EFAULT);
    names.put("EBUSY", (long) -Errno.EBUSY);
    names.put("EINVAL", (long) -Errno.EINVAL);
    names.put("EAGAIN", (long) -Errno.EAGAIN);
    names.put("EINTR", (long) -Errno.EINTR);
    names.put("KILLED", (long) -Errno.KILLED);
    names.put("LIVELOCK", (long) -Errno.LIVELOCK);
    names.put("HANGS", HANGS);
    for (CompactResult result : List.of(CompactResult.SKIPPED, CompactResult.DEFERRED, CompactResult.COMPLETE,
        CompactResult.PARTIAL_SKIPPED, CompactResult.CONTENDED, CompactResult.SUCCESS)) {
      names.put(result.name(), (long) result.ordinal());
    }
    return names;
  }

  static String show(long result) {
    return NAMES.entrySet().stream().filter(entry -> entry.getValue() == result).map(Map.Entry::getKey).findFirst()
        .orElse(Long.toString(result));
  }
}
