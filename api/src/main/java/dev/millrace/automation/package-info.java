/**
 * What starts runs without anybody asking: schedules, and triggers. Times, ids and the starting
 * itself are handed in; it knows nothing of HTTP, nor of how a run is checked or recorded.
 */
@NullMarked
package dev.millrace.automation;

import org.jspecify.annotations.NullMarked;
