package dev.millrace.simulation;

import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.pipeline.PipelineParser;
import dev.millrace.plan.ExecutorOffer;
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
 * Random pipeline documents. Commands come from so small a choice that actions of different runs
 * are often equal.
 */
public final class RandomDocument {
  /** Name of the executor of all steps. */
  public static final String EXECUTOR = "simulated";

  /** The one file of the user's. */
  public static final String FILE = "data.csv";

  private static final int MOST_STEPS = 6;
  private static final List<String> WORDS = List.of("a", "b", "c");
  private static final List<String> CACHE = List.of("on", "on", "on", "on", "on", "off", "refresh");
  private static final List<String> TRIGGERS =
      List.of("success", "success", "success", "success", "failure", "always");
  private static final List<String> CAUSES = List.of("failure", "timeout", "oom");

  private static final boolean APPROVALS =
      tryPlan(
              "{'version':1,'name':'p','steps':{'s':{'command':['x'],'approval':true}}}"
                  .replace("'s':{", "'s':{'executor':'" + EXECUTOR + "',"))
          != null;

  private final Chance chance;
  private final boolean tooLarge;

  private final List<StepText> steps = new ArrayList<>();

  /** What later steps need to know of an earlier one. */
  private record StepText(String id, boolean single, String json) {}

  private RandomDocument(Chance chance, boolean tooLarge) {
    this.chance = chance;
    this.tooLarge = tooLarge;
  }

  /** Returns whether this version plans steps that wait for an approval. */
  public static boolean approvals() {
    return APPROVALS;
  }

  /**
   * Returns the plan of a random document that the planner accepts.
   *
   * @param tooLarge whether it may ask for more than any worker has
   */
  public static Plan plan(Chance chance, boolean tooLarge) {
    while (true) {
      Plan plan = tryPlan(new RandomDocument(chance, tooLarge).text());
      if (plan != null) {
        return plan;
      }
    }
  }

  private static @Nullable Plan tryPlan(String text) {
    byte[] utf8 = text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    JsonObject json = (JsonObject) JsonReader.read(utf8);
    return PipelineParser.parse(json) instanceof PipelineParser.Parsed(var pipeline)
            && Planner.plan(
                    new PlanRequest(
                        pipeline,
                        Map.of(),
                        Map.of(),
                        Map.of(EXECUTOR, ExecutorOffer.of(ImageUse.OPTIONAL)),
                        PathProbe.ANY))
                instanceof Planned.Ok(var plan)
        ? plan
        : null;
  }

  private String text() {
    int count = 1 + chance.below(MOST_STEPS);
    for (int i = 0; i < count; i++) {
      steps.add(step("s" + i));
    }
    StringBuilder text = new StringBuilder("{'version': 1, 'name': 'p");
    text.append(chance.below(2)).append("', 'defaults': {'executor': '").append(EXECUTOR);
    text.append("'}, 'steps': {");
    text.append(String.join(",\n", steps.stream().map(StepText::json).toList())).append('}');
    if (chance.in(0.5)) {
      text.append(", 'outputs': {'all': {'from': '").append(chance.of(steps).id).append(".o'}}");
    }
    return text.append('}').toString();
  }

  private StepText step(String id) {
    List<String> members = new ArrayList<>();
    String fan = fan();
    if (!fan.isEmpty()) {
      members.add(fan);
    }
    String told =
        fan.startsWith("'matrix'") ? ", '${{ matrix.a }}'" : fan.isEmpty() ? "" : ", '${{ item }}'";
    members.add(
        "'command': ['" + chance.of(WORDS) + "'" + (fan.contains("'step'") ? "" : told) + "]");
    members.add(
        "'outputs': {'o': {'path': 'o'}, 'list': {'path': 'l', 'kind': 'json'},"
            + " 'flag': {'path': 'f', 'kind': 'json'},"
            + " 'maybe': {'path': 'y', 'optional': true}, 'm': {'path': 'm', 'kind': 'metrics'}}");
    members.add("'inputs': {" + String.join(", ", inputs()) + "}");
    if (!steps.isEmpty() && chance.in(0.3)) {
      members.add("'needs': ['" + chance.of(steps).id + "']");
    }
    members.add("'on': '" + chance.of(TRIGGERS) + "'");
    members.add("'cache': '" + chance.of(CACHE) + "'");
    if (chance.in(0.2)) {
      members.add("'image': 'i" + chance.below(2) + "'");
    }
    members.add("'priority': " + chance.below(3));
    if (chance.in(0.5)) {
      members.add(retry());
    }
    if (chance.in(0.3)) {
      members.add("'pool': 'lock'");
    }
    if (chance.in(0.3)) {
      String cpus = tooLarge && chance.in(0.2) ? "9" : chance.of(List.of("0.5", "1", "2"));
      members.add("'resources': {'cpus': " + cpus + "}");
    }
    if (APPROVALS && chance.in(0.2)) {
      members.add("'approval': true");
    }
    addCondition(members);
    String json = "'" + id + "': {" + String.join(", ", members) + "}";
    return new StepText(id, fan.isEmpty(), json);
  }

  private String fan() {
    List<StepText> singles = steps.stream().filter(StepText::single).toList();
    return switch (chance.below(10)) {
      case 0 -> "'matrix': {'a': [1, 2, 3]}";
      case 1 -> "'forEach': {'values': ['x', 'y']}";
      case 2, 3 ->
          singles.isEmpty() ? "" : "'forEach': {'from': '" + chance.of(singles).id + ".list'}";
      case 4, 5 -> steps.isEmpty() ? "" : "'forEach': {'step': '" + chance.of(steps).id + "'}";
      default -> "";
    };
  }

  private List<String> inputs() {
    List<String> inputs = new ArrayList<>();
    for (StepText above : steps) {
      if (chance.in(0.4)) {
        String output = chance.in(0.2) ? "maybe" : "o";
        inputs.add("'" + above.id + "': {'from': '" + above.id + "." + output + "'}");
      }
    }
    if (chance.in(0.2)) {
      inputs.add("'file': {'path': '" + FILE + "'}");
    }
    return inputs;
  }

  private String retry() {
    List<String> on = CAUSES.stream().filter(cause -> chance.in(0.6)).toList();
    return "'retry': {'attempts': %d, 'delay': '%dms', 'on': ['%s']}"
        .formatted(
            1 + chance.below(3),
            chance.spread(1, 3000),
            String.join("', '", on.isEmpty() ? CAUSES : on));
  }

  private void addCondition(List<String> members) {
    List<StepText> singles = steps.stream().filter(StepText::single).toList();
    if (!singles.isEmpty() && chance.in(0.15)) {
      String id = chance.of(singles).id;
      members.add("'when': 'steps." + id + ".outputs.flag.ok'");
      members.removeIf(member -> member.startsWith("'needs'"));
      members.add("'needs': ['" + id + "']");
    }
  }
}
