package dev.millrace.runtime;

import dev.millrace.run.RunMachine;
import java.util.List;

/**
 * The facts of a run, read while more are added, and the names of what they speak of. Not safe for
 * use by several threads.
 */
public final class RunTail {
  private final RunMachine machine;
  private final RunFacts facts;
  private final RunView view;
  private long applied;

  RunTail(String run, RunPlan plan, RunFacts facts) {
    this.facts = facts;
    machine = new RunMachine(plan.nodes());
    view = new RunView(run, plan, machine.state());
  }

  /** Returns the run as it stood after some fact that is not before the last one read. */
  public RunView view() {
    return view;
  }

  /**
   * Returns durable facts in order.
   *
   * @param from the number of the first, from 1
   * @param limit at most so many
   * @return empty where there is none yet
   */
  public List<CommittedFact> read(long from, int limit) {
    while (applied < from - 1) {
      int missing = (int) Math.min(limit, from - 1 - applied);
      if (!apply(facts.read(applied + 1, missing))) {
        return List.of();
      }
    }
    List<CommittedFact> page = facts.read(from, limit);
    apply(page);
    return page;
  }

  /** Returns false if there are none. */
  private boolean apply(List<CommittedFact> page) {
    for (CommittedFact fact : page) {
      if (fact.sequence() == applied + 1) {
        machine.apply(fact.event());
        applied++;
      }
    }
    return !page.isEmpty();
  }
}
