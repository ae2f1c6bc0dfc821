/**
 * Actions, their keys, recorded results, and why an action ran. Knows nothing of how results are
 * stored, of runs, or of what makes an action.
 */
@NullMarked
package dev.millrace.cache;

import org.jspecify.annotations.NullMarked;
