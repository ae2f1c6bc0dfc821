/** Durable facts of runs, and what is kept beside them. */
@NullMarked
package dev.millrace.journal;

import org.jspecify.annotations.NullMarked;
