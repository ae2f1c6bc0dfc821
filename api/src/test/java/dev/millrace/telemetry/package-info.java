/** Tests of what is told of a server at work. */
@NullMarked
package dev.millrace.telemetry;

import org.jspecify.annotations.NullMarked;
