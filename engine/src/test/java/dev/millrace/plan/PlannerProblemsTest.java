package dev.millrace.plan;

import static dev.millrace.plan.Documents.refused;
import static dev.millrace.plan.Documents.steps;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.pipeline.Problem;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PlannerProblemsTest {

  private static final String AROUND =
      """
      'make': {'command': ['m'], 'outputs': {'list': {'path': 'l', 'kind': 'json'}, 'file': 'f'}},
      'train': {'command': ['t'], 'matrix': {'depth': [1, 2]},
                'outputs': {'model': 'm', 'score': {'path': 's', 'kind': 'json'}}},
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          'command': ['x'], 'inputs': {'a': {'from': 'mke.list'}}  | unknown-step    | /steps/x/inputs/a/from | there is no step "mke"; did you mean "make"?
          'command': ['x'], 'inputs': {'a': {'from': 'make.lst'}}  | unknown-output  | /steps/x/inputs/a/from | the step "make" has no output "lst"; did you mean "list"?
          'command': ['x'], 'inputs': {'a': {'param': 'p'}}        | unknown-param   | /steps/x/inputs/a/param | there is no parameter "p"
          'command': ['x'], 'inputs': {'a': {'path': 'missing.py'}} | missing-file   | /steps/x/inputs/a/path | there is no file or directory "missing.py" beside the document
          'command': ['x'], 'needs': ['make', 'trian']             | unknown-step    | /steps/x/needs/1       | there is no step "trian"; did you mean "train"?
          'command': ['x'], 'forEach': {'from': 'make.file'}       | not-json        | /steps/x/forEach/from  | forEach needs a JSON array, but make.file is of kind "file"; give that output "kind": "json"
          'command': ['x'], 'forEach': {'from': 'train.score'}     | many-tasks      | /steps/x/forEach/from  | "train" has many tasks, so that train.score is not one list; write {"step": "train"}, or join them in a step between
          'command': ['x'], 'forEach': {'step': 'x'}               | cycle           | /steps/x/forEach/step  | a step cannot have one task for each task of itself; name another step
          'command': ['x'], 'needs': ['x']                         | cycle           | /steps/x               | the steps depend on each other in a circle: x -> x; remove one of these dependencies
          'command': ['x'], 'executor': 'dokcer'                   | unknown-executor | /steps/x/executor     | there is no executor "dokcer"; did you mean "docker"?; installed are: docker, local, worker
          'command': ['x'], 'image': 'i'                           | image-unused    | /steps/x/image         | the executor "local" takes no image; remove it, or name another executor
          'command': ['x'], 'executor': 'docker'                   | image-missing   | /steps/x               | the executor "docker" needs an image; add "image"
          'command': ['x'], 'workers': {'gpu': 'yes'}              | not-supported   | /steps/x/workers       | this version runs everything on this machine; remove "workers"
          'command': ['x', '${{ matrix.depth }}']                  | expression      | /steps/x/command/1     | matrix is known only in a step with "matrix", or with "forEach" over such a step
          'command': ['x', '${{ attempt }}']                       | expression      | /steps/x/command/1     | attempt is known only in "resources": what a step runs must be the same each time
          'script': '${{ item }}'                                  | expression      | /steps/x/script        | item is known only in a step with "forEach"
          'script': '${{ inputs.x }}'                              | expression      | /steps/x/script        | inputs has no member x
          'script': '${{ params.x }'                               | expression      | /steps/x/script        | the expression that begins with ${{ params.x } is not closed; write }} after it, or $${{ for the text ${{
          'command': ['x'], 'env': {'A': '${{ 1 + }}'}             | expression      | /steps/x/env/A         | *
          'command': ['x'], 'inputs': {'t': {'text': '${{ o }}'}}  | expression      | /steps/x/inputs/t/text | there is no o in expressions
          'command': ['x'], 'when': '1 + 1'                        | expression      | /steps/x/when          | the condition 1 + 1 is not a boolean; write a comparison
          'command': ['x'], 'when': 'steps.make.outputs.list.ok'   | not-upstream    | /steps/x/when          | the step "make" is not upstream of this one; take one of its outputs as an input, or write "needs": ["make"]
          'command': ['x'], 'when': 'steps.mak.status == \\"failed\\"' | unknown-step    | /steps/x/when          | there is no step "mak"; did you mean "make"?
          'command': ['x'], 'needs': ['make'], 'when': 'steps.make.outputs.file == 1' | not-json | /steps/x/when | expressions read outputs of kind "json" only, but make.file is of kind "file"
          'command': ['x'], 'needs': ['make'], 'when': 'steps.make.metrics.a > 1.0'   | no-metrics | /steps/x/when | the step "make" has no output of kind "metrics"; give it one
          'command': ['x'], 'needs': ['make'], 'when': 'steps.make.outptus.a > 1.0'   | expression | /steps/x/when | a step has no "outptus"; did you mean "outputs"?; write status, outputs or metrics
          'command': ['x'], 'needs': ['train'], 'when': 'steps.train.outputs.score.ok' | many-tasks | /steps/x/when | the step "train" has many tasks, each with its own outputs; join them in a step between, or use "forEach": {"step": "train"}
          'command': ['x'], 'matrix': {'a': [1, 2], 'include': [{'a': 1}]} | duplicate-task | /steps/x/matrix/include/0 | there is a task x[a=1] already; remove it, or change it
          'command': ['x'], 'matrix': {'a': [1, 2], 'exclude': [{'a': 1}, {'a': 2}]} | no-tasks | /steps/x/matrix | "exclude" leaves no combination of this matrix; exclude less
          """)
  void findsWith(String step, String code, String pointer, String message) {
    List<Problem> problems = refused(steps(AROUND + "'x': {" + step + "}"));
    assertEquals(1, problems.size(), problems::toString);
    Problem problem = problems.getFirst();
    assertEquals(code, problem.code());
    assertEquals(pointer, problem.pointer());
    if (!message.equals("*")) {
      assertEquals(message, problem.message());
    }
  }

  @Test
  void findsAllProblemsInOnePass() {
    List<Problem> problems =
        refused(
            """
            {'version': 1, 'name': 'bad', 'defaults': {'executor': 'docker', 'image': '${{ nope }}'},
             'params': {'f': {'type': 'file', 'default': {'path': 'missing.csv'}},
                        'must': {'type': 'integer'}},
             'steps': {'a': {'command': ['a', '${{ params.f }}'], 'needs': ['b']},
                       'b': {'command': ['b', '${{ params.mst }}'], 'needs': ['a']},
                       'c': {'command': ['c'], 'executor': 'lcal', 'image': 'x',
                             'inputs': {'x': {'from': 'a.x'}}},
                       'd': {'command': ['d'], 'needs': ['e'], 'image': 'x'},
                       'e': {'command': ['e'], 'needs': ['f'], 'image': 'x'},
                       'f': {'command': ['f'], 'needs': ['d', 'c'], 'image': 'x'}},
             'outputs': {'o': {'from': 'z.o'}}}
            """);
    assertEquals(
        List.of(
            "missing-file /params/f/default",
            "missing-param /params/must",
            "unknown-output /steps/c/inputs/x/from",
            "cycle /steps/a",
            "cycle /steps/d",
            "unknown-step /outputs/o/from",
            "expression /steps/a/command/1",
            "expression /defaults/image",
            "expression /steps/b/command/1",
            "expression /defaults/image",
            "unknown-executor /steps/c/executor"),
        problems.stream().map(p -> p.code() + " " + p.pointer()).toList());
    assertTrue(
        problems.stream().anyMatch(p -> p.message().contains("a -> b -> a")), problems::toString);
    assertTrue(
        problems.stream().anyMatch(p -> p.message().contains("d -> f -> e -> d")),
        problems::toString);
  }

  @Test
  void countsTasks() {
    String thousand = IntStream.range(0, 1000).boxed().toList().toString();
    String matrix = "'matrix': {'a': " + thousand + ", 'b': " + thousand + "}";
    String step = "'x': {'command': ['x'], " + matrix + "}";
    assertEquals(1_000_000, Documents.accepted(steps(step)).knownTasks());
    List<Problem> problems = refused(steps(step + ", 'y': {'command': ['y']}"));
    assertEquals("too-many-tasks", problems.getFirst().code());
    problems = refused(steps(step.replace("}}", ", 'c': [1, 2]}}")));
    assertEquals("/steps/x/matrix", problems.getFirst().pointer());
  }
}
