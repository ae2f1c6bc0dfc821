package dev.millrace.simulation.invariant;

import dev.millrace.dispatch.AttemptRef;
import dev.millrace.run.TaskStatus;

/** A worker is told to forget an attempt only when the facts say that it runs no more. */
public final class AcknowledgedReportsAreDurable implements Invariant {
  @Override
  public void check(Happening happening, Durable before) {
    if (happening instanceof Happening.Acknowledged(String worker, AttemptRef attempt)
        && before.run(attempt.run()).state().status(attempt.task())
            instanceof TaskStatus.Running(_, int running, _)
        && running == attempt.attempt()) {
      throw broken(worker + " is to forget " + attempt + ", of whose end there is no fact");
    }
  }
}
