/**
 * What must hold whatever fails: each rule is a class that is shown everything that happens. Knows
 * the facts and the protocol, nothing of who drives them.
 */
@NullMarked
package dev.millrace.simulation.invariant;

import org.jspecify.annotations.NullMarked;
