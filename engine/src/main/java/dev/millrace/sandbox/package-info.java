/**
 * Sandboxes: the directory in which one attempt runs, from its inputs to its outputs. Knows nothing
 * of runs, journals or how a command is executed.
 */
@NullMarked
package dev.millrace.sandbox;

import org.jspecify.annotations.NullMarked;
