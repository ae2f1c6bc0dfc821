package dev.millrace.runtime;

import dev.millrace.dispatch.Loop;
import dev.millrace.dispatch.Placement;
import dev.millrace.dispatch.Post;
import dev.millrace.dispatch.ToOwner;
import dev.millrace.dispatch.ToPlacement;
import dev.millrace.dispatch.ToWorker;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/**
 * The runs that one engine owns, and the placement loop while it has that part. Lives on one loop;
 * knows neither disks nor threads, so that the simulation runs this very code.
 */
final class EngineNode {
  /** How often what may have been lost on its way is said again. */
  static final long TICK_MILLIS = 2_000;

  private static final int REMEMBERED = 10_000;

  private final Loop loop;
  private final Post post;
  private final Map<String, RunDriver> runs = new HashMap<>();

  /** Runs whose end is durable: late reports for them can be forgotten by who keeps them. */
  private final SequencedSet<String> ended = new LinkedHashSet<>();

  private @Nullable Placement placement;

  EngineNode(Loop loop, Post post) {
    this.loop = loop;
    this.post = post;
  }

  /** Runs the placement loop here from now on. */
  void place(boolean workersAreFixed) {
    placement = new Placement(loop, post, workersAreFixed);
  }

  /** Takes a run up: its messages reach it from now on. */
  void add(RunDriver run) {
    runs.put(run.id(), run);
    ended.remove(run.id());
    var _ = run.done().whenComplete((end, failure) -> loop.execute(() -> remove(run)));
  }

  private void remove(RunDriver run) {
    runs.remove(run.id(), run);
    if (run.hasEnded()) {
      ended.add(run.id());
    }
    if (ended.size() > REMEMBERED) {
      ended.removeFirst();
    }
  }

  /** Returns the run, if this engine has it. */
  @Nullable RunDriver find(String run) {
    return runs.get(run);
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
    } else if (message instanceof ToOwner.Report(var attempt, var worker, _, _)
        && ended.contains(message.run())) {
      post.toWorker(worker, new ToWorker.Acknowledge(attempt, ToWorker.AFTER_THE_END));
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
