package dev.millrace.journal;

import java.util.ArrayList;
import java.util.List;

/**
 * Consecutive facts as they are stored: joined by newlines, for a row of its own for each fact
 * would cost several times the fact.
 *
 * @param first number of the first fact
 * @param count number of facts, at least 1
 * @param text the facts
 */
record FactPage(long first, int count, String text) {
  /** In characters; keeps a reader's memory small however much was appended at once. */
  private static final int FULL = 256 * 1024;

  /**
   * Packs facts into pages.
   *
   * @throws IllegalArgumentException if one of them has a line break
   */
  static List<FactPage> pack(long firstSequence, List<String> facts) {
    List<FactPage> pages = new ArrayList<>(1);
    StringBuilder text = new StringBuilder();
    long first = firstSequence;
    int count = 0;
    for (String fact : facts) {
      if (fact.indexOf('\n') >= 0) {
        throw new IllegalArgumentException("a fact is one line of text: " + fact);
      }
      if (count > 0 && text.length() + fact.length() > FULL) {
        pages.add(new FactPage(first, count, text.toString()));
        text.setLength(0);
        first += count;
        count = 0;
      }
      if (count > 0) {
        text.append('\n');
      }
      text.append(fact);
      count++;
    }
    if (count > 0) {
      pages.add(new FactPage(first, count, text.toString()));
    }
    return pages;
  }

  /** Adds those of the facts that have at least the number {@code from} to {@code facts}. */
  void unpack(long from, List<StoredFact> facts) {
    int start = 0;
    for (int i = 0; i < count; i++) {
      int end = i == count - 1 ? text.length() : text.indexOf('\n', start);
      if (first + i >= from) {
        facts.add(new StoredFact(first + i, text.substring(start, end)));
      }
      start = end + 1;
    }
  }
}
