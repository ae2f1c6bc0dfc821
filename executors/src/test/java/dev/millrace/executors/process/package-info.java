/** Tests of the executor of local processes; knows nothing of engines. */
@NullMarked
package dev.millrace.executors.process;

import org.jspecify.annotations.NullMarked;
