package dev.millrace.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.json.JsonValue;
import dev.millrace.pipeline.Expansion.Matrix;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CombinationsTest {

  private static Fan.Fixed fan(String matrix) {
    Plan plan =
        Documents.accepted(Documents.steps("'x': {'command': ['x'], 'matrix': " + matrix + "}"));
    return (Fan.Fixed) plan.step(0).fan();
  }

  private static List<String> suffixes(Fan.Fixed fan) {
    return IntStream.range(0, fan.size()).mapToObj(i -> fan.instance(i).suffix()).toList();
  }

  private static JsonValue json(String text) {
    return JsonReader.read(text.replace('\'', '"'));
  }

  @Test
  void theLastAxisIsTheFastest() {
    Fan.Fixed fan = fan("{'a': [1, 2], 'b': ['x', true]}");
    assertEquals(List.of("[a=1,b=x]", "[a=1,b=true]", "[a=2,b=x]", "[a=2,b=true]"), suffixes(fan));
    assertEquals(json("{'a': 2, 'b': 'x'}"), fan.instance(2).matrix());
  }

  @Test
  void excludesLeaveTheOthersInOrder() {
    assertEquals(
        List.of("[a=1,b=2]", "[a=2,b=1]"),
        suffixes(
            fan(
                "{'a': [1, 2, 3], 'b': [1, 2], 'exclude': [{'a': 3}, {'a': 1, 'b': 1},"
                    + " {'a': 2, 'b': 2}]}")));
  }

  @Test
  void includesExtendWhatTheyAgreeWithAndAddTheRest() {
    Fan.Fixed fan =
        fan(
            "{'a': [1, 2], 'include': [{'a': 1, 'lr': 0.5}, {'a': 3}, {'a': 4, 'lr': 1},"
                + " {'fast': true}]}");
    assertEquals(List.of("[a=1]", "[a=2]", "[a=3]", "[a=4,lr=1]"), suffixes(fan));
    assertEquals(json("{'a': 1, 'lr': 0.5, 'fast': true}"), fan.instance(0).matrix());
    assertEquals(json("{'a': 2, 'fast': true}"), fan.instance(1).matrix());
    assertEquals(json("{'a': 3}"), fan.instance(2).matrix());
  }

  @Test
  void aMatrixMayBeIncludesOnly() {
    assertEquals(
        List.of("[a=1,b=2]", "[a=2]"), suffixes(fan("{'include': [{'a': 1, 'b': 2}, {'a': 2}]}")));
  }

  @Test
  void valuesThatAreNoGoodNamesGoByTheirNumbers() {
    assertEquals(
        List.of("[a=1]", "[a=~1]", "[a=~2]", "[a=1e+21]", "[a=~4]"),
        suffixes(fan("{'a': [1, '1', 'a/b', 1e21, '']}")));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void isWhatAPlainProductGives(long seed) {
    Random random = new Random(seed);
    SequencedMap<String, List<JsonValue>> axes = new LinkedHashMap<>();
    List<Map<String, JsonValue>> product = new ArrayList<>(List.of(Map.of()));
    for (int a = random.nextInt(1, 4); a > 0; a--) {
      String axis = "axis" + a;
      List<JsonValue> values =
          IntStream.range(0, random.nextInt(1, 5)).<JsonValue>mapToObj(JsonNumber::new).toList();
      axes.put(axis, values);
      List<Map<String, JsonValue>> longer = new ArrayList<>();
      for (Map<String, JsonValue> one : product) {
        for (JsonValue value : values) {
          Map<String, JsonValue> extended = new LinkedHashMap<>(one);
          extended.put(axis, value);
          longer.add(extended);
        }
      }
      product = longer;
    }
    Map<String, JsonValue> out = product.get(random.nextInt(product.size()));
    String left = axes.firstEntry().getKey();
    JsonObject exclude = JsonObject.of(Map.of(left, out.getOrDefault(left, new JsonNumber(0))));
    List<JsonObject> expected =
        product.stream()
            .map(JsonObject::of)
            .filter(
                c ->
                    !exclude.members().entrySet().stream()
                        .allMatch(e -> e.getValue().equals(c.get(e.getKey()))))
            .toList();
    Combinations fan = Combinations.of(new Matrix(axes, List.of(), List.of(exclude)));
    assertEquals(
        expected, IntStream.range(0, fan.size()).mapToObj(i -> fan.instance(i).matrix()).toList());
    assertTrue(suffixes(fan).stream().distinct().count() == fan.size(), () -> "seed " + seed);
  }
}
