/**
 * The command line: reads arguments, runs or asks an engine in this process, and shows what came of
 * it. Knows no executor, no database and no file format but its own output.
 */
@NullMarked
package dev.millrace.cli;

import org.jspecify.annotations.NullMarked;
