/**
 * The service provider interface of executors: one attempt of a task, in a sandbox, to an outcome.
 */
@NullMarked
package dev.millrace.executor;

import org.jspecify.annotations.NullMarked;
