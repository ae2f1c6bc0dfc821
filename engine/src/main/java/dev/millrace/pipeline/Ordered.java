package dev.millrace.pipeline;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/** Immutable copies that keep the order in which a document was written. */
final class Ordered {

  private Ordered() {}

  static <V> SequencedMap<String, V> copy(SequencedMap<String, V> map) {
    return map.isEmpty()
        ? Collections.unmodifiableSequencedMap(new LinkedHashMap<>(0))
        : Collections.unmodifiableSequencedMap(new LinkedHashMap<>(map));
  }
}
