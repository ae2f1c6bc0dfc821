package dev.millrace.cli;

/**
 * What is known of a run when it begins.
 *
 * @param run its id
 * @param pipeline name of the pipeline
 * @param continued whether it was interrupted before and goes on
 * @param tasks number of tasks known so far
 * @param finished number of those that had ended before
 */
record RunStart(String run, String pipeline, boolean continued, int tasks, int finished) {}
