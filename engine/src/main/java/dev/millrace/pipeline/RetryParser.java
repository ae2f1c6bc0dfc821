package dev.millrace.pipeline;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code retry}. */
final class RetryParser {

  private static final Fields.Known RETRY =
      Fields.Known.of("\"retry\"", "attempts", "delay", "factor", "maxDelay", "on");

  private static final String EXAMPLE = "an object such as {\"attempts\": 3}";
  private static final double MAX_FACTOR = 100;

  private static final List<Retry.Cause> CAUSES = List.of(Retry.Cause.values());

  private RetryParser() {}

  static Retry parse(@Nullable Node node, Retry base) {
    Fields fields = node == null ? null : Fields.of(node, RETRY, EXAMPLE);
    if (fields == null) {
      return base;
    }
    Node attempts = fields.get("attempts");
    Node delay = fields.get("delay");
    Node factor = fields.get("factor");
    Node maxDelay = fields.get("maxDelay");
    Node on = fields.get("on");
    Duration first = delay == null ? base.delay() : SettingsParser.duration(delay, base.delay());
    return new Retry(
        attempts == null ? base.attempts() : attempts(attempts),
        first,
        factor == null ? base.factor() : factor(factor),
        maxDelay == null ? longer(first, base.maxDelay()) : maxDelay(maxDelay, first),
        on == null ? base.on() : causes(on));
  }

  private static int attempts(Node node) {
    String expected = "a whole number from 1 to " + Retry.MAX_ATTEMPTS;
    return (int) node.integer(expected, 1, Retry.MAX_ATTEMPTS, 1);
  }

  private static double factor(Node node) {
    return node.number("a number from 1 to 100", 1, MAX_FACTOR, 1);
  }

  private static Duration maxDelay(Node node, Duration delay) {
    Duration max = SettingsParser.duration(node, delay);
    if (max.compareTo(delay) < 0) {
      node.problem("out-of-range", "\"maxDelay\" must not be less than \"delay\"; write more");
    }
    return max;
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  private static Set<Retry.Cause> causes(Node node) {
    List<Retry.Cause> causes =
        node.list(
            "an array such as [\"failure\", \"timeout\"]", e -> e.word(CAUSES, CAUSES.get(0)));
    return causes.isEmpty() ? Set.of() : EnumSet.copyOf(causes);
  }
}
