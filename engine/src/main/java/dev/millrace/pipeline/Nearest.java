package dev.millrace.pipeline;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Finds the known name that a wrong one was probably meant to be: the one with the smallest edit
 * distance (insertions, deletions, substitutions, swaps of neighbours), if that is small for its
 * length. Case does not count.
 */
public final class Nearest {

  /** Beyond this many names the search would cost more than the hint is worth. */
  private static final int MAX_CANDIDATES = 20_000;

  private static final int MAX_LENGTH = 64;

  private Nearest() {}

  /** Returns the nearest of the candidates, or null where none is near. */
  public static @Nullable String of(String name, Collection<String> candidates) {
    if (name.length() > MAX_LENGTH || candidates.size() > MAX_CANDIDATES) {
      return null;
    }
    String wanted = name.toLowerCase(Locale.ROOT);
    String nearest = null;
    int least = Math.max(1, name.length() / 3) + 1;
    for (String candidate : candidates) {
      if (Math.abs(candidate.length() - name.length()) < least) {
        int distance = distance(wanted, candidate.toLowerCase(Locale.ROOT), least);
        if (distance < least) {
          least = distance;
          nearest = candidate;
        }
      }
    }
    return nearest;
  }

  /** Returns <code>; did you mean "…"?</code>, or the empty text where none is near. */
  public static String hint(String name, Collection<String> candidates) {
    String nearest = of(name, candidates);
    return nearest == null ? "" : "; did you mean \"" + nearest + "\"?";
  }

  /** Optimal string alignment distance, or {@code limit} where it is not below that. */
  private static int distance(String a, String b, int limit) {
    int[] beforeLast = new int[b.length() + 1];
    int[] last = new int[b.length() + 1];
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      last[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      row[0] = i;
      int least = i;
      for (int j = 1; j <= b.length(); j++) {
        boolean same = a.charAt(i - 1) == b.charAt(j - 1);
        int cost = Math.min(Math.min(row[j - 1], last[j]) + 1, last[j - 1] + (same ? 0 : 1));
        if (i > 1 && j > 1 && isSwap(a, b, i, j)) {
          cost = Math.min(cost, beforeLast[j - 2] + 1);
        }
        row[j] = cost;
        least = Math.min(least, cost);
      }
      if (least >= limit) {
        return limit;
      }
      int[] free = beforeLast;
      beforeLast = last;
      last = row;
      row = free;
    }
    return last[b.length()];
  }

  private static boolean isSwap(String a, String b, int i, int j) {
    return a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
  }
}
