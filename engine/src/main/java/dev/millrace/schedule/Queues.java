package dev.millrace.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** All queues with tasks, by priority, the highest first. */
final class Queues {
  private final FairShare fair;
  private final List<Level> levels = new ArrayList<>();

  /** The queues of one priority. */
  private static final class Level {
    private final int priority;
    private final List<DemandQueue> queues = new ArrayList<>();

    Level(int priority) {
      this.priority = priority;
    }
  }

  Queues(FairShare fair) {
    this.fair = fair;
  }

  /** Returns the queue for tasks of a demand and priority, which may be new. */
  DemandQueue queue(Needs needs, int priority) {
    DemandQueue known = needs.queue(priority);
    if (known == null) {
      known = new DemandQueue(needs, priority);
      needs.add(known);
      level(priority).queues.add(known);
    }
    return known;
  }

  private Level level(int priority) {
    int at = 0;
    while (at < levels.size() && levels.get(at).priority > priority) {
      at++;
    }
    if (at == levels.size() || levels.get(at).priority != priority) {
      levels.add(at, new Level(priority));
    }
    return levels.get(at);
  }

  void remove(DemandQueue queue) {
    queue.needs().remove(queue);
    Level level = level(queue.priority());
    level.queues.remove(queue);
    if (level.queues.isEmpty()) {
      levels.remove(level);
    }
  }

  void forEach(Consumer<DemandQueue> action) {
    levels.forEach(level -> level.queues.forEach(action));
  }

  /** Returns the first lane of a queue. */
  Lane first(DemandQueue queue) {
    return queue.first(fair.now());
  }

  /** Returns the first lane of those queues that may be asked, or null. */
  @Nullable Lane first(Predicate<DemandQueue> wanted) {
    Lane first = null;
    for (int i = 0; i < levels.size() && first == null; i++) {
      List<DemandQueue> queues = levels.get(i).queues;
      for (int j = 0; j < queues.size(); j++) {
        DemandQueue queue = queues.get(j);
        if (wanted.test(queue)) {
          Lane lane = first(queue);
          first = first == null || fair.isBefore(lane, first) ? lane : first;
        }
      }
    }
    return first;
  }

  /** Calls for all other queues of the wanted ones whose first task comes before that of a lane. */
  void forEachBefore(Lane lane, Predicate<DemandQueue> wanted, Consumer<DemandQueue> action) {
    int priority = lane.queue().priority();
    for (int i = 0; i < levels.size() && levels.get(i).priority >= priority; i++) {
      List<DemandQueue> queues = levels.get(i).queues;
      for (int j = 0; j < queues.size(); j++) {
        DemandQueue queue = queues.get(j);
        if (queue != lane.queue() && wanted.test(queue) && isBefore(queue, lane)) {
          action.accept(queue);
        }
      }
    }
  }

  private boolean isBefore(DemandQueue queue, Lane lane) {
    return queue.priority() > lane.queue().priority() || fair.isBefore(first(queue), lane);
  }
}
