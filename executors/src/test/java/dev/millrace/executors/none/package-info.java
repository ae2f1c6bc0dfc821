/** Tests of the executor that runs nothing. */
@NullMarked
package dev.millrace.executors.none;

import org.jspecify.annotations.NullMarked;
