package dev.millrace.wire;

import dev.millrace.cache.Action;
import dev.millrace.cache.ActionCache.Recorded;
import dev.millrace.cache.ActionResult.Producer;
import dev.millrace.cache.LineageNode;
import dev.millrace.content.Artifact;
import dev.millrace.json.CanonicalWriter;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Where something comes from, as a tree. */
public final class LineageJson {
  private final SourceNames names;

  private LineageJson(SourceNames names) {
    this.names = names;
  }

  /**
   * Writes the whole tree as one object.
   *
   * @param names of the sources in it
   */
  public static void write(CanonicalWriter json, LineageNode node, SourceNames names) {
    new LineageJson(names).write(json, node, (String) null);
  }

  private void write(CanonicalWriter json, LineageNode node, @Nullable String run) {
    Artifact artifact = node.artifact();
    json.beginObject();
    if (node instanceof LineageNode.Made made) {
      command(json.name("command"), made.by().action().command());
    }
    json.name("digest").value(artifact.digest().text());
    switch (node) {
      case LineageNode.Made(_, var by, var inputs) -> {
        Producer producer = by.result().producer();
        members(json.name("inputs"), inputs, producer.run());
        made(json, artifact, by);
        json.name("type").value("made");
      }
      case LineageNode.Assembled(_, var entries) -> {
        members(json.name("inputs"), entries, null);
        json.name("kind").value(artifact.kind().label());
        json.name("size").value(artifact.digest().size()).name("type").value("assembled");
      }
      case LineageNode.Source _ -> {
        json.name("kind").value(artifact.kind().label());
        String path = run == null ? null : names.path(run, artifact.digest());
        if (path != null) {
          json.name("path").value(path);
        }
        json.name("size").value(artifact.digest().size()).name("type").value("source");
      }
      case LineageNode.Repeated(_, var by) -> {
        made(json, artifact, by);
        json.name("type").value("repeated");
      }
      case LineageNode.Cut _ -> {
        json.name("kind").value(artifact.kind().label());
        json.name("size").value(artifact.digest().size()).name("type").value("cut");
      }
    }
    json.endObject();
  }

  private static void command(CanonicalWriter json, Action.Command command) {
    switch (command) {
      case Action.Command.Script(var script) -> json.value(script);
      case Action.Command.Argv(var arguments) -> {
        json.beginArray();
        arguments.forEach(json::value);
        json.endArray();
      }
    }
  }

  private static void made(CanonicalWriter json, Artifact artifact, Recorded by) {
    Producer producer = by.result().producer();
    json.name("key").value(by.key().digest().text());
    json.name("kind").value(artifact.kind().label());
    json.name("run").value(producer.run()).name("size").value(artifact.digest().size());
    json.name("task").value(producer.task());
  }

  private void members(
      CanonicalWriter json, SortedMap<String, LineageNode> nodes, @Nullable String run) {
    json.beginObject();
    nodes.forEach((name, node) -> write(json.name(name), node, run));
    json.endObject();
  }
}
