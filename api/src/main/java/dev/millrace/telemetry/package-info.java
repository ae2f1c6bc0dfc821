/** What is told of a server at work: metrics, logs, traces. Knows nothing of HTTP. */
@NullMarked
package dev.millrace.telemetry;

import org.jspecify.annotations.NullMarked;
