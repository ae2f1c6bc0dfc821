package dev.millrace.cli;

import dev.millrace.runtime.CommittedFact;

/**
 * A fact of a run with what is needed to show it.
 *
 * @param fact as committed
 * @param name of the task that it is about, or of the step, or empty where it is about the run
 */
record RunNews(CommittedFact fact, String name) {}
