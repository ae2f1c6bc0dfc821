package dev.millrace.sandbox;

import dev.millrace.content.Artifact;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What an attempt left of what it declared. */
public sealed interface Collected {

  /**
   * All outputs are in the content store.
   *
   * @param byName by declared name; optional ones that were not made are absent
   */
  record Outputs(SortedMap<String, Artifact> byName) implements Collected {
    public Outputs {
      byName = Collections.unmodifiableSortedMap(new TreeMap<>(byName));
    }
  }

  /**
   * Outputs are missing, or cannot be stored.
   *
   * @param missing outputs that were not made, as {@code name (path)}
   * @param refused why others cannot be stored, one sentence each
   * @param found paths in the sandbox that the step made, or some of them
   * @param more whether it made more than {@code found} lists
   */
  record Failed(List<String> missing, List<String> refused, List<String> found, boolean more)
      implements Collected {
    public Failed {
      missing = List.copyOf(missing);
      refused = List.copyOf(refused);
      found = List.copyOf(found);
    }

    /** Returns what went wrong and what was there instead, in one line for people. */
    public String message() {
      StringBuilder text = new StringBuilder();
      if (!missing.isEmpty()) {
        text.append(missing.size() == 1 ? "missing output " : "missing outputs ")
            .append(String.join(", ", missing));
      }
      for (String problem : refused) {
        text.append(text.isEmpty() ? "" : "; ").append(problem);
      }
      if (!missing.isEmpty()) {
        text.append("; the sandbox holds ")
            .append(found.isEmpty() ? "nothing else" : String.join(", ", found))
            .append(more ? " and more" : "");
      }
      return text.toString();
    }
  }
}
