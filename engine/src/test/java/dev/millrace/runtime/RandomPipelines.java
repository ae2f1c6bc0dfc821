package dev.millrace.runtime;

import dev.millrace.json.JsonException;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.pipeline.PipelineParser;
import dev.millrace.plan.ImageUse;
import dev.millrace.plan.PathProbe;
import dev.millrace.plan.Plan;
import dev.millrace.plan.PlanRequest;
import dev.millrace.plan.Planned;
import dev.millrace.plan.Planner;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Documents drawn by chance, from so few steps that different runs have equal actions. Every output
 * is a list of numbers, so that steps can be unfolded over it.
 */
final class RandomPipelines {
  private static final List<String> CAUSES = List.of("failure", "timeout", "oom", "lost");

  private final SimulatedTime time;
  private final boolean approvals;
  private final boolean chance;
  private final List<Boolean> fanned = new ArrayList<>();

  RandomPipelines(SimulatedTime time, boolean approvals) {
    this.time = time;
    this.approvals = approvals;
    chance = time.oneIn(2);
  }

  /**
   * Returns whether some steps leave what chance wants. Then none is refreshed: what replaces a
   * recorded result is there for others before it is reported.
   */
  boolean hasChance() {
    return chance;
  }

  /** Draws until a document has no problems. */
  Plan next() {
    while (true) {
      Plan plan = plan(document());
      if (plan != null) {
        return plan;
      }
    }
  }

  static @Nullable Plan plan(String document) {
    JsonObject json;
    try {
      json = (JsonObject) JsonReader.read(document.getBytes(StandardCharsets.UTF_8));
    } catch (JsonException e) {
      throw new IllegalStateException(document, e);
    }
    if (PipelineParser.parse(json) instanceof PipelineParser.Parsed(var pipeline)
        && Planner.plan(
                new PlanRequest(
                    pipeline,
                    Map.of(),
                    Map.of(),
                    Map.of("simulated", ImageUse.NONE),
                    PathProbe.ANY))
            instanceof Planned.Ok(var plan)) {
      return plan;
    }
    return null;
  }

  /** Tells whether the planner takes steps that wait for an approval. */
  static boolean approvalsWork() {
    return plan(
            "{\"version\": 1, \"name\": \"p\", \"steps\": {\"s\": {\"command\": [\"c\"],"
                + " \"executor\": \"simulated\", \"approval\": true}}}")
        != null;
  }

  private String document() {
    fanned.clear();
    int count = 1 + time.draw(6);
    List<String> steps = new ArrayList<>();
    for (int step = 0; step < count; step++) {
      steps.add("\"s" + step + "\": {" + String.join(", ", fields(step)) + "}");
    }
    return "{\"version\": 1, \"name\": \"p\", \"steps\": {" + String.join(", ", steps) + "}}";
  }

  private List<String> fields(int step) {
    List<String> fields = new ArrayList<>();
    fields.add("\"executor\": \"simulated\"");
    fields.add("\"outputs\": {\"o\": {\"path\": \"o\", \"kind\": \"json\"}}");
    boolean off = time.oneIn(12);
    fields.add(
        "\"command\": [\"%s\", \"%d\"%s]"
            .formatted(off ? "uncached" : "c", time.draw(3), fan(step, fields)));
    if (off) {
      fields.add("\"cache\": \"off\"");
    } else if (!chance && time.oneIn(12)) {
      fields.add("\"cache\": \"refresh\"");
    }
    inputs(step, fields);
    trigger(step, fields);
    if (time.oneIn(3)) {
      fields.add(
          "\"retry\": {\"attempts\": %d, \"delay\": \"%dms\", \"on\": [\"%s\", \"lost\"]}"
              .formatted(
                  1 + time.draw(4),
                  1 + time.draw(2_000),
                  CAUSES.get(time.draw(CAUSES.size() - 1))));
    }
    if (time.oneIn(4)) {
      fields.add(
          time.oneIn(2)
              ? "\"resources\": {\"cpus\": 2}"
              : "\"resources\": {\"cpus\": 1, \"licence\": 1}");
    }
    if (time.oneIn(6)) {
      fields.add("\"priority\": " + time.draw(3));
    }
    if (approvals && time.oneIn(8)) {
      fields.add("\"approval\": true");
    }
    return fields;
  }

  /** Adds what unfolds a step; returns what makes the commands of its tasks differ. */
  private String fan(int step, List<String> fields) {
    int kind = time.draw(8);
    if (kind == 0) {
      fields.add("\"matrix\": {\"m\": [1, 2, 3]}");
      fanned.add(true);
      return ", \"${{ matrix.m }}\"";
    }
    if (step > 0 && kind == 1) {
      int list = time.draw(step);
      if (!fanned.get(list)) {
        fields.add("\"forEach\": {\"from\": \"s" + list + ".o\"}");
        fanned.add(true);
        return ", \"${{ item }}\"";
      }
    }
    if (step > 0 && kind == 2) {
      int like = time.draw(step);
      fields.add("\"forEach\": {\"step\": \"s" + like + "\"}");
      fanned.add(fanned.get(like));
      return "";
    }
    fanned.add(false);
    return "";
  }

  private void inputs(int step, List<String> fields) {
    List<String> inputs = new ArrayList<>();
    List<String> needs = new ArrayList<>();
    for (int above = 0; above < step; above++) {
      if (time.oneIn(2)) {
        inputs.add("\"i%d\": {\"from\": \"s%d.o\"}".formatted(above, above));
      } else if (time.oneIn(8)) {
        needs.add("\"s" + above + "\"");
      }
    }
    if (!inputs.isEmpty()) {
      fields.add("\"inputs\": {" + String.join(", ", inputs) + "}");
    }
    if (!needs.isEmpty()) {
      fields.add("\"needs\": [" + String.join(", ", needs) + "]");
    }
  }

  private void trigger(int step, List<String> fields) {
    if (step > 0 && time.oneIn(8)) {
      fields.add("\"on\": \"" + (time.oneIn(2) ? "failure" : "always") + "\"");
    }
    if (chance && !fields.contains("\"cache\": \"off\"") && time.oneIn(6)) {
      fields.add("\"env\": {\"RANDOM\": \"1\"}");
    }
  }
}
