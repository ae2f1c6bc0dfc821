package dev.millrace.runtime;

import dev.millrace.run.RunEvent;

/**
 * A durable fact of a run.
 *
 * @param sequence its number within the run, from 1
 * @param atMillis when it was decided, since the epoch
 */
public record CommittedFact(long sequence, long atMillis, RunEvent event) {}
