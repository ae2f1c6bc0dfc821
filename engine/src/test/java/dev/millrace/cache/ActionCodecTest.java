package dev.millrace.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.cache.Action.Command;
import dev.millrace.cache.Action.OutputPath;
import dev.millrace.content.Artifact;
import dev.millrace.digest.Digest;
import dev.millrace.json.CanonicalJson;
import dev.millrace.json.JsonReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ActionCodecTest {
  private static final String GOLDEN = "actions.golden.txt";

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void everyActionIsReadBackAsItWas(long seed) {
    RandomActions actions = new RandomActions(seed);
    for (int i = 0; i < 200; i++) {
      Action action = actions.action();
      String text = ActionCodec.text(action);

      assertEquals(action, ActionCodec.parse(text), () -> "seed " + seed);
      assertEquals(Digest.of(text), ActionCodec.key(action).digest(), () -> "seed " + seed);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void theFormIsCanonical(long seed) {
    RandomActions actions = new RandomActions(seed);
    for (int i = 0; i < 200; i++) {
      String text = ActionCodec.text(actions.action());
      assertEquals(CanonicalJson.text(JsonReader.read(text)), text, () -> "seed " + seed);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void equalMeaningHasAnEqualKey(long seed) {
    RandomActions actions = new RandomActions(seed);
    for (int i = 0; i < 200; i++) {
      Action action = actions.action();
      Action same =
          new Action(
              action.command(),
              reversed(action.environment()),
              reversed(action.platform()),
              reversed(action.inputs()),
              reversed(action.outputs()),
              action.salt());
      assertEquals(ActionCodec.key(action), ActionCodec.key(same), () -> "seed " + seed);
    }
  }

  private static <V> SortedMap<String, V> reversed(SortedMap<String, V> map) {
    SortedMap<String, V> reversed = new TreeMap<>(java.util.Comparator.reverseOrder());
    reversed.putAll(map);
    return reversed;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void aChangeOfAnyFieldMakesAnotherKey(long seed) {
    RandomActions actions = new RandomActions(seed);
    for (int i = 0; i < 200; i++) {
      Action action = actions.action();
      Set<ActionKey> keys = new HashSet<>(Set.of(ActionCodec.key(action)));
      for (Action variant : actions.variants(action)) {
        assertTrue(
            variant.equals(action) || keys.add(ActionCodec.key(variant)),
            () -> "seed " + seed + ": " + ActionCodec.text(variant));
      }
    }
  }

  /**
   * A key that changes unknowingly would make everybody's cache worthless. Whoever changes the form
   * on purpose raises {@link Action#SCHEMA} and writes the file anew.
   */
  @Test
  void theFormIsTheOneThatWasPublished() throws IOException {
    List<String> lines = new ArrayList<>();
    for (Action action : golden()) {
      lines.add(ActionCodec.key(action).hex() + " " + ActionCodec.text(action));
    }
    try (InputStream file = ActionCodecTest.class.getResourceAsStream(GOLDEN)) {
      String expected =
          new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(expected.lines().toList(), lines);
    }
  }

  private static List<Action> golden() {
    SortedMap<String, String> none = new TreeMap<>();
    Action empty =
        new Action(new Command.Argv(List.of()), none, none, new TreeMap<>(), new TreeMap<>(), "");
    Action script =
        new Action(
            new Command.Script("echo \"é\" > out\n"),
            none,
            new TreeMap<>(Map.of("executor", "process", "os", "linux", "arch", "amd64")),
            new TreeMap<>(),
            new TreeMap<>(Map.of("out", new OutputPath("out", true))),
            "2");
    Action train =
        new Action(
            new Command.Argv(List.of("python3", "code/train.py", "--depth", "4")),
            new TreeMap<>(Map.of("SEED", "1", "OMP_NUM_THREADS", "2")),
            new TreeMap<>(Map.of("executor", "docker", "image", Digest.of("image").text())),
            new TreeMap<>(
                Map.of(
                    "inputs/code",
                    Artifact.tree(Digest.of("code")),
                    "inputs/data.csv",
                    Artifact.file(Digest.of("a,b\n1,2\n")),
                    "inputs/tool",
                    new Artifact(Artifact.Kind.EXECUTABLE, Digest.of("tool")))),
            new TreeMap<>(
                Map.of(
                    "model", new OutputPath("model.bin", false),
                    "metrics", new OutputPath("metrics.json", false))),
            "");
    return List.of(empty, script, train);
  }

  @Test
  void whatIsNoActionIsRefused() {
    String good = ActionCodec.text(golden().get(1));
    assertThrows(IllegalArgumentException.class, () -> ActionCodec.parse("[]"));
    assertThrows(
        IllegalArgumentException.class,
        () -> ActionCodec.parse(good.replace("\"schema\":1", "\"schema\":2")));
    assertThrows(
        IllegalArgumentException.class,
        () -> ActionCodec.parse(good.replace("\"salt\":\"2\"", "\"salt\":2")));
  }
}
