/**
 * From a submission to results: drives run machines, prepares and dispatches tasks, runs attempts.
 * The shell around the pure packages.
 */
@NullMarked
package dev.millrace.runtime;

import org.jspecify.annotations.NullMarked;
