package dev.millrace.plan;

import static dev.millrace.plan.Documents.accepted;
import static dev.millrace.plan.Documents.refused;
import static dev.millrace.plan.Documents.steps;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonBoolean;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonValue;
import dev.millrace.pipeline.Command;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class PlannerTest {

  private static final String WINE =
      """
      {'version': 1, 'name': 'wine',
       'params': {'data': {'type': 'file', 'default': {'path': 'data/wine.csv'}},
                  'seeds': {'type': 'integer', 'default': 3}},
       'steps': {
         'publish': {'command': ['cp', '${{ inputs.choice }}', '${{ params.seeds }}'],
                     'when': 'steps.champion.outputs.choice.auc > 0.9',
                     'inputs': {'choice': {'from': 'champion.choice'}}},
         'clean': {'command': ['clean', '${{ inputs.raw }}', '${{ outputs.table }}'],
                   'inputs': {'raw': {'param': 'data'}, 'code': {'path': 'src', 'as': 'code'}},
                   'outputs': {'table': 'clean.csv'}},
         'train': {'matrix': {'depth': [4, 8, 16], 'rate': [0.1, 0.01]},
                   'script': 'train --depth ${{ matrix.depth }} --rate ${{ matrix.rate }}',
                   'env': {'TWICE': '${{ matrix.depth * 2 }}'},
                   'inputs': {'table': {'from': 'clean.table'},
                              'config': {'text': 'depth=${{ matrix.depth }}'}},
                   'outputs': {'model': {'path': 'model.bin', 'kind': 'model'},
                               'score': {'path': 'score.json', 'kind': 'json'}},
                   'resources': {'cpus': 1, 'memory': '${{ attempt }}Gi'}},
         'evaluate': {'forEach': {'step': 'train'}, 'command': ['evaluate'],
                      'when': 'steps.train.outputs.score.ok',
                      'inputs': {'model': {'from': 'train.model'}, 'table': {'from': 'clean.table'}},
                      'outputs': {'metrics': {'path': 'metrics.json', 'kind': 'metrics'}}},
         'plot': {'forEach': {'step': 'evaluate'}, 'command': ['plot', '${{ matrix.depth }}'],
                  'inputs': {'m': {'from': 'evaluate.metrics'}, 'model': {'from': 'train.model'}}},
         'champion': {'command': ['champion'], 'needs': ['plot'],
                      'inputs': {'scores': {'from': 'evaluate.metrics'}},
                      'outputs': {'choice': {'path': 'choice.json', 'kind': 'json'}}}},
       'outputs': {'champion': {'from': 'champion.choice'}}}
      """;

  private static TaskContext context(Plan plan, String step, int task, JsonObject steps) {
    int index = plan.indexOf(step);
    Fan.Fixed tasks = plan.tasks(index);
    Instance instance = tasks == null ? Instance.ONLY : tasks.instance(task);
    return new TaskContext(plan, plan.step(index), instance, steps);
  }

  private static ExpandedTask expanded(TaskContext context) {
    return switch (context.expand()) {
      case Evaluated.Value<ExpandedTask>(ExpandedTask task) -> task;
      case Evaluated.Failed<ExpandedTask>(String message) -> throw new AssertionError(message);
    };
  }

  @Test
  void numbersStepsInATopologicalOrderThatKeepsTheDocuments() {
    Plan plan = accepted(WINE);
    assertEquals(
        List.of("clean", "train", "evaluate", "plot", "champion", "publish"),
        plan.steps().stream().map(PlannedStep::id).toList());
    assertEquals(1 + 6 + 6 + 6 + 1 + 1, plan.knownTasks());
    assertEquals(-1, plan.indexOf("nope"));
  }

  @Test
  void joinsStepsOfOneFanOutTaskByTask() {
    Plan plan = accepted(WINE);
    assertEquals(List.of(new Edge(0, false), new Edge(1, true)), plan.step(2).upstream());
    assertEquals(List.of(new Edge(1, true), new Edge(2, true)), plan.step(3).upstream());
    assertEquals(List.of(new Edge(2, false), new Edge(3, false)), plan.step(4).upstream());
    assertEquals(List.of(new Edge(2, true), new Edge(3, true)), plan.step(1).downstream());
    assertEquals(new Fan.LikeStep(2, 1), plan.step(3).fan());
    assertEquals(
        List.of(
            new PlannedInput("m", "inputs/m", new PlannedInput.OneTask(2, "metrics", true)),
            new PlannedInput("model", "inputs/model", new PlannedInput.OneTask(1, "model", true))),
        plan.step(3).inputs());
    assertEquals(
        List.of(
            new PlannedInput("scores", "inputs/scores", new PlannedInput.AllTasks(2, "metrics"))),
        plan.step(4).inputs());
  }

  @Test
  void namesTasksByTheirValues() {
    Plan plan = accepted(WINE);
    Fan.Fixed train = Objects.requireNonNull(plan.tasks(1));
    assertEquals(6, train.size());
    assertEquals("train[depth=4,rate=0.1]", plan.step(1).taskName(train.instance(0)));
    assertEquals("[depth=16,rate=0.01]", train.instance(5).suffix());
    assertEquals(train, plan.tasks(plan.indexOf("plot")));
  }

  @Test
  void expandsATask() {
    Plan plan = accepted(WINE);
    ExpandedTask train = expanded(context(plan, "train", 2, JsonObject.EMPTY));
    assertEquals(new Command.Script("train --depth 8 --rate 0.1"), train.command());
    assertEquals(Map.of("TWICE", "16"), train.env());
    assertEquals(Map.of("config", "depth=8"), train.texts());
    assertNull(train.image());
    assertEquals(
        new Command.Argv(List.of("clean", "inputs/raw", "clean.csv")),
        expanded(context(plan, "clean", 0, JsonObject.EMPTY)).command());
    assertEquals(
        new Command.Argv(List.of("plot", "16")),
        expanded(context(plan, "plot", 4, JsonObject.EMPTY)).command());
    assertEquals(
        new Evaluated.Value<>(Map.of("cpus", 1.0, "memory", 2 * 0x1p30)),
        context(plan, "train", 0, JsonObject.EMPTY).resources(2));
  }

  @Test
  void knowsWhatExpressionsReadOfOtherSteps() {
    Plan plan = accepted(WINE);
    assertEquals(
        List.of(new StepRead(4, "champion", StepRead.What.OUTPUT, "choice", false)),
        plan.step(5).reads());
    assertEquals(
        List.of(new StepRead(1, "train", StepRead.What.OUTPUT, "score", true)),
        plan.step(2).reads());
    JsonObject choice = JsonObject.of(Map.of("auc", new JsonNumber(1)));
    JsonObject steps = new StepValues().output("champion", "choice", choice).toJson();
    assertEquals(new Evaluated.Value<>(true), context(plan, "publish", 0, steps).when());
    assertInstanceOf(
        Evaluated.Failed.class,
        context(plan, "publish", 0, new StepValues().status("champion", "skipped").toJson())
            .when());
    assertEquals(new Evaluated.Value<>(true), context(plan, "clean", 0, steps).when());
  }

  @Test
  void metricsAreReadByTheirPaths() {
    Plan plan =
        accepted(
            steps(
                """
                'a': {'command': ['a'], 'outputs': {'m': {'path': 'm', 'kind': 'metrics'}}},
                'b': {'command': ['b'], 'needs': ['a'], 'when': 'steps.a.metrics.val.auc > 0.5'}
                """));
    assertEquals(
        List.of(new StepRead(0, "a", StepRead.What.METRIC, "val.auc", false)),
        plan.step(1).reads());
    JsonObject steps = new StepValues().metrics("a", Map.of("val.auc", 0.75, "n", 3.0)).toJson();
    assertEquals(new Evaluated.Value<>(true), context(plan, "b", 0, steps).when());
  }

  @Test
  void aListMadeAtRunTimeGivesTheTasks() {
    Plan plan =
        accepted(
            steps(
                """
                'months': {'command': ['list'], 'outputs': {'all': {'path': 'm', 'kind': 'json'}}},
                'month': {'forEach': {'from': 'months.all'}, 'command': ['m', '${{ item.name }}'],
                          'outputs': {'x': 'x'}},
                'plot': {'forEach': {'step': 'month'}, 'command': ['p', '${{ item }}'],
                         'inputs': {'x': {'from': 'month.x'}}},
                'all': {'command': ['a'], 'inputs': {'x': {'from': 'plot.x'}}}
                """
                    .replace("'inputs': {'x': {'from': 'plot.x'}}", "'needs': ['plot']")));
    assertEquals(new Fan.AtRunTime(0, "all"), plan.step(1).fan());
    assertEquals(new Fan.LikeStep(1, 1), plan.step(2).fan());
    assertNull(plan.tasks(1));
    assertNull(plan.tasks(2));
    assertEquals(2, plan.knownTasks());
    JsonArray list =
        new JsonArray(
            List.of(
                new JsonString("2012-01"),
                new JsonString("2012-01"),
                new JsonString("a b"),
                JsonBoolean.TRUE,
                JsonObject.EMPTY));
    Evaluated<Values> values = Values.of((JsonValue) list);
    assertEquals(
        List.of("[2012-01]", "[~1]", "[~2]", "[true]", "[~4]"),
        IntStream.range(0, 5).mapToObj(i -> instance(values, i).suffix()).toList());
    assertInstanceOf(Evaluated.Failed.class, Values.of(new JsonString("x")));
    Evaluated<ExpandedTask> wrong =
        new TaskContext(plan, plan.step(1), instance(values, 0), JsonObject.EMPTY).expand();
    assertEquals(
        new Evaluated.Failed<>("\"command\" has no value: item (string) has no member name"),
        wrong);
  }

  private static Instance instance(Evaluated<Values> values, int index) {
    return values instanceof Evaluated.Value<Values>(Values fan)
        ? fan.instance(index)
        : Instance.ONLY;
  }

  @Test
  void takesParametersAsTypedAndAsJson() {
    String document =
        """
        {'version': 1, 'name': 'p', 'params': {
           'n': {'type': 'integer'}, 's': {'type': 'string'}, 'b': {'type': 'boolean'},
           'j': {'type': 'json'}, 'f': {'type': 'file'}, 'r': {'type': 'number', 'default': 0.5}},
         'steps': {'a': {'command': ['a', '${{ params.n }}'],
           'inputs': {'f': {'param': 'f'}, 's': {'param': 's'}, 'j': {'param': 'j'}}}}}
        """;
    Planned planned =
        Documents.plan(
            document,
            Map.of("n", "3", "s", "3", "b", "true", "j", "[1, 2]", "f", "/data/x.csv"),
            Map.of("b", JsonBoolean.FALSE));
    Plan plan = assertInstanceOf(Planned.Ok.class, planned, () -> "" + planned).plan();
    assertEquals(new JsonNumber(3), plan.params().get("n"));
    assertEquals(new JsonString("3"), plan.params().get("s"));
    assertEquals(JsonBoolean.FALSE, plan.params().get("b"));
    assertEquals(new PlannedInput.UserPath("/data/x.csv"), plan.step(0).inputs().get(0).source());
    assertEquals(
        Map.of("s", "3", "j", "[1,2]"), expanded(context(plan, "a", 0, JsonObject.EMPTY)).texts());

    Planned refused = Documents.plan(document, Map.of("n", "3.5", "b", "yes", "m", "1"), Map.of());
    assertEquals(
        List.of(
            "unknown-param /params",
            "bad-param /params/n",
            "missing-param /params/s",
            "bad-param /params/b",
            "missing-param /params/j",
            "missing-param /params/f"),
        assertInstanceOf(Planned.Refused.class, refused).problems().stream()
            .map(p -> p.code() + " " + p.pointer())
            .toList());
  }

  @Test
  void aFanOverASingleTaskIsASingleTask() {
    Plan plan =
        accepted(
            steps(
                "'a': {'command': ['a'], 'outputs': {'x': 'x'}}, 'b': {'command': ['b'], 'forEach':"
                    + " {'step': 'a'}, 'inputs': {'x': {'from': 'a.x'}}}"));
    assertEquals(new Fan.One(), plan.step(1).fan());
    assertEquals(new PlannedInput.OneTask(0, "x", false), plan.step(1).inputs().get(0).source());
    assertTrue(refused(WINE.replace("'seeds'", "'sedes'")).size() == 1);
  }

  @Test
  void aStepMayWaitForApproval() {
    Plan plan = accepted(steps("'x': {'command': ['x'], 'approval': true}"));
    assertTrue(plan.step(plan.indexOf("x")).step().approval());
  }
}
