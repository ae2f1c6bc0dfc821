package dev.millrace.pipeline;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Documents to test with. */
public final class Documents {

  /** Names of the well-formed documents. */
  public static final List<String> VALID =
      List.of("smallest.json", "wine-quality.json", "every-field.json");

  private Documents() {}

  /** Returns the text of one of {@link #VALID}. */
  public static String valid(String name) {
    return resource("valid/" + name);
  }

  /** Returns the text of a resource beside this class. */
  static String resource(String name) {
    try (InputStream in = Documents.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalArgumentException("no resource " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the pipeline of a document that must be well-formed. */
  public static Pipeline parse(String text) {
    return switch (PipelineParser.parse(text)) {
      case PipelineParser.Parsed(Pipeline pipeline) -> pipeline;
      case PipelineParser.Rejected rejected ->
          throw new AssertionError("not well-formed: " + rejected.problems());
    };
  }

  /**
   * Returns a document of many steps, each with inputs from the one before it.
   *
   * @param steps how many
   */
  public static String large(int steps) {
    StringBuilder text = new StringBuilder("{\"version\": 1, \"name\": \"large\", \"steps\": {\n");
    for (int i = 0; i < steps; i++) {
      text.append(i == 0 ? "" : ",\n")
          .append("\"step")
          .append(i)
          .append("\": {\"command\": [\"sh\", \"-c\", \"echo ")
          .append(i)
          .append(" > out\"], \"inputs\": {");
      if (i > 0) {
        text.append("\"before\": {\"from\": \"step").append(i - 1).append(".out\"}");
      }
      text.append("}, \"outputs\": {\"out\": {\"path\": \"out\", \"kind\": \"file\"}},")
          .append(" \"resources\": {\"cpus\": 1}}");
    }
    return text.append("}}").toString();
  }
}
