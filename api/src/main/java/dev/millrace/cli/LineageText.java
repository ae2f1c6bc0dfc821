package dev.millrace.cli;

import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonValue;
import dev.millrace.wire.SourceNames;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where something comes from, as an indented tree. It is made of what programs get. */
final class LineageText {
  private static final int COMMAND = 90;
  private static final int ABBREVIATED = "sha256:".length() + 12;

  private final SourceNames names;
  private final Set<String> runs = new LinkedHashSet<>();

  LineageText(SourceNames names) {
    this.names = names;
  }

  void print(String name, JsonObject node, Printer printer) {
    print(name, node, "", "", printer);
    for (String run : runs) {
      List<String> params = names.params(run);
      if (!params.isEmpty()) {
        printer.line("run " + run + " had the parameters " + String.join(" ", params));
      }
    }
  }

  /**
   * @param first what stands before the node's line
   * @param rest what stands before the lines below it
   */
  private void print(String name, JsonObject node, String first, String rest, Printer printer) {
    String what = first + name + "  " + shown(node);
    switch (text(node, "type")) {
      case "made" -> {
        printer.line(what + "  by " + maker(node));
        boolean leaf = inputs(node).isEmpty();
        printer.line(rest + (leaf ? "   " : "|  ") + command(node.get("command")));
        children(node, rest, printer);
      }
      case "assembled" -> {
        printer.line(what + "  put together from:");
        children(node, rest, printer);
      }
      case "source" -> {
        String path = text(node, "path");
        printer.line(what + (path.isEmpty() ? "  a source" : "  your " + path));
      }
      case "repeated" -> printer.line(what + "  by " + maker(node) + ", above");
      default -> printer.line(what + "  ... (cut here; --limit N shows more)");
    }
  }

  private static Map<String, JsonValue> inputs(JsonObject node) {
    return node.get("inputs") instanceof JsonObject inputs ? inputs.members() : Map.of();
  }

  private void children(JsonObject node, String rest, Printer printer) {
    Iterator<Map.Entry<String, JsonValue>> left = inputs(node).entrySet().iterator();
    while (left.hasNext()) {
      Map.Entry<String, JsonValue> next = left.next();
      if (next.getValue() instanceof JsonObject input) {
        String below = rest + (left.hasNext() ? "|  " : "   ");
        print(next.getKey(), input, rest + "+- ", below, printer);
      }
    }
  }

  private static String shown(JsonObject node) {
    String digest = text(node, "digest");
    String hex = digest.substring(digest.indexOf(':') + 1, Math.min(digest.length(), ABBREVIATED));
    long size = node.get("size") instanceof JsonNumber bytes ? bytes.asLong() : 0;
    return hex
        + (text(node, "kind").equals("tree") ? " (directory)" : " (" + Amounts.bytes(size) + ")");
  }

  private String maker(JsonObject node) {
    runs.add(text(node, "run"));
    return text(node, "task") + " in run " + text(node, "run");
  }

  private static String command(@Nullable JsonValue command) {
    String text =
        switch (command) {
          case JsonString(String script) -> script.strip().replace("\n", "; ");
          case JsonArray(List<JsonValue> arguments) -> joined(arguments);
          case null, default -> "";
        };
    return "$ " + (text.length() <= COMMAND ? text : text.substring(0, COMMAND) + "...");
  }

  private static String joined(List<JsonValue> arguments) {
    List<String> quoted = new ArrayList<>();
    for (JsonValue argument : arguments) {
      quoted.add(argument instanceof JsonString(String text) ? SummaryText.quoted(text) : "");
    }
    return String.join(" ", quoted);
  }

  private static String text(JsonObject object, String name) {
    return object.get(name) instanceof JsonString(String text) ? text : "";
  }
}
