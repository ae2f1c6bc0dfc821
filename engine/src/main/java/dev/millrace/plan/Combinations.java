package dev.millrace.plan;

import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonValue;
import dev.millrace.pipeline.Expansion.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One task for each combination of a matrix. Combination {@code i} is the number i in a mixed
 * radix, a digit for each axis, the last axis the fastest: nothing is stored for it. What {@code
 * exclude} leaves is an array of those numbers; the additions of {@code include} come after them.
 */
public final class Combinations implements Fan.Fixed {

  private final List<Axis> axes;
  private final int @Nullable [] kept;
  private final int product;
  private final List<JsonObject> extensions;
  private final SequencedMap<Integer, JsonObject> included;
  private final List<JsonObject> additions;

  private Combinations(Matrix matrix, List<Axis> axes) {
    this.axes = axes;
    this.product = Math.toIntExact(product(matrix));
    this.kept = matrix.exclude().isEmpty() ? null : keep(matrix.exclude());
    List<JsonObject> extending = new ArrayList<>();
    this.included = new LinkedHashMap<>();
    for (int i = 0; i < matrix.include().size(); i++) {
      JsonObject include = matrix.include().get(i);
      if (extendsSome(include)) {
        extending.add(include);
      } else {
        included.put(i, include);
      }
    }
    this.extensions = List.copyOf(extending);
    this.additions = List.copyOf(included.values());
  }

  /** Returns the fan-out of a matrix whose {@link #product} is at most {@link Plan#MAX_TASKS}. */
  static Combinations of(Matrix matrix) {
    List<Axis> axes = new ArrayList<>(matrix.axes().size());
    matrix.axes().forEach((name, values) -> axes.add(Axis.of(name, values)));
    return new Combinations(matrix, List.copyOf(axes));
  }

  /**
   * Returns the number of combinations before {@code exclude} and {@code include}, at most 2^31.
   */
  static long product(Matrix matrix) {
    long product = matrix.axes().isEmpty() ? 0 : 1;
    for (List<JsonValue> values : matrix.axes().values()) {
      product = Math.min(product * values.size(), 1L << 31);
    }
    return product;
  }

  @Override
  public int size() {
    return originals() + additions.size();
  }

  @Override
  public Instance instance(int index) {
    if (index >= originals()) {
      return addition(additions.get(index - originals()));
    }
    int number = kept == null ? index : kept[index];
    SequencedMap<String, JsonValue> values = LinkedHashMap.newLinkedHashMap(axes.size());
    StringBuilder suffix = new StringBuilder("[");
    int rest = product;
    for (Axis axis : axes) {
      rest /= axis.values.size();
      int digit = number / rest;
      number %= rest;
      values.put(axis.name, axis.values.get(digit));
      suffix.append(suffix.length() == 1 ? "" : ",").append(axis.name).append('=');
      suffix.append(axis.label(digit));
    }
    JsonObject combination = new JsonObject(values);
    for (JsonObject extension : extensions) {
      if (agrees(extension, combination)) {
        extension.members().forEach(values::putIfAbsent);
      }
    }
    JsonObject matrix = extensions.isEmpty() ? combination : new JsonObject(values);
    return new Instance(suffix.append(']').toString(), matrix, null);
  }

  /** Returns those includes that give a task a second time: their indexes, with its suffix. */
  SequencedMap<Integer, String> duplicates() {
    SequencedMap<Integer, String> duplicates = new LinkedHashMap<>();
    Set<String> seen = new HashSet<>();
    included.forEach(
        (include, values) -> {
          String suffix = addition(values).suffix();
          if (isOriginal(values) || !seen.add(suffix)) {
            duplicates.put(include, suffix);
          }
        });
    return duplicates;
  }

  /** Returns whether an original combination has these values, going by their labels. */
  private boolean isOriginal(JsonObject values) {
    if (values.members().size() != axes.size()) {
      return false;
    }
    int number = 0;
    for (Axis axis : axes) {
      JsonValue value = values.get(axis.name);
      int digit = value == null ? -1 : axis.find(value);
      if (digit < 0) {
        return false;
      }
      number = number * axis.values.size() + digit;
    }
    return kept == null || Arrays.binarySearch(kept, number) >= 0;
  }

  private int originals() {
    return kept == null ? product : kept.length;
  }

  private static Instance addition(JsonObject values) {
    StringBuilder suffix = new StringBuilder("[");
    values
        .members()
        .forEach(
            (name, value) -> {
              suffix.append(suffix.length() == 1 ? "" : ",").append(name).append('=');
              suffix.append(Labels.label(value));
            });
    return new Instance(suffix.append(']').toString(), values, null);
  }

  /** Returns whether the include agrees with a combination and has only names to add to it. */
  private boolean extendsSome(JsonObject include) {
    boolean adds = false;
    for (String name : include.members().keySet()) {
      adds |= axes.stream().noneMatch(axis -> axis.name.equals(name));
    }
    if (!adds) {
      return false;
    }
    int[] wanted = digits(include);
    for (int i = 0; wanted.length > 0 && i < originals(); i++) {
      if (matches(kept == null ? i : kept[i], wanted)) {
        return true;
      }
    }
    return false;
  }

  private static boolean agrees(JsonObject extension, JsonObject combination) {
    for (Map.Entry<String, JsonValue> member : extension.members().entrySet()) {
      JsonValue value = combination.get(member.getKey());
      if (value != null && !value.equals(member.getValue())) {
        return false;
      }
    }
    return true;
  }

  private int[] keep(List<JsonObject> excluded) {
    List<int[]> patterns = excluded.stream().map(this::digits).filter(p -> p.length > 0).toList();
    int[] numbers = new int[product];
    int count = 0;
    for (int i = 0; i < product; i++) {
      boolean out = false;
      for (Iterator<int[]> p = patterns.iterator(); !out && p.hasNext(); ) {
        out = matches(i, p.next());
      }
      if (!out) {
        numbers[count++] = i;
      }
    }
    return Arrays.copyOf(numbers, count);
  }

  /**
   * Returns the digits that a combination has to have to agree with these values, -1 where any will
   * do; an empty array where none can agree.
   */
  private int[] digits(JsonObject values) {
    int[] digits = new int[axes.size()];
    for (int a = 0; a < digits.length; a++) {
      JsonValue value = values.get(axes.get(a).name);
      digits[a] = value == null ? -1 : axes.get(a).values.indexOf(value);
      if (value != null && digits[a] < 0) {
        return new int[0];
      }
    }
    return digits;
  }

  private boolean matches(int number, int[] digits) {
    int left = number;
    for (int a = digits.length - 1; a >= 0; a--) {
      int radix = axes.get(a).values.size();
      if (digits[a] >= 0 && left % radix != digits[a]) {
        return false;
      }
      left /= radix;
    }
    return true;
  }

  /** An axis with the labels of its values. */
  private record Axis(String name, List<JsonValue> values, BitSet numbered) {

    static Axis of(String name, List<JsonValue> values) {
      return new Axis(name, values, Labels.toNumber(values));
    }

    int find(JsonValue value) {
      String label = Labels.label(value);
      for (int i = 0; i < values.size(); i++) {
        if (values.get(i).equals(value) || label(i).equals(label)) {
          return i;
        }
      }
      return -1;
    }

    String label(int index) {
      return Labels.label(values.get(index), index, numbered.get(index));
    }
  }
}
