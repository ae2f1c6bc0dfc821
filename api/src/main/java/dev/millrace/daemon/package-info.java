/**
 * A process that stays and carries out commands, so that they need not wait for the start of a
 * virtual machine: the daemon. Takes requests from launchers, sees through {@code /proc} what each
 * was asked and in what surroundings, and answers with the exit code. Knows no command.
 */
@NullMarked
package dev.millrace.daemon;

import org.jspecify.annotations.NullMarked;
