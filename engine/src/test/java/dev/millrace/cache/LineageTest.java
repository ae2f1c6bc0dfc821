package dev.millrace.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.millrace.cache.Action.Command;
import dev.millrace.cache.LineageNode.Assembled;
import dev.millrace.cache.LineageNode.Cut;
import dev.millrace.cache.LineageNode.Made;
import dev.millrace.cache.LineageNode.Repeated;
import dev.millrace.cache.LineageNode.Source;
import dev.millrace.content.Artifact;
import dev.millrace.digest.Digest;
import dev.millrace.executor.ResourceUsage;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LineageTest {
  private final InMemoryActionCache cache = new InMemoryActionCache(() -> Instant.EPOCH);
  private final Map<Digest, SortedMap<String, Artifact>> trees = new HashMap<>();

  private static Artifact file(String content) {
    return Artifact.file(Digest.of(content));
  }

  private Artifact tree(Map<String, Artifact> entries) {
    Digest digest = Digest.of(new TreeMap<>(entries).toString());
    trees.put(digest, new TreeMap<>(entries));
    return Artifact.tree(digest);
  }

  private void made(String task, Artifact output, Map<String, Artifact> inputs) {
    Action action =
        new Action(
            new Command.Script(task),
            new TreeMap<>(),
            new TreeMap<>(),
            new TreeMap<>(inputs),
            new TreeMap<>(),
            "");
    ActionResult result =
        new ActionResult(
            new TreeMap<>(Map.of("out", output)),
            new TreeMap<>(),
            0,
            Digest.EMPTY,
            Digest.EMPTY,
            new ActionResult.Producer("r", task, 1, "local"),
            Instant.EPOCH,
            ResourceUsage.NONE);
    cache.put(ActionCodec.key(action), action, "p/" + task, result).toCompletableFuture().join();
  }

  private LineageNode of(Artifact artifact, int nodes) {
    return Lineage.of(artifact, cache, trees::get, nodes);
  }

  /** The tree on one line. */
  private static String drawn(LineageNode node) {
    return switch (node) {
      case Made made -> made.by().result().producer().task() + drawn(made.inputs());
      case Assembled assembled -> "tree" + drawn(assembled.entries());
      case Source _ -> "source";
      case Repeated repeated -> "again:" + repeated.by().result().producer().task();
      case Cut _ -> "cut";
    };
  }

  private static String drawn(SortedMap<String, LineageNode> nodes) {
    StringBuilder text = new StringBuilder("(");
    nodes.forEach((name, node) -> text.append(name).append('=').append(drawn(node)).append(' '));
    return text.toString().strip() + ")";
  }

  @Test
  void goesBackToTheSources() {
    made("clean", file("clean"), Map.of("code", file("clean.py"), "raw", file("raw")));
    made("train", file("model"), Map.of("code", file("train.py"), "data", file("clean")));
    made("report", file("html"), Map.of("data", file("clean"), "model", file("model")));

    assertEquals(
        "report(data=clean(code=source raw=source)" + " model=train(code=source data=again:clean))",
        drawn(of(file("html"), 100)));
    assertEquals(new Source(file("raw")), of(file("raw"), 100));
  }

  @Test
  void looksIntoDirectoriesThatTheEnginePutTogether() {
    made("train[a]", file("a"), Map.of());
    made("train[b]", file("b"), Map.of());
    Artifact models = tree(Map.of("sub", tree(Map.of("a", file("a"), "b", file("b")))));
    made("champion", file("best"), Map.of("code", tree(Map.of("x", file("x"))), "models", models));

    assertEquals(
        "champion(code=source models=tree(sub=tree(a=train[a]() b=train[b]())))",
        drawn(of(file("best"), 100)));
  }

  @Test
  void aStepThatPassesItsInputOnMakesNoCircle() {
    made("make", file("x"), Map.of("seed", file("s")));
    made("copy", file("x"), Map.of("in", file("x")));
    assertEquals("copy(in=make(seed=source))", drawn(of(file("x"), 100)));

    made("self", file("y"), Map.of("in", file("y")));
    assertEquals("self(in=source)", drawn(of(file("y"), 100)));
  }

  @Test
  void isBoundedInNodesAndInDepth() {
    for (int i = 1; i <= 2_000; i++) {
      made("step" + i, file("f" + i), Map.of("in", file("f" + (i - 1))));
    }

    assertEquals("step9(in=step8(in=cut))", drawn(of(file("f9"), 2)));
    int depth = 0;
    LineageNode node = of(file("f2000"), 100_000);
    while (node instanceof Made made) {
      node = made.inputs().getOrDefault("in", node);
      depth++;
    }
    assertInstanceOf(Cut.class, node);
    assertEquals(Lineage.MAX_DEPTH + 1, depth);
  }
}
