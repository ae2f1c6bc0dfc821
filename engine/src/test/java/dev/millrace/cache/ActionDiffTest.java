package dev.millrace.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.cache.Action.Command;
import dev.millrace.cache.Action.OutputPath;
import dev.millrace.cache.Explanation.Change;
import dev.millrace.content.Artifact;
import dev.millrace.digest.Digest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ActionDiffTest {
  private final Map<Digest, SortedMap<String, Artifact>> trees = new HashMap<>();

  private static Artifact file(String content) {
    return Artifact.file(Digest.of(content));
  }

  private static String shown(String content) {
    return Digest.of(content).abbreviated();
  }

  /** Remembers a tree; its digest is any that depends on its entries. */
  private Artifact tree(Map<String, Artifact> entries) {
    Digest digest = Digest.of(new TreeMap<>(entries).toString());
    trees.put(digest, new TreeMap<>(entries));
    return Artifact.tree(digest);
  }

  private static Action argv(String... arguments) {
    return action(new Command.Argv(List.of(arguments)), Map.of());
  }

  private static Action action(Command command, Map<String, Artifact> inputs) {
    return new Action(
        command, new TreeMap<>(), new TreeMap<>(), new TreeMap<>(inputs), new TreeMap<>(), "");
  }

  private static Action inputs(Map<String, Artifact> inputs) {
    return action(new Command.Script("true"), inputs);
  }

  private List<Change> diff(Action before, Action after) {
    return ActionDiff.between(before, after, trees::get);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void findsSomethingExactlyWhenActionsDiffer(long seed) {
    RandomActions actions = new RandomActions(seed);
    for (int i = 0; i < 100; i++) {
      Action action = actions.action();
      assertEquals(List.of(), diff(action, action));
      for (Action variant : actions.variants(action)) {
        assertEquals(action.equals(variant), diff(action, variant).isEmpty(), () -> "seed " + seed);
      }
    }
  }

  @Test
  void namesThePositionOfAnArgument() {
    assertEquals(
        List.of(new Change("command[2]", "4", "5")),
        diff(argv("train", "--depth", "4", "out"), argv("train", "--depth", "5", "out")));
    assertEquals(
        List.of(new Change("command[1]", null, "-v")),
        diff(argv("train", "x"), argv("train", "-v", "x")));
    assertEquals(
        List.of(new Change("command[0]", "nice", null)), diff(argv("nice", "x"), argv("x")));
  }

  @Test
  void namesTheLineOfAScript() {
    assertEquals(
        List.of(new Change("command:2", "two", "2")),
        diff(
            action(new Command.Script("one\ntwo\nthree"), Map.of()),
            action(new Command.Script("one\n2\nthree"), Map.of())));
  }

  @Test
  void namesVariablesPlatformOutputsAndSalt() {
    Action before =
        new Action(
            new Command.Script("x"),
            new TreeMap<>(Map.of("SEED", "1", "GONE", "yes")),
            new TreeMap<>(Map.of("os", "linux")),
            new TreeMap<>(),
            new TreeMap<>(Map.of("model", new OutputPath("m", false))),
            "");
    Action after =
        new Action(
            new Command.Script("x"),
            new TreeMap<>(Map.of("SEED", "2", "NEW", "")),
            new TreeMap<>(Map.of("os", "macos")),
            new TreeMap<>(),
            new TreeMap<>(Map.of("model", new OutputPath("m", true))),
            "s");
    assertEquals(
        List.of(
            new Change("env.GONE", "yes", null),
            new Change("env.NEW", null, ""),
            new Change("env.SEED", "1", "2"),
            new Change("platform.os", "linux", "macos"),
            new Change("outputs.model", "m", "m (optional)"),
            new Change("salt", "", "s")),
        diff(before, after));
  }

  @Test
  void goesDownToTheFilesThatDiffer() {
    Artifact same = tree(Map.of("big", file("big")));
    Artifact before =
        tree(Map.of("train.py", file("1"), "lib", tree(Map.of("a.py", file("a"))), "same", same));
    Artifact after =
        tree(
            Map.of(
                "train.py",
                file("2"),
                "lib",
                tree(Map.of("a.py", file("a"), "b.py", file("b"))),
                "same",
                same));
    trees.remove(same.digest());

    assertEquals(
        List.of(
            new Change("inputs/code/lib/b.py", null, shown("b")),
            new Change("inputs/code/train.py", shown("1"), shown("2"))),
        diff(inputs(Map.of("inputs/code", before)), inputs(Map.of("inputs/code", after))));
  }

  @Test
  void aTreeThatIsGoneIsNamedItself() {
    Artifact before = tree(Map.of("a", file("1")));
    Artifact after = tree(Map.of("a", file("2")));
    trees.remove(before.digest());

    assertEquals(
        List.of(
            new Change("inputs/code", before.digest().abbreviated(), after.digest().abbreviated())),
        diff(inputs(Map.of("inputs/code", before)), inputs(Map.of("inputs/code", after))));
  }

  @Test
  void saysWhenOnlyTheKindDiffers() {
    Artifact executable = new Artifact(Artifact.Kind.EXECUTABLE, Digest.of("x"));
    assertEquals(
        List.of(new Change("run", "file " + shown("x"), "executable " + shown("x"))),
        diff(inputs(Map.of("run", file("x"))), inputs(Map.of("run", executable))));
  }

  @Test
  void isBounded() {
    Artifact before = tree(numbered("before"));
    Artifact after = tree(numbered("after"));
    List<Change> changes = diff(inputs(Map.of("in", before)), inputs(Map.of("in", after)));

    assertEquals(ActionDiff.LIMIT + 1, changes.size());
    assertEquals(new Change("…", null, "more fields differ"), changes.getLast());
  }

  private static Map<String, Artifact> numbered(String content) {
    return IntStream.range(0, 10_000)
        .boxed()
        .collect(Collectors.toMap(i -> "f" + i, i -> file(content + i)));
  }

  @Test
  void longTextsAreCutAroundTheirFirstDifference() {
    String start = "x".repeat(5_000);
    Change change = diff(argv(start + "old" + start), argv(start + "new" + start)).getFirst();

    assertTrue(length(change.before()) < 250 && length(change.after()) < 250);
    assertTrue(change.toString().contains("old") && change.toString().contains("new"));
    assertFalse(change.toString().contains(start));
  }

  private static int length(@Nullable String text) {
    return text == null ? 0 : text.length();
  }
}
