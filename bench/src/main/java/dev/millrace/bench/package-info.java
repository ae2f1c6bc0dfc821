/** Benchmarks: what the engine costs when its steps cost nothing. */
@NullMarked
package dev.millrace.bench;

import org.jspecify.annotations.NullMarked;
