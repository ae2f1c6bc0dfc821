package dev.millrace.runtime;

import java.util.Set;

/** What the simulations of many seeds must have come to, so that they prove something. */
final class SimulatedCourse {
  /** Kinds of facts, messages and faults. */
  static final Set<String> WANTED =
      Set.of(
          "StepExpanded",
          "TaskCached",
          "TaskQueued",
          "TaskReconsidered",
          "AttemptStarted",
          "AttemptSucceeded",
          "AttemptFailed",
          "AttemptCancelled",
          "ResultDiffered",
          "RetryDue",
          "TaskSkipped",
          "InputsLost",
          "CancelRequested",
          "RunReopened",
          "RunFinished",
          "Want",
          "Freed",
          "Gone",
          "Sync",
          "Heartbeat",
          "Grant",
          "Reconsider",
          "Report",
          "Holding",
          "Start",
          "Stop",
          "Acknowledge",
          "lost",
          "doubled",
          "late",
          "fault: engine killed",
          "fault: process stopped for a while",
          "fault: worker killed",
          "fault: database full",
          "fault: database cut off",
          "fault: blob lost",
          "fault: worker stalled",
          "fault: run taken over",
          "fault: run cancelled",
          "fault: run reopened");

  private SimulatedCourse() {}
}
