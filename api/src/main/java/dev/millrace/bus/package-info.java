/**
 * The event bus: addresses that answer what HTTP answers, published events, and the bridges for
 * programs outside. Knows nothing of HTTP's operations: it is given a {@link dev.millrace.bus.Desk}
 * that answers them.
 */
@NullMarked
package dev.millrace.bus;

import org.jspecify.annotations.NullMarked;
