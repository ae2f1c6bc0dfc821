/**
 * A world for the engine in which nothing is left to chance but what a seed decides: time, loops,
 * processes, a database, stores and documents. Knows nothing of how the engine drives runs; the
 * simulation that puts the engine into it lives beside the engine's own classes.
 */
@NullMarked
package dev.millrace.simulation;

import org.jspecify.annotations.NullMarked;
