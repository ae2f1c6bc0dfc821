package dev.millrace.simulation.invariant;

import dev.millrace.dispatch.AttemptRef;
import dev.millrace.schedule.WorkerSpec;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** What runs on a worker at once never needs more than the worker has; nothing runs twice. */
public final class WorkersAreNotOversubscribed implements Invariant {
  private static final double ROUNDING = 1e-9;

  private final Map<String, Map<AttemptRef, Map<String, Double>>> running = new HashMap<>();

  @Override
  public void check(Happening happening, Durable before) {
    if (happening instanceof Happening.Begun(var worker, var assignment)) {
      Map<AttemptRef, Map<String, Double>> here =
          running.computeIfAbsent(worker.name(), _ -> new LinkedHashMap<>());
      Map<String, Double> needs = assignment.prepared().demand().amounts();
      if (here.put(assignment.ref(), needs) != null) {
        throw broken(assignment.ref() + " runs twice on " + worker.name());
      }
      needs.keySet().forEach(resource -> check(worker, here, resource));
    } else if (happening instanceof Happening.Over(var worker, var assignment)) {
      running.getOrDefault(worker.name(), new HashMap<>()).remove(assignment.ref());
    }
  }

  private void check(
      WorkerSpec worker, Map<AttemptRef, Map<String, Double>> here, String resource) {
    double used = 0;
    for (Map<String, Double> needs : here.values()) {
      used += needs.getOrDefault(resource, 0.0);
    }
    if (used > worker.capacity().getOrDefault(resource, 0.0) + ROUNDING) {
      throw broken(worker.name() + " has not so much " + resource + " as runs there: " + here);
    }
  }
}
