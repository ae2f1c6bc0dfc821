package dev.millrace.run;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * The phases of a task and the legal steps between them. This table is the only gate: {@link
 * RunChanges} refuses every change that is not in it, the diagram in the documentation is rendered
 * from it, and a test fails when one of its steps is never taken.
 */
public enum TaskPhase {
  /** For what it depends on. */
  WAITING,
  /** All it depends on has ended well: its action can be made and looked up. */
  READY,
  /** It has to run, and somebody has to allow that first. */
  HELD,
  /** Its action is not in the cache: it needs a place to run. */
  QUEUED,
  /** An attempt runs. */
  RUNNING,
  /** For the time of its next attempt. */
  BACKOFF,
  /** Its result is there. */
  SUCCEEDED,
  /** It has no result and gets none. */
  FAILED,
  /** It was not to be run. */
  SKIPPED,
  /** The run was cancelled first. */
  CANCELLED,
  /** Its number is out of use: the list that its step is made from is read again. */
  RETIRED;

  /** Returns the phases to which a task in this one can go. */
  public Set<TaskPhase> next() {
    return switch (this) {
      // A task whose list of items is broken fails before it was ever ready.
      case WAITING -> EnumSet.of(READY, SKIPPED, FAILED, CANCELLED);
      case READY -> EnumSet.of(HELD, QUEUED, SUCCEEDED, FAILED, SKIPPED, WAITING, CANCELLED);
      // What it would run is looked up again: time has passed.
      case HELD -> EnumSet.of(READY, FAILED, CANCELLED);
      case QUEUED -> EnumSet.of(RUNNING, READY, FAILED, CANCELLED);
      case RUNNING -> EnumSet.of(SUCCEEDED, FAILED, BACKOFF, WAITING, CANCELLED);
      case BACKOFF -> EnumSet.of(READY, CANCELLED);
      // A result whose blobs are lost is made again within the run. A run that is taken up again
      // takes those back that did not succeed, and what is below them.
      case SUCCEEDED -> EnumSet.of(READY, WAITING, RETIRED);
      case FAILED, SKIPPED, CANCELLED -> EnumSet.of(WAITING, RETIRED);
      case RETIRED -> EnumSet.noneOf(TaskPhase.class);
    };
  }

  /** Returns whether a task in this phase has ended, as far as what depends on it is concerned. */
  public boolean settled() {
    return switch (this) {
      case SUCCEEDED, FAILED, SKIPPED, CANCELLED, RETIRED -> true;
      case WAITING, READY, HELD, QUEUED, RUNNING, BACKOFF -> false;
    };
  }

  /** Returns the name used in events and listings. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
