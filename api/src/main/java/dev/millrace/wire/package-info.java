/**
 * The forms in which programs get runs, tasks and events, whichever door they come through: a
 * contract, unlike the forms in which they are kept.
 */
@NullMarked
package dev.millrace.wire;

import org.jspecify.annotations.NullMarked;
