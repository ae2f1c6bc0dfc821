package dev.millrace.schedule;

/** A task and the worker that is to run it; the worker's resources are taken already. */
public record Placement(QueuedTask queued, String worker) {}
