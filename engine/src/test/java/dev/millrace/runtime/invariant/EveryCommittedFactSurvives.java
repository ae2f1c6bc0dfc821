package dev.millrace.runtime.invariant;

import dev.millrace.dispatch.AttemptRef;
import dev.millrace.run.RunEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What was shown, answered or acted on is durable, and stays as it was shown: facts are numbered
 * without gaps, none is written over, and nobody hears of one before its commit.
 */
public final class EveryCommittedFactSurvives implements Invariant {
  private final Map<String, List<RunEvent>> durable = new HashMap<>();

  @Override
  public void observe(Observation observation) {
    switch (observation) {
      case Observation.Accepted(var run, _, var first) ->
          durable.put(run, new ArrayList<>(List.of(first)));
      case Observation.Committed(_, var run, _, long sequence, var facts) -> {
        List<RunEvent> before = durable.getOrDefault(run, new ArrayList<>());
        if (sequence != before.size() + 1) {
          throw new Violation(this, run + ": fact " + sequence + " after " + before.size());
        }
        before.addAll(facts);
      }
      case Observation.Shown(var run, long sequence, var facts) -> shown(run, sequence, facts);
      case Observation.Answered(var run, long sequence) -> {
        if (sequence > durable.getOrDefault(run, List.of()).size()) {
          throw new Violation(this, run + ": answered before fact " + sequence + " was durable");
        }
      }
      case Observation.Began(var worker, var assignment, _) -> {
        AttemptRef attempt = assignment.ref();
        boolean started =
            durable.getOrDefault(attempt.run(), List.of()).stream()
                .anyMatch(fact -> isStartOf(attempt, fact));
        if (!started) {
          throw new Violation(this, worker + " began " + attempt + ", whose start is not durable");
        }
      }
      case Observation.Claimed _,
          Observation.Overfull _,
          Observation.Ended _,
          Observation.BlobLost _,
          Observation.LeftOver _,
          Observation.Unended _ -> {}
    }
  }

  private static boolean isStartOf(AttemptRef attempt, RunEvent fact) {
    return fact instanceof RunEvent.AttemptStarted(int task, int number, _)
        && task == attempt.task()
        && number == attempt.attempt();
  }

  private void shown(String run, long sequence, List<RunEvent> facts) {
    List<RunEvent> all = durable.getOrDefault(run, List.of());
    for (int i = 0; i < facts.size(); i++) {
      int at = (int) sequence - 1 + i;
      if (at >= all.size() || !all.get(at).equals(facts.get(i))) {
        throw new Violation(
            this, run + ": fact " + (at + 1) + " was shown and is not durable: " + facts.get(i));
      }
    }
  }
}
