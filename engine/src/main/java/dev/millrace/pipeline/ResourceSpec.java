package dev.millrace.pipeline;

import java.util.SequencedMap;

/**
 * What one attempt uses.
 *
 * @param amounts by name: {@code cpus}, {@code memory} (bytes), {@code gpus}, and counters of the
 *     user's own
 */
public record ResourceSpec(SequencedMap<String, Amount> amounts) {

  public ResourceSpec {
    amounts = Ordered.copy(amounts);
  }

  /** An amount of one resource. */
  public sealed interface Amount {}

  /**
   * A known amount.
   *
   * @param value not negative
   */
  public record Fixed(double value) implements Amount {}

  /**
   * An amount that is known for each attempt.
   *
   * @param text a template text; what it expands to is read by {@link Quantity#parse}
   */
  public record Computed(String text) implements Amount {}
}
