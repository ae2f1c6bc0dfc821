package dev.millrace.runtime;

import dev.millrace.run.TaskStatus;

/** A task and how it stood when it was looked at. */
record SeenTask(int task, TaskStatus status) {}
