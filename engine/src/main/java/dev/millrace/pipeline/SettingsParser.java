package dev.millrace.pipeline;

import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonBoolean;
import dev.millrace.json.JsonNull;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonString;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads settings over the ones they are merged into: members of {@code env}, {@code secrets},
 * {@code resources}, {@code workers}, {@code retry}, {@code cache} and {@code container} one by
 * one, the others whole.
 */
final class SettingsParser {

  /** The fields that are settings. */
  static final String[] FIELDS = {
    "executor",
    "image",
    "container",
    "retry",
    "timeout",
    "resources",
    "cache",
    "env",
    "secrets",
    "priority",
    "pool",
    "workers"
  };

  private static final int MAX_PRIORITY = 1_000_000;

  private SettingsParser() {}

  static Settings parse(Fields fields, Settings base) {
    return new Settings(
        executor(fields.get("executor"), base.executor()),
        image(fields.get("image"), base.image()),
        ContainerParser.parse(fields.get("container"), base.container()),
        RetryParser.parse(fields.get("retry"), base.retry()),
        timeout(fields.get("timeout"), base.timeout()),
        ResourceParser.parse(fields.get("resources"), base.resources()),
        CacheParser.parse(fields.get("cache"), base.cache()),
        env(fields.get("env"), base.env()),
        secrets(fields.get("secrets"), base.secrets()),
        priority(fields.get("priority"), base.priority()),
        pool(fields.get("pool"), base.pool()),
        workers(fields.get("workers"), base.workers()));
  }

  /** Reads a duration; returns the fallback where it is none, which is reported. */
  static Duration duration(Node node, Duration fallback) {
    String expected = "a duration such as \"10m\", \"90s\" or \"1h30m\", or a number of seconds";
    Duration duration =
        switch (node.value()) {
          case JsonString(String text) -> DurationText.parse(text);
          case JsonNumber(double seconds) -> DurationText.ofSeconds(seconds);
          case JsonObject _, JsonArray _, JsonBoolean _, JsonNull _ -> null;
        };
    if (duration != null) {
      return duration;
    }
    if (node.value() instanceof JsonString || node.value() instanceof JsonNumber) {
      node.problem("bad-duration", node.label() + " must be " + expected + ", not " + node.found());
    } else {
      node.wrongType(expected);
    }
    return fallback;
  }

  private static String executor(@Nullable Node node, String base) {
    String name =
        node == null ? null : node.filledText("the name of an executor, such as \"local\"");
    if (node == null || name == null) {
      return base;
    }
    Names.IDENTIFIER.check(node, "an executor", name);
    return name;
  }

  private static @Nullable String image(@Nullable Node node, @Nullable String base) {
    String image = node == null ? null : node.filledText("an image such as \"python:3.12\"");
    return image == null ? base : image;
  }

  private static @Nullable Duration timeout(@Nullable Node node, @Nullable Duration base) {
    if (node == null) {
      return base;
    }
    Duration timeout = duration(node, DurationText.MAX);
    if (timeout.isZero()) {
      node.problem("bad-duration", "\"timeout\" must be longer than nothing; write \"10m\", or so");
    }
    return timeout;
  }

  private static SequencedMap<String, String> env(
      @Nullable Node node, SequencedMap<String, String> base) {
    if (node == null) {
      return base;
    }
    return Ordered.merge(
        base,
        node.map(
            "an object of variables such as {\"LANG\": \"C\"}",
            member -> {
              Names.VARIABLE.check(member, "a variable", member.name());
              String value = member.text("a text");
              return value == null ? "" : value;
            }));
  }

  private static SequencedMap<String, String> secrets(
      @Nullable Node node, SequencedMap<String, String> base) {
    if (node == null) {
      return base;
    }
    String expected =
        "an array of names such as [\"TOKEN\"], or an object such as {\"TOKEN\": \"team/token\"}";
    if (node.value() instanceof JsonArray) {
      SequencedMap<String, String> secrets = new LinkedHashMap<>();
      for (Node element : node.elements(expected)) {
        String name = element.filledText("the name of a secret");
        if (name != null) {
          Names.VARIABLE.check(element, "a variable", name);
          secrets.put(name, name);
        }
      }
      return Ordered.merge(base, secrets);
    }
    return Ordered.merge(base, node.map(expected, SettingsParser::secret));
  }

  private static String secret(Node node) {
    Names.VARIABLE.check(node, "a variable", node.name());
    String secret = node.filledText("the name of a secret");
    if (secret == null) {
      return node.name();
    }
    Names.DOTTED.check(node, "a secret", secret);
    return secret;
  }

  private static int priority(@Nullable Node node, int base) {
    String expected = "a whole number from -1000000 to 1000000";
    return node == null ? base : (int) node.integer(expected, -MAX_PRIORITY, MAX_PRIORITY, base);
  }

  private static @Nullable String pool(@Nullable Node node, @Nullable String base) {
    String pool = node == null ? null : node.filledText("the name of a pool");
    if (node == null || pool == null) {
      return base;
    }
    Names.IDENTIFIER.check(node, "a pool", pool);
    return pool;
  }

  private static SequencedMap<String, String> workers(
      @Nullable Node node, SequencedMap<String, String> base) {
    if (node == null) {
      return base;
    }
    return Ordered.merge(
        base,
        node.map(
            "an object of labels such as {\"zone\": \"eu\"}",
            member -> {
              Names.DOTTED.check(member, "a label", member.name());
              String value = member.text("a text");
              return value == null ? "" : value;
            }));
  }
}
