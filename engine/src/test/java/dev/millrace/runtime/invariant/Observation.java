package dev.millrace.runtime.invariant;

import dev.millrace.digest.Digest;
import dev.millrace.dispatch.Assignment;
import dev.millrace.dispatch.AttemptRef;
import dev.millrace.run.RunEvent;
import dev.millrace.run.StepNode;
import java.util.List;

/** Something that happened in a simulation. */
public sealed interface Observation {

  /** A run was accepted. */
  record Accepted(String run, List<StepNode> steps, RunEvent first) implements Observation {
    public Accepted {
      steps = List.copyOf(steps);
    }
  }

  /** An engine took a run over. */
  record Claimed(String run, long epoch, String engine) implements Observation {}

  /** Facts became durable. */
  record Committed(String engine, String run, long epoch, long firstSequence, List<RunEvent> facts)
      implements Observation {
    public Committed {
      facts = List.copyOf(facts);
    }
  }

  /** Facts were shown to whoever follows the run. */
  record Shown(String run, long firstSequence, List<RunEvent> facts) implements Observation {
    public Shown {
      facts = List.copyOf(facts);
    }
  }

  /** Somebody was told that what they asked of a run is done. */
  record Answered(String run, long lastSequence) implements Observation {}

  /**
   * A worker began an attempt.
   *
   * @param inputsKnown whether the store has, or once had, all that it needs
   */
  record Began(String worker, Assignment assignment, boolean inputsKnown) implements Observation {}

  /** An attempt came to an end on its worker. */
  record Ended(String worker, AttemptRef attempt) implements Observation {}

  /** A worker holds more than it has. */
  record Overfull(String worker, String resource) implements Observation {}

  /** A blob was lost from the store. */
  record BlobLost(Digest digest) implements Observation {}

  /** An attempt ran when all was over. */
  record LeftOver(String worker, AttemptRef attempt) implements Observation {}

  /** A run had not ended long after the last fault. */
  record Unended(String run, String how) implements Observation {}
}
