/**
 * The executor {@code docker}: attempts in containers of a Docker Engine, none of which survives
 * its attempt. Knows nothing of runs, of caching, of sandboxes' contents or of how outcomes are
 * judged.
 */
@NullMarked
package dev.millrace.executors.docker;

import org.jspecify.annotations.NullMarked;
