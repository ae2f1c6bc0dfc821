package dev.millrace.pipeline;

import dev.millrace.json.JsonBoolean;
import dev.millrace.json.JsonString;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@code cache}. */
final class CacheParser {

  private static final Fields.Known CACHE = Fields.Known.of("\"cache\"", "mode", "salt", "tools");

  private static final String EXAMPLE =
      "\"on\", \"off\", \"refresh\", or an object such as {\"salt\": \"2\"}";

  private static final List<CacheSpec.Mode> MODES = List.of(CacheSpec.Mode.values());

  private CacheParser() {}

  static CacheSpec parse(@Nullable Node node, CacheSpec base) {
    if (node == null) {
      return base;
    }
    if (node.value() instanceof JsonString) {
      return new CacheSpec(node.word(MODES, base.mode()), base.salt(), base.tools());
    }
    if (node.value() instanceof JsonBoolean(boolean on)) {
      String word = on ? "\"on\"" : "\"off\"";
      node.problem("wrong-type", "\"cache\" must be a word; write " + word + " in place of " + on);
      return base;
    }
    Fields fields = Fields.of(node, CACHE, EXAMPLE);
    return fields == null ? base : spec(fields, base);
  }

  private static CacheSpec spec(Fields fields, CacheSpec base) {
    Node mode = fields.get("mode");
    Node saltField = fields.get("salt");
    Node tools = fields.get("tools");
    String salt = saltField == null ? base.salt() : saltField.text("a text");
    return new CacheSpec(
        mode == null ? base.mode() : mode.word(MODES, base.mode()),
        salt == null ? base.salt() : salt,
        tools == null ? base.tools() : tools(tools));
  }

  private static List<String> tools(Node node) {
    return node.list(
        "an array of commands such as [\"python3 --version\"]",
        element -> {
          String command = element.filledText("a command such as \"python3 --version\"");
          return command == null ? "" : command;
        });
  }
}
