package dev.millrace.simulation.invariant;

import dev.millrace.journal.StoredFact;

/** What was committed is read back: the same facts by the same numbers, without gaps. */
public final class EveryCommittedFactSurvives implements Invariant {
  @Override
  public void check(Happening happening, Durable before) {
    if (happening instanceof Happening.Committed committed) {
      long last = before.run(committed.run()).size();
      if (committed.sequence() != last + 1) {
        throw broken("after fact " + last + " comes " + committed);
      }
    } else if (happening instanceof Happening.ReadBack(String id, var facts)) {
      Durable.Run run = before.run(id);
      if (facts.size() != run.size()) {
        throw broken("run " + id + " has " + facts.size() + " facts, not " + run.size());
      }
      for (StoredFact fact : facts) {
        if (!fact.text().equals(run.text(fact.sequence()))) {
          throw broken("fact " + fact + " of run " + id + " was " + run.text(fact.sequence()));
        }
      }
    }
  }
}
