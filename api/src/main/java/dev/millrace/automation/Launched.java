package dev.millrace.automation;

/** What came of a launch. */
public sealed interface Launched {
  /** The run of this cause, started now or before. */
  record Started(String run) implements Launched {}

  /** It was not started, because a run of the same schedule or trigger still goes on. */
  record Overlapping(String run) implements Launched {}

  /** It cannot be run, and could not be later. */
  record Refused(String why) implements Launched {}
}
