package dev.millrace.pipeline;

import dev.millrace.json.JsonValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A parameter of a pipeline.
 *
 * @param name unique in the pipeline
 * @param type of its values
 * @param description for people, empty where none is written
 * @param defaultValue used where a run gives none, fitting; null makes the parameter required
 * @param minimum the least number allowed, or null
 * @param maximum the greatest number allowed, or null
 * @param choices the only values allowed; empty where any value of the type is
 */
public record Param(
    String name,
    Type type,
    String description,
    @Nullable JsonValue defaultValue,
    @Nullable Double minimum,
    @Nullable Double maximum,
    List<JsonValue> choices) {

  public Param {
    choices = List.copyOf(choices);
  }

  /**
   * Returns why a value cannot be given, as the rest of a sentence such as {@code must be at least
   * 1, not 0}; null where it can.
   */
  public @Nullable String complaint(JsonValue value) {
    return ParamValue.complaint(this, value);
  }

  /**
   * Returns the file that a value of a parameter of type {@code file} names.
   *
   * @param value without {@link #complaint}
   */
  public static InputSpec.Source file(JsonValue value) {
    InputSpec.Source source = SourceParser.file(Node.root(new Problems(), value));
    if (source == null) {
      throw new IllegalArgumentException("no file: " + value);
    }
    return source;
  }

  /** What values a parameter takes. */
  public enum Type implements Labelled {
    /** A text. */
    STRING("string"),
    /** A whole number, up to 2^53 in magnitude. */
    INTEGER("integer"),
    /** A number. */
    NUMBER("number"),
    /** True or false. */
    BOOLEAN("boolean"),
    /** A file or directory: {@code {"path": …}} or {@code {"digest": …, "size": …}}. */
    FILE("file"),
    /** Any JSON value. */
    JSON("json");

    private final String label;

    Type(String label) {
      this.label = label;
    }

    @Override
    public String label() {
      return label;
    }
  }
}
