package dev.millrace.simulation;

/** A bug planted into the world, to see that the simulation finds it. */
public enum Flaw {
  /** None. */
  NONE,
  /** A report of an earlier attempt is taken for one of the attempt that runs. */
  REPORTS_NOT_FENCED,
  /** A success is written twice. */
  SUCCESS_WRITTEN_TWICE,
  /** A commit is answered before it is durable. */
  ANSWERED_BEFORE_COMMIT,
  /** The database does not look at epochs. */
  EPOCHS_IGNORED
}
