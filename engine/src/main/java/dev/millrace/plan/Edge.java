package dev.millrace.plan;

/**
 * A dependency between two steps, seen from one of them.
 *
 * @param step index of the other step
 * @param oneToOne whether task i of the one waits for task i of the other only; otherwise every
 *     task of the one waits for all tasks of the other
 */
public record Edge(int step, boolean oneToOne) {}
