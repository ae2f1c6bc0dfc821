/**
 * What must hold in every simulation of the engine, whatever goes wrong. Each invariant sees all
 * that happens and knows nothing of how the engine does it.
 */
@NullMarked
package dev.millrace.runtime.invariant;

import org.jspecify.annotations.NullMarked;
