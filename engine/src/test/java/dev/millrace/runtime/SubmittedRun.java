package dev.millrace.runtime;

import dev.millrace.plan.Plan;

/**
 * A run as its client knows it.
 *
 * @param id its id
 * @param plan of its document
 * @param submission all that was asked
 * @param sources where lost files are had again
 */
record SubmittedRun(String id, Plan plan, Submission submission, SourceProvider sources) {}
