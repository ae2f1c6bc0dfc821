package dev.millrace.plan;

import dev.millrace.json.JsonPointer;
import dev.millrace.pipeline.Pipeline;
import dev.millrace.pipeline.PipelineParser;
import dev.millrace.pipeline.PipelineParser.Parsed;
import dev.millrace.pipeline.PipelineParser.Rejected;
import dev.millrace.pipeline.Problem;
import dev.millrace.pipeline.Problems;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Plans a document as written. What is wrong with its form and what is wrong with its graph come in
 * one list, in the order of the text and with positions.
 */
public final class DocumentPlanner {

  /** Pointers to a step, a param or an output of the pipeline have as many parts. */
  private static final int PART_DEPTH = 2;

  private DocumentPlanner() {}

  /**
   * Returns the plan of a document, or all problems.
   *
   * @param document its text
   * @param request what to plan, given the pipeline of the document; it is also asked about
   *     documents with problems of form, to find those of their graphs
   */
  public static Planned plan(String document, Function<Pipeline, PlanRequest> request) {
    return switch (PipelineParser.parse(document)) {
      case Parsed(Pipeline pipeline) -> located(Planner.plan(request.apply(pipeline)), document);
      case Rejected rejected -> refused(rejected, document, request);
    };
  }

  private static Planned located(Planned planned, String document) {
    return switch (planned) {
      case Planned.Ok ok -> ok;
      case Planned.Refused(List<Problem> problems) ->
          new Planned.Refused(Problems.locate(problems, document));
    };
  }

  private static Planned refused(
      Rejected rejected, String document, Function<Pipeline, PlanRequest> request) {
    List<Problem> all = new ArrayList<>(rejected.problems());
    Pipeline draft = rejected.draft();
    if (draft != null
        && !draft.steps().isEmpty()
        && Planner.plan(request.apply(draft)) instanceof Planned.Refused(List<Problem> more)) {
      addNew(all, more);
    }
    return new Planned.Refused(Problems.locate(all, document));
  }

  /**
   * Adds the problems of those parts that have none of form: in the others something stands in
   * place of what could not be read, and what is said of that would mislead.
   */
  private static void addNew(List<Problem> all, List<Problem> more) {
    Set<String> malformed = new HashSet<>();
    all.forEach(problem -> malformed.add(part(problem)));
    for (Problem problem : more) {
      if (!malformed.contains(part(problem))) {
        all.add(problem);
      }
    }
  }

  private static String part(Problem problem) {
    List<String> tokens = JsonPointer.tokens(problem.pointer());
    int depth = Math.min(PART_DEPTH, tokens.size());
    return JsonPointer.of(tokens.subList(0, depth).toArray(String[]::new));
  }
}
