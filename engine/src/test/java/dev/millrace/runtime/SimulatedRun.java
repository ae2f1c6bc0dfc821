package dev.millrace.runtime;

import dev.millrace.plan.Plan;

/**
 * A run of a simulation.
 *
 * @param checked the plan of its document
 */
record SimulatedRun(String id, Plan checked, Submission submission) {

  /** Returns a plan that no other owner shares, as in another process. */
  RunPlan plan() {
    return new RunPlan(checked);
  }
}
