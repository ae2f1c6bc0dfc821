/**
 * The executor that runs nothing, for benchmarks and tests of everything around it; knows neither
 * processes nor files.
 */
@NullMarked
package dev.millrace.executors.none;

import org.jspecify.annotations.NullMarked;
