package dev.millrace.simulation.invariant;

import dev.millrace.dispatch.AttemptRef;
import dev.millrace.run.RunEvent;
import dev.millrace.run.TaskStatus;
import java.util.HashSet;
import java.util.Set;

/**
 * An attempt has one start and at most one end among the facts, and the end is of the newest; it
 * has not succeeded, nor failed by its own doing, before it has ended where it ran.
 */
public final class AttemptIsAcceptedOnce implements Invariant {
  private final Set<AttemptRef> started = new HashSet<>();
  private final Set<AttemptRef> ended = new HashSet<>();
  private final Set<AttemptRef> over = new HashSet<>();

  @Override
  public void check(Happening happening, Durable before) {
    if (happening instanceof Happening.Committed committed) {
      check(committed, before.run(committed.run()));
    } else if (happening instanceof Happening.Over(_, var assignment)) {
      over.add(assignment.ref());
    }
  }

  private void check(Happening.Committed committed, Durable.Run run) {
    String id = committed.run();
    switch (committed.fact()) {
      case RunEvent.AttemptStarted(int task, int attempt, _) -> start(run, id, task, attempt);
      case RunEvent.AttemptSucceeded(int task, int attempt, _) -> {
        end(run, id, task, attempt);
        checkOver(new AttemptRef(id, task, attempt));
      }
      case RunEvent.AttemptFailed(int task, int attempt, var failure, _) -> {
        end(run, id, task, attempt);
        if (failure.kind().blamesUser()) {
          checkOver(new AttemptRef(id, task, attempt));
        }
      }
      case RunEvent.AttemptCancelled(int task, int attempt) -> end(run, id, task, attempt);
      case RunEvent.InputsLost(int task, _) -> {
        if (run.state().status(task) instanceof TaskStatus.Running running) {
          end(run, id, task, running.attempt());
        }
      }
      default -> {}
    }
  }

  private void checkOver(AttemptRef attempt) {
    if (!over.contains(attempt)) {
      throw broken("attempt " + attempt + " has an end among the facts while it runs");
    }
  }

  private void start(Durable.Run run, String id, int task, int attempt) {
    if (!started.add(new AttemptRef(id, task, attempt))) {
      throw broken("attempt " + attempt + " of " + id + "/" + task + " is started twice");
    }
    if (attempt != run.state().attempts(task) + 1) {
      throw broken("attempt " + attempt + " of " + id + "/" + task + " does not follow");
    }
  }

  private void end(Durable.Run run, String id, int task, int attempt) {
    AttemptRef ref = new AttemptRef(id, task, attempt);
    if (!started.contains(ref)) {
      throw broken("attempt " + ref + " ends without a start");
    }
    if (!ended.add(ref)) {
      throw broken("attempt " + ref + " ends twice");
    }
    if (attempt != run.state().attempts(task)) {
      throw broken("attempt " + ref + " ends though a newer one was started");
    }
  }
}
