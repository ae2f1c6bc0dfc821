package dev.millrace.pipeline;

import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonString;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads a step. */
final class StepParser {

  private static final Fields.Known STEP =
      Fields.Known.of(
          "a step",
          Stream.concat(
                  Stream.of(
                      "description",
                      "command",
                      "script",
                      "inputs",
                      "outputs",
                      "needs",
                      "matrix",
                      "forEach",
                      "when",
                      "on",
                      "approval"),
                  Stream.of(SettingsParser.FIELDS))
              .toArray(String[]::new));

  private static final String EXAMPLE =
      "an object such as {\"command\": [\"python3\", \"inputs/code/train.py\"]}";
  private static final String ARGV = "an array of texts such as [\"python3\", \"inputs/train.py\"]";
  private static final String STEP_IDS = "an array of step ids such as [\"clean\"]";

  /** Stands for a command that could not be read. */
  private static final Command UNKNOWN = new Command.Script("");

  private static final List<TriggerRule> RULES = List.of(TriggerRule.values());

  private final Settings defaults;

  StepParser(Settings defaults) {
    this.defaults = defaults;
  }

  Step parse(Node node) {
    Names.IDENTIFIER.check(node, "a step", node.name());
    Fields fields = Fields.of(node, STEP, EXAMPLE);
    return fields == null ? unknown(node.name()) : step(node.name(), fields);
  }

  private Step step(String id, Fields fields) {
    SandboxPlaces places = new SandboxPlaces();
    Node on = fields.get("on");
    Node approval = fields.get("approval");
    Settings settings = SettingsParser.parse(fields, defaults);
    checkSecrets(fields, settings);
    return new Step(
        id,
        PipelineParser.description(fields.get("description")),
        command(fields),
        settings.executor(),
        settings.image(),
        settings.container(),
        new InputParser(places).inputs(fields.get("inputs")),
        new OutputParser(places).outputs(fields.get("outputs")),
        needs(fields.get("needs")),
        ExpansionParser.parse(fields),
        when(fields.get("when")),
        on == null ? TriggerRule.SUCCESS : on.word(RULES, TriggerRule.SUCCESS),
        settings.retry(),
        settings.timeout(),
        settings.resources(),
        settings.cache(),
        settings.env(),
        settings.secrets(),
        settings.priority(),
        settings.pool(),
        settings.workers(),
        approval != null && approval.bool(false));
  }

  /** A step of which only the id is known, so that references to it are not reported too. */
  private Step unknown(String id) {
    return new Step(
        id,
        "",
        UNKNOWN,
        defaults.executor(),
        null,
        defaults.container(),
        Ordered.empty(),
        Ordered.empty(),
        List.of(),
        new Expansion.Single(),
        null,
        TriggerRule.SUCCESS,
        defaults.retry(),
        null,
        defaults.resources(),
        defaults.cache(),
        Ordered.empty(),
        Ordered.empty(),
        0,
        null,
        Ordered.empty(),
        false);
  }

  private static Command command(Fields fields) {
    Node command = fields.get("command");
    Node script = fields.get("script");
    if (command != null && script != null) {
      script.problem(
          "conflicting-fields",
          "a step has either \"command\" or \"script\", not both; remove one of them");
      return UNKNOWN;
    }
    if (command != null) {
      return argv(command);
    }
    if (script != null) {
      String text = script.filledText("a shell script");
      return text == null ? UNKNOWN : new Command.Script(text);
    }
    fields
        .node()
        .problem(
            "missing-field",
            "a step needs \"command\" (an array) or \"script\" (a text); write " + EXAMPLE);
    return UNKNOWN;
  }

  private static Command argv(Node node) {
    if (node.value() instanceof JsonString) {
      node.problem(
          "wrong-type", "\"command\" must be " + ARGV + "; for a line of shell write \"script\"");
      return UNKNOWN;
    }
    List<String> arguments = new ArrayList<>();
    for (Node element : node.elements(ARGV)) {
      String argument =
          arguments.isEmpty() ? element.filledText("a program") : element.text("a text");
      arguments.add(argument == null ? "" : argument);
    }
    if (arguments.isEmpty() && node.value() instanceof JsonArray) {
      node.problem("empty", "\"command\" is empty; write " + ARGV);
    }
    return new Command.Argv(arguments);
  }

  private static List<String> needs(@Nullable Node node) {
    if (node == null) {
      return List.of();
    }
    if (node.value() instanceof JsonString(String one)) {
      node.problem("wrong-type", "\"needs\" must be an array; write [" + Node.quote(one) + "]");
      return List.of();
    }
    List<String> needs = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (Node element : node.elements(STEP_IDS)) {
      String id = element.filledText("the id of a step");
      if (id != null && seen.add(id)) {
        needs.add(id);
      } else if (id != null) {
        element.problem("duplicate-value", Node.quote(id) + " is there already; remove it");
      }
    }
    return needs;
  }

  private static @Nullable String when(@Nullable Node node) {
    return node == null
        ? null
        : node.filledText("an expression such as \"steps.check.metrics.auc > 0.9\"");
  }

  private static void checkSecrets(Fields fields, Settings settings) {
    Node at = fields.has("secrets") ? fields.get("secrets") : fields.get("env");
    if (at == null) {
      return;
    }
    for (String variable : settings.secrets().keySet()) {
      if (settings.env().containsKey(variable)) {
        at.problem(
            "conflicting-fields",
            "the variable "
                + Node.quote(variable)
                + " is in \"env\" and in \"secrets\"; remove one");
      }
    }
  }
}
