package pinfold.cluster;

import java.util.ArrayList;
import java.util.List;
import pinfold.engine.Entity;

/** What the watchdog may see of a run under way: written by the coordinator, read by the thread that waits for it. */
final class RunMonitor {
  private static final int STACK_FRAMES = 4;

  private final List<Entity> entities;
  private volatile long windowsDone;
  private volatile Window current;

  /** One window under way. */
  private record Window(long endNanos, WindowPlan plan, Share[] shares, int count) {}

  RunMonitor(List<Entity> entities) {
    this.entities = entities;
  }

  void windowBegins(long endNanos, WindowPlan plan, Share[] shares, int count) {
    current = new Window(endNanos, plan, shares, count);
  }

  void windowEnds(long windows) {
    windowsDone = windows;
  }

  long windowsDone() {
    return windowsDone;
  }

  /** Who has not answered, in which window, and what each waits for. */
  String whoWaits() {
    Window window = current;
    if (window == null) {
      return "no window has begun";
    }
    List<String> late = new ArrayList<>();
    String first = null;
    for (int i = 0; i < window.count; i++) {
      int place = window.shares[i].place();
      if (place != Share.BACK) {
        String name = entities.get(window.plan.ids[place]).name();
        first = first == null ? name : first;
        Thread runner = window.shares[i].runner();
        late.add(name + (runner == null ? " (granted, waits for a thread)" : " (running" + where(runner) + ")"));
      }
    }
    for (int place = 0; first != null && place < window.plan.count; place++) {
      if (!window.plan.isTaken(place)) {
        late.add(entities.get(window.plan.ids[place]).name() + " (waits for " + first + ")");
      }
    }
    return "window " + (windowsDone + 1) + ", which ends at " + window.endNanos + " ns, waits for "
        + (late.isEmpty() ? "the coordinator" : String.join("; ", late));
  }

  /** For a run that was given up: perhaps the entity that does not return can be woken. */
  void interruptRunners() {
    Window window = current;
    for (int i = 0; window != null && i < window.count; i++) {
      Share share = window.shares[i];
      Thread runner = share.runner();
      if (runner != null && share.place() != Share.BACK) {
        runner.interrupt();
      }
    }
  }

  private static String where(Thread runner) {
    StringBuilder text = new StringBuilder();
    StackTraceElement[] stack = runner.getStackTrace();
    for (int i = 0; i < Math.min(STACK_FRAMES, stack.length); i++) {
      text.append(i == 0 ? ": " : " < ").append(stack[i].getClassName()).append('.').append(stack[i].getMethodName())
          .append(':').append(stack[i].getLineNumber());
    }
    return text.toString();
  }
}
