package dev.millrace.plan;

import dev.millrace.content.Artifact;
import dev.millrace.expression.Template;

/**
 * What to place in the sandboxes of a step.
 *
 * @param name of the input
 * @param path where it is placed, relative to the sandbox
 * @param source what is placed there
 */
public record PlannedInput(String name, String path, Source source) {

  /** What is placed. */
  public sealed interface Source {}

  /**
   * The output of one task: of task i of that step for task i of this one, where {@code oneToOne};
   * otherwise of that step's only task.
   *
   * @param step index of that step
   */
  public record OneTask(int step, String output, boolean oneToOne) implements Source {}

  /**
   * A directory of the outputs of all tasks of a step, with an entry for each that has it.
   *
   * @param step index of that step
   */
  public record AllTasks(int step, String output) implements Source {}

  /**
   * A file or directory of the user's.
   *
   * @param path relative to the document's directory, or absolute where a person at the machine
   *     gave it as a parameter
   */
  public record UserPath(String path) implements Source {}

  /** A file with this text, which expressions may complete for each task. */
  public record Text(Template text) implements Source {}

  /** Content that the store has already. */
  public record Stored(Artifact artifact) implements Source {}
}
