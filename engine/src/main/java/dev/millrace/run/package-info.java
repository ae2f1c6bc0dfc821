/**
 * A run as a state machine: wishes in, facts out. Pure: knows no clock, thread, store or executor.
 */
@NullMarked
package dev.millrace.run;

import org.jspecify.annotations.NullMarked;
