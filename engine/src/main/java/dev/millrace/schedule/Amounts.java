package dev.millrace.schedule;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** Amounts of a few resources by number, none of them zero. Its arrays are not to be changed. */
final class Amounts {
  final int[] resources;
  final double[] values;

  private Amounts(int[] resources, double[] values) {
    this.resources = resources;
    this.values = values;
  }

  /** Names are numbered in their order, not in that of the map, which changes from run to run. */
  static Amounts of(Map<String, Double> byName, ResourceNames names) {
    TreeMap<Integer, Double> byNumber = new TreeMap<>();
    new TreeMap<>(byName)
        .forEach(
            (name, value) -> {
              if (value > 0) {
                byNumber.put(names.number(name), value);
              }
            });
    return new Amounts(
        byNumber.keySet().stream().mapToInt(Integer::intValue).toArray(),
        byNumber.values().stream().mapToDouble(Double::doubleValue).toArray());
  }

  int size() {
    return resources.length;
  }

  /** Returns those of the wanted resources. */
  Amounts only(IntPredicate wanted) {
    int[] kept = IntStream.range(0, size()).filter(i -> wanted.test(resources[i])).toArray();
    return new Amounts(
        IntStream.of(kept).map(i -> resources[i]).toArray(),
        IntStream.of(kept).mapToDouble(i -> values[i]).toArray());
  }

  /** Returns how much there is of a resource. */
  double of(int resource) {
    for (int i = 0; i < resources.length; i++) {
      if (resources[i] == resource) {
        return values[i];
      }
    }
    return 0;
  }
}
