package dev.millrace.cli;

import dev.millrace.cache.Action;
import dev.millrace.cache.ActionCache.Recorded;
import dev.millrace.cache.ActionResult.Producer;
import dev.millrace.cache.LineageNode;
import dev.millrace.content.Artifact;
import dev.millrace.wire.SourceNames;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Where something comes from, as an indented tree or as JSON. */
final class LineageText {
  private static final int COMMAND = 90;

  private final SourceNames names;
  private final Set<String> runs = new LinkedHashSet<>();

  LineageText(SourceNames names) {
    this.names = names;
  }

  void print(String name, LineageNode node, Printer printer) {
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
  private void print(String name, LineageNode node, String first, String rest, Printer printer) {
    Artifact artifact = node.artifact();
    String what = first + name + "  " + shown(artifact);
    switch (node) {
      case LineageNode.Made(_, var by, var inputs) -> {
        printer.line(what + "  by " + maker(by));
        printer.line(rest + (inputs.isEmpty() ? "   " : "|  ") + command(by.action()));
        children(inputs, by.result().producer().run(), rest, printer);
      }
      case LineageNode.Assembled(_, var entries) -> {
        printer.line(what + "  put together from:");
        children(entries, null, rest, printer);
      }
      case LineageNode.Source _ -> printer.line(what + "  a source");
      case LineageNode.Repeated(_, var by) -> printer.line(what + "  by " + maker(by) + ", above");
      case LineageNode.Cut _ -> printer.line(what + "  ... (cut here; --limit N shows more)");
    }
  }

  private void children(
      SortedMap<String, LineageNode> nodes, @Nullable String run, String rest, Printer printer) {
    Iterator<Map.Entry<String, LineageNode>> left = nodes.entrySet().iterator();
    while (left.hasNext()) {
      Map.Entry<String, LineageNode> next = left.next();
      String name = next.getKey();
      if (run != null && next.getValue() instanceof LineageNode.Source source) {
        printer.line(rest + "+- " + name + "  " + source(source, run));
      } else {
        print(
            name, next.getValue(), rest + "+- ", rest + (left.hasNext() ? "|  " : "   "), printer);
      }
    }
  }

  private String source(LineageNode.Source source, String run) {
    String path = names.path(run, source.artifact().digest());
    return shown(source.artifact()) + "  " + (path == null ? "a source" : "your " + path);
  }

  private static String shown(Artifact artifact) {
    return artifact.kind() == Artifact.Kind.TREE
        ? artifact.digest().abbreviated() + " (directory)"
        : artifact.digest().abbreviated() + " (" + Amounts.bytes(artifact.digest().size()) + ")";
  }

  private String maker(Recorded by) {
    Producer producer = by.result().producer();
    runs.add(producer.run());
    return producer.task() + " in run " + producer.run();
  }

  private static String command(Action action) {
    String text =
        switch (action.command()) {
          case Action.Command.Argv(var arguments) -> joined(arguments);
          case Action.Command.Script(var script) -> script.strip().replace("\n", "; ");
        };
    return "$ " + (text.length() <= COMMAND ? text : text.substring(0, COMMAND) + "...");
  }

  private static String joined(List<String> arguments) {
    List<String> quoted = new ArrayList<>();
    for (String argument : arguments) {
      quoted.add(SummaryText.quoted(argument));
    }
    return String.join(" ", quoted);
  }
}
