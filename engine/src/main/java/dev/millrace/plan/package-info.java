/**
 * Plans: pipelines whose parts were checked to fit together, in dense form. Steps are numbered in a
 * topological order and tasks by their place in their step's fan-out, so that a run needs only
 * ints. Knows nothing of runs, actions, files or clocks.
 */
@NullMarked
package dev.millrace.plan;

import org.jspecify.annotations.NullMarked;
