package dev.millrace.executor;

import java.nio.file.Path;

/**
 * An attempt that an engine left behind when it died, and that still runs or has ended unseen.
 *
 * @param attemptId as in {@link ExecutionRequest#attemptId}
 * @param workingDirectory its sandbox
 */
public record Leftover(String attemptId, Path workingDirectory) {}
