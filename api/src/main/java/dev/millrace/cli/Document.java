package dev.millrace.cli;

import dev.millrace.json.JsonException;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.json.JsonValue;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.PipelineParser;
import dev.millrace.pipeline.Problem;
import dev.millrace.pipeline.Problems;
import dev.millrace.pipeline.Step;
import dev.millrace.plan.ExecutorOffer;
import dev.millrace.plan.ImageUse;
import dev.millrace.plan.Plan;
import dev.millrace.plan.PlanRequest;
import dev.millrace.plan.Planned;
import dev.millrace.plan.Planner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A pipeline document on disk. */
final class Document {
  private final String shown;
  private final Path file;
  private final byte[] bytes;

  /** Whether the executors are those of a server, which knows them. */
  private final boolean anyExecutor;

  private Document(String shown, Path file, byte[] bytes, boolean anyExecutor) {
    this.anyExecutor = anyExecutor;
    this.shown = shown;
    this.file = file;
    this.bytes = bytes;
  }

  /** Reads the file that the user names. */
  static Document read(Session session, String written) throws Refusal, IOException {
    Path file = session.path(written);
    try {
      if (Files.isDirectory(file)) {
        throw Refusal.badInput(
            written
                + " is a directory; name the document in it, such as "
                + Path.of(written).resolve("pipeline.json"));
      }
      return new Document(written, file, Files.readAllBytes(file), false);
    } catch (NoSuchFileException e) {
      throw Refusal.badInput("there is no file " + written);
    }
  }

  /** Returns the same document as one for a server, which says itself what it can run. */
  Document forServer() {
    return new Document(shown, file, bytes, true);
  }

  /** What came of checking. */
  sealed interface Checked {}

  /** The document can be run. */
  record Good(Plan plan) implements Checked {}

  /**
   * It cannot.
   *
   * @param problems all that was found, in the order of the text
   */
  record Bad(List<Problem> problems) implements Checked {}

  /** Finds everything that keeps the document from being run with those parameters. */
  Checked check(Map<String, String> typed, Map<String, JsonValue> values) {
    return switch (PipelineParser.parse(bytes)) {
      case PipelineParser.Parsed(Pipeline pipeline) ->
          switch (Planner.plan(request(pipeline, typed, values))) {
            case Planned.Ok(Plan plan) -> new Good(plan);
            case Planned.Refused(List<Problem> problems) -> new Bad(located(problems));
          };
      case PipelineParser.Rejected(List<Problem> problems, Pipeline draft) ->
          new Bad(withMore(problems, draft, typed, values));
    };
  }

  private PlanRequest request(
      Pipeline pipeline, Map<String, String> typed, Map<String, JsonValue> values) {
    return new PlanRequest(
        pipeline,
        typed,
        values,
        anyExecutor ? asked(pipeline) : Installed.forPipeline(pipeline).offers(),
        path -> Files.exists(folder().resolve(path)));
  }

  private static Map<String, ExecutorOffer> asked(Pipeline pipeline) {
    Map<String, ExecutorOffer> executors = new HashMap<>();
    for (Step step : pipeline.steps().values()) {
      executors.put(step.executor(), ExecutorOffer.of(ImageUse.OPTIONAL));
    }
    return executors;
  }

  /** Returns the problems with their places in the text. */
  List<Problem> located(List<Problem> problems) {
    return Problems.locate(problems, JsonReader.decode(bytes));
  }

  /** What the planner says of a broken document counts only where the parser found nothing. */
  private List<Problem> withMore(
      List<Problem> problems,
      @Nullable Pipeline draft,
      Map<String, String> typed,
      Map<String, JsonValue> values) {
    if (draft == null
        || !(Planner.plan(request(draft, typed, values))
            instanceof Planned.Refused(List<Problem> more))) {
      return problems;
    }
    List<Problem> all = new ArrayList<>(problems);
    for (Problem problem : more) {
      if (!isNear(problem, problems)) {
        all.add(problem);
      }
    }
    return located(all);
  }

  private static boolean isNear(Problem problem, List<Problem> known) {
    for (Problem other : known) {
      if (isWithin(problem.pointer(), other.pointer())
          || isWithin(other.pointer(), problem.pointer())) {
        return true;
      }
    }
    return false;
  }

  private static boolean isWithin(String inner, String outer) {
    return inner.equals(outer) || (!outer.isEmpty() && inner.startsWith(outer + "/"));
  }

  /** Returns problems as compilers write them, so that editors find the places. */
  List<String> lines(List<Problem> problems) {
    List<String> lines = new ArrayList<>();
    for (Problem problem : problems) {
      lines.add(shown + ":" + problem);
    }
    lines.add(
        Amounts.count(problems.size(), "problem", "problems")
            + " in "
            + shown
            + "; nothing was run");
    return lines;
  }

  /**
   * Reads parameters from a JSON file.
   *
   * @param written the file's name, or null for none
   */
  static Map<String, JsonValue> params(Session session, @Nullable String written)
      throws Refusal, IOException {
    if (written == null) {
      return Map.of();
    }
    try {
      JsonValue value = JsonReader.read(Files.readAllBytes(session.path(written)));
      if (value instanceof JsonObject object) {
        return object.members();
      }
      throw Refusal.badInput(
          written + ":1:1: must be an object of parameters such as {\"seeds\": 3}");
    } catch (JsonException e) {
      throw Refusal.badInput(written + ":" + e.getMessage());
    } catch (NoSuchFileException e) {
      throw Refusal.badInput("there is no file " + written);
    }
  }

  /** Returns the directory from which the document's paths are read. */
  Path folder() {
    Path parent = file.getParent();
    return parent == null ? file : parent;
  }

  Path file() {
    return file;
  }

  /** Returns the file's name as the user wrote it. */
  String shown() {
    return shown;
  }
}
