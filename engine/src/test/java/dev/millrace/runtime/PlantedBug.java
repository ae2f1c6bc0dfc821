package dev.millrace.runtime;

/** A bug that a simulation has on purpose, to show that it would be found. */
enum PlantedBug {
  /** None. */
  NONE,
  /** The end of an attempt is taken twice. */
  ATTEMPT_ACCEPTED_TWICE,
  /** A late report of an attempt counts for the one that runs now. */
  ATTEMPTS_NOT_FENCED,
  /** The journal says that facts are durable before they are. */
  SHOWN_BEFORE_COMMIT,
  /** The journal takes the facts of an owner that was replaced. */
  STALE_OWNER_ACCEPTED
}
