package dev.millrace.pipeline;

import dev.millrace.content.Artifact;
import dev.millrace.json.JsonValue;

/**
 * An input of a step.
 *
 * @param name unique among the inputs of its step
 * @param source where its content comes from
 * @param as where it is placed, read-only: a normal relative path in the sandbox
 */
public record InputSpec(String name, Source source, String as) {

  /** Where the content of an input comes from. */
  public sealed interface Source {}

  /** The output of another step. */
  public record FromStep(String step, String output) implements Source {}

  /**
   * A file or directory beside the document.
   *
   * @param path normal and relative to the document's directory
   */
  public record FromPath(String path) implements Source {}

  /** The value of a parameter: the file for type {@code file}, otherwise a file with the value. */
  public record FromParam(String param) implements Source {}

  /**
   * A file with this text.
   *
   * @param text a template text
   */
  public record Text(String text) implements Source {}

  /** A file with this value as JSON. */
  public record Json(JsonValue value) implements Source {}

  /** Content that the store has already. */
  public record FromDigest(Artifact artifact) implements Source {}
}
