/**
 * The executor {@code local}: attempts as processes of this machine, none of which survives its
 * attempt. Knows nothing of runs, of caching, of sandboxes' contents or of how outcomes are judged.
 */
@NullMarked
package dev.millrace.executors.process;

import org.jspecify.annotations.NullMarked;
