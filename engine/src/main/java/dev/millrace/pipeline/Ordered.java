package dev.millrace.pipeline;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/** Immutable copies that keep the order in which a document was written. */
final class Ordered {

  private static final SequencedMap<String, ?> EMPTY =
      Collections.unmodifiableSequencedMap(new LinkedHashMap<>(0));

  private Ordered() {}

  @SuppressWarnings("unchecked") // nothing of any type can be taken from it or put into it
  static <V> SequencedMap<String, V> empty() {
    return (SequencedMap<String, V>) EMPTY;
  }

  static <V> SequencedMap<String, V> copy(SequencedMap<String, V> map) {
    return map.isEmpty() ? empty() : Collections.unmodifiableSequencedMap(new LinkedHashMap<>(map));
  }

  /** Returns the base with what {@code more} adds and overrides. */
  static <V> SequencedMap<String, V> merge(
      SequencedMap<String, V> base, SequencedMap<String, V> more) {
    if (base.isEmpty() || more.isEmpty()) {
      return base.isEmpty() ? more : base;
    }
    SequencedMap<String, V> merged = new LinkedHashMap<>(base);
    merged.putAll(more);
    return merged;
  }
}
