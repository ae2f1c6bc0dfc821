package dev.millrace.simulation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How often each kind of thing happened, over many simulations. */
public final class Coverage {
  private final Map<String, long[]> counts = new HashMap<>();

  /** Counts one. */
  public void count(String kind) {
    counts.computeIfAbsent(kind, _ -> new long[1])[0]++;
  }

  /** Returns those that never happened. */
  public List<String> missing(Collection<String> expected) {
    List<String> missing = new ArrayList<>(expected);
    missing.removeIf(counts::containsKey);
    return missing;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    new TreeMap<>(counts)
        .forEach((kind, count) -> text.append("%,12d  %s%n".formatted(count[0], kind)));
    return text.toString();
  }
}
