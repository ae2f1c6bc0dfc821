/** Tests of the executor of containers; those that need a Docker Engine are skipped without. */
@NullMarked
package dev.millrace.executors.docker;

import org.jspecify.annotations.NullMarked;
