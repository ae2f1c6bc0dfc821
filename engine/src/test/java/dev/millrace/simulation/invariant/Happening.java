package dev.millrace.simulation.invariant;

import dev.millrace.cache.ActionKey;
import dev.millrace.dispatch.Assignment;
import dev.millrace.dispatch.AttemptRef;
import dev.millrace.journal.StoredFact;
import dev.millrace.run.RunEvent;
import dev.millrace.schedule.WorkerSpec;
import java.util.List;

/** Something that can be seen from outside of the engine. */
public sealed interface Happening {

  /** A run was created, or taken over. */
  record Claimed(String run, long epoch, String owner) implements Happening {}

  /** A fact became durable. */
  record Committed(String run, long epoch, String owner, long sequence, RunEvent fact, String text)
      implements Happening {}

  /** A fact was shown to who follows the run. */
  record Shown(String run, long sequence, RunEvent fact) implements Happening {}

  /**
   * Somebody who asked was answered.
   *
   * @param fact what the answer rests on
   * @param since number of the last durable fact when it was asked
   */
  record Answered(String run, Class<? extends RunEvent> fact, long since) implements Happening {}

  /** A worker begins an attempt. */
  record Begun(WorkerSpec worker, Assignment assignment) implements Happening {}

  /** An attempt has ended on its worker, or died with it. */
  record Over(WorkerSpec worker, Assignment assignment) implements Happening {}

  /** A worker forgot an attempt that has ended, as it was told to. */
  record Acknowledged(String worker, AttemptRef attempt) implements Happening {}

  /**
   * It is known that equal actions may come to different results here without anybody noticing.
   *
   * @param why for people
   */
  record MayDiffer(ActionKey key, String why) implements Happening {}

  /** All facts of a run were read. */
  record ReadBack(String run, List<StoredFact> facts) implements Happening {}

  /** A worker has attempts long after all runs have ended. */
  record LeftOver(String worker, String attempts) implements Happening {}

  /** The time is up. */
  record TimeUp(List<String> unfinished) implements Happening {}
}
