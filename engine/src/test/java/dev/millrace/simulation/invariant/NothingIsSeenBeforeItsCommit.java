package dev.millrace.simulation.invariant;

import dev.millrace.dispatch.AttemptRef;
import dev.millrace.run.RunEvent;
import java.util.HashMap;
import java.util.Map;

/**
 * Nothing is shown, started or answered before the fact it rests on is durable; and what is shown
 * of a run by one owner is shown in order.
 */
public final class NothingIsSeenBeforeItsCommit implements Invariant {
  private final Map<AttemptRef, String> started = new HashMap<>();

  @Override
  public void check(Happening happening, Durable before) {
    switch (happening) {
      case Happening.Committed(String run, _, _, _, var fact, _) -> {
        if (fact instanceof RunEvent.AttemptStarted(int task, int attempt, String worker)) {
          started.put(new AttemptRef(run, task, attempt), worker);
        }
      }
      case Happening.Shown shown -> {
        RunEvent durable = before.run(shown.run()).fact(shown.sequence());
        if (!shown.fact().equals(durable)) {
          throw broken("fact " + shown + " is shown, but durable is " + durable);
        }
      }
      case Happening.Begun(var worker, var assignment) -> {
        String place = started.get(assignment.ref());
        if (!worker.name().equals(place)) {
          throw broken(
              assignment.ref() + " begins on " + worker.name() + ", but durable is " + place);
        }
      }
      case Happening.Answered answered -> {
        Durable.Run run = before.run(answered.run());
        if (run.facts().stream().skip(answered.since()).noneMatch(answered.fact()::isInstance)) {
          throw broken("it was answered before it was durable: " + answered);
        }
      }
      default -> {}
    }
  }
}
