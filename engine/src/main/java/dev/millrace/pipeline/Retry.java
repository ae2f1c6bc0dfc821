package dev.millrace.pipeline;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What happens after a failed attempt.
 *
 * @param attempts how often a task is tried in all, at least 1
 * @param delay before the second attempt
 * @param factor by which the delay grows with each further attempt, at least 1
 * @param maxDelay to which it grows
 * @param on the causes that lead to another attempt
 */
public record Retry(int attempts, Duration delay, double factor, Duration maxDelay, Set<Cause> on) {

  /** One attempt. Where only {@code attempts} is written, the delays are these. */
  public static final Retry NONE =
      new Retry(1, Duration.ofSeconds(1), 2, Duration.ofMinutes(5), EnumSet.allOf(Cause.class));

  /** The greatest number of attempts that a document may ask for. */
  public static final int MAX_ATTEMPTS = 100;

  public Retry {
    on = Set.copyOf(on);
  }

  /** Returns the causes in their natural order. */
  public List<Cause> causes() {
    return on.stream().sorted().toList();
  }

  /** Why an attempt failed. */
  public enum Cause implements Labelled {
    /** The command ended with another exit code than 0, or without a declared output. */
    FAILURE("failure"),
    /** It ran longer than its timeout. */
    TIMEOUT("timeout"),
    /** It ran out of memory. */
    OOM("oom"),
    /** Its worker was lost. */
    LOST("lost");

    private final String label;

    Cause(String label) {
      this.label = label;
    }

    @Override
    public String label() {
      return label;
    }
  }
}
