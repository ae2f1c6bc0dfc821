package dev.millrace.pipeline;

/**
 * A declared output of a step.
 *
 * @param name unique among the outputs of its step
 * @param path where the step leaves it: a normal relative path in the sandbox
 * @param kind what it is
 * @param optional whether a task succeeds without it
 */
public record OutputSpec(String name, String path, Kind kind, boolean optional) {

  /** What an output is, and so what the engine does with it. */
  public enum Kind implements Labelled {
    /** A file or a directory, which is found when it is there. */
    FILE("file"),
    /** A small JSON value that expressions can read. */
    JSON("json"),
    /** A JSON object of numbers, which the run records. */
    METRICS("metrics"),
    /** A trained model. */
    MODEL("model"),
    /** A page for people. */
    REPORT("report");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    @Override
    public String label() {
      return label;
    }
  }
}
