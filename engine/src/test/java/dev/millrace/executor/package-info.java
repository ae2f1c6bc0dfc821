/**
 * The compatibility suite of task executors and fakes of both sides of their interface; knows
 * nothing of any one executor.
 */
@NullMarked
package dev.millrace.executor;

import org.jspecify.annotations.NullMarked;
