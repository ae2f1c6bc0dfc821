/**
 * The pipeline document as written: its model, its parser and its problems. Knows nothing of
 * graphs, plans, runs or expressions: template texts stay texts here.
 */
@NullMarked
package dev.millrace.pipeline;

import org.jspecify.annotations.NullMarked;
