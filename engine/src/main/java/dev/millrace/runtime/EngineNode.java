package dev.millrace.runtime;

import dev.millrace.dispatch.Loop;
import dev.millrace.dispatch.Placement;
import dev.millrace.dispatch.Post;
import dev.millrace.dispatch.ToOwner;
import dev.millrace.dispatch.ToPlacement;
import dev.millrace.dispatch.ToWorker;
import dev.millrace.run.TaskPhase;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The runs that one engine owns, and the placement loop while it has that part. Lives on one loop;
 * knows neither disks nor threads, so that the simulation runs this very code.
 */
final class EngineNode {
  /** How often what may have been lost on its way is said again. */
  static final long TICK_MILLIS = 2_000;

  private final Loop loop;
  private final Post post;
  private final Endings endings;
  private final Map<String, RunDriver> runs = new HashMap<>();

  private @Nullable Placement placement;

  EngineNode(Loop loop, Post post, Endings endings) {
    this.loop = loop;
    this.post = post;
    this.endings = endings;
  }

  /** Knows which runs have ended: runs that nobody owns any more. */
  @FunctionalInterface
  interface Endings {
    /** Runs {@code then}, on whatever thread, if the journal says that the run has ended. */
    void ifEnded(String run, Runnable then);
  }

  /** Runs the placement loop here from now on. */
  void place(boolean workersAreFixed) {
    placement = new Placement(loop, post, workersAreFixed);
  }

  /** Takes a run up: its messages reach it from now on. */
  void add(RunDriver run) {
    runs.put(run.id(), run);
    var _ =
        run.done().whenComplete((end, failure) -> loop.execute(() -> runs.remove(run.id(), run)));
  }

  /** Returns the run, if this engine has it. */
  @Nullable RunDriver find(String run) {
    return runs.get(run);
  }

  /** Returns what there is to do. */
  EngineLoad load() {
    Map<TaskPhase, Integer> tasks = new EnumMap<>(TaskPhase.class);
    for (TaskPhase phase : TaskPhase.values()) {
      int count = 0;
      for (RunDriver run : runs.values()) {
        count += run.hasEnded() ? 0 : run.view().count(phase);
      }
      tasks.put(phase, count);
    }
    return new EngineLoad(
        (int) runs.values().stream().filter(run -> !run.hasEnded()).count(), tasks);
  }

  /** Ends all runs here without an end in their journals. */
  void abandonAll(Throwable cause) {
    List.copyOf(runs.values()).forEach(run -> run.abandon(cause));
  }

  void receive(ToPlacement message) {
    if (placement != null) {
      placement.receive(message);
    }
  }

  void receive(ToOwner message) {
    RunDriver run = runs.get(message.run());
    if (run != null) {
      run.receive(message);
    } else if (message instanceof ToOwner.Report || message instanceof ToOwner.Holding) {
      endings.ifEnded(message.run(), () -> afterTheEnd(message));
    }
  }

  /** Has a worker let go of attempts that came back after their run had ended without them. */
  private void afterTheEnd(ToOwner message) {
    long epoch = ToWorker.AFTER_THE_END;
    if (message instanceof ToOwner.Report(var attempt, var worker, _, _)) {
      post.toWorker(worker, new ToWorker.Acknowledge(attempt, epoch));
    } else if (message instanceof ToOwner.Holding(_, var worker, var attempts, _)) {
      attempts.forEach(attempt -> post.toWorker(worker, new ToWorker.Stop(attempt, epoch)));
    }
  }

  /** Says everything again. */
  void tick() {
    List.copyOf(runs.values()).forEach(RunDriver::tick);
    if (placement != null) {
      placement.tick();
    }
  }
}
