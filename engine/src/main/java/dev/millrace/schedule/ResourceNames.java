package dev.millrace.schedule;

import java.util.HashMap;
import java.util.Map;

/** Numbers of resources by name, from 0 up, so that amounts are arrays. */
final class ResourceNames {
  private final Map<String, Integer> numbers = new HashMap<>();

  /** Returns the number of a name, which is a new one if the name is new. */
  int number(String name) {
    return numbers.computeIfAbsent(name, _ -> numbers.size());
  }

  /** Returns how many there are. */
  int size() {
    return numbers.size();
  }
}
