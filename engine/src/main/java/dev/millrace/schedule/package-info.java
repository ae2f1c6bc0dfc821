/** Placing queued tasks on workers. Pure: knows no clock, thread or message. */
@NullMarked
package dev.millrace.schedule;

import org.jspecify.annotations.NullMarked;
