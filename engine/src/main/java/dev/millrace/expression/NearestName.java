package dev.millrace.expression;

import java.util.Collection;

/** Finds the name that somebody may have meant. */
public final class NearestName {

  private NearestName() {}

  /** Returns "; did you mean …?" with the nearest known name, or nothing where none is near. */
  public static String hint(String name, Collection<String> known) {
    int least = name.length() / 3 + 2;
    String best = "";
    for (String candidate : known) {
      if (Math.abs(candidate.length() - name.length()) >= least) {
        continue;
      }
      int distance = distance(name, candidate);
      if (distance < least || (distance == least && candidate.compareTo(best) < 0)) {
        least = distance;
        best = candidate;
      }
    }
    return best.isEmpty() ? "" : "; did you mean " + best + "?";
  }

  /** The number of insertions, deletions, substitutions and swaps of neighbours between them. */
  private static int distance(String one, String other) {
    int[] before = new int[other.length() + 1];
    int[] last = new int[other.length() + 1];
    int[] row = new int[other.length() + 1];
    for (int j = 0; j <= other.length(); j++) {
      last[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      row[0] = i;
      for (int j = 1; j <= other.length(); j++) {
        boolean same = one.charAt(i - 1) == other.charAt(j - 1);
        int cost = Math.min(last[j - 1] + (same ? 0 : 1), 1 + Math.min(last[j], row[j - 1]));
        boolean swapped =
            i > 1
                && j > 1
                && one.charAt(i - 1) == other.charAt(j - 2)
                && one.charAt(i - 2) == other.charAt(j - 1);
        row[j] = swapped ? Math.min(cost, before[j - 2] + 1) : cost;
      }
      int[] free = before;
      before = last;
      last = row;
      row = free;
    }
    return last[other.length()];
  }
}
