package dev.millrace.cache;

import dev.millrace.cache.Action.Command;
import dev.millrace.cache.Action.OutputPath;
import dev.millrace.digest.Digest;
import dev.millrace.json.CanonicalWriter;
import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonValue;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The canonical form of actions (RFC 8785), whose SHA-256 is their key.
 *
 * <pre>{@code
 * {"command":{"argv":["python3","train.py"]},"environment":{"SEED":"1"},
 *  "inputs":{"data":{"digest":"ab12…","kind":"tree","size":120}},
 *  "outputs":{"model":{"optional":false,"path":"model.bin"}},
 *  "platform":{"executor":"process","os":"linux"},"salt":"","schema":1}
 * }</pre>
 *
 * <p>Every cache of every user is addressed by this form: a change of it needs a new {@link
 * Action#SCHEMA}, and makes all that was recorded unreachable.
 */
public final class ActionCodec {

  private ActionCodec() {}

  /**
   * Returns the key of the action.
   *
   * @throws IllegalArgumentException if a text of it has half a surrogate pair
   */
  public static ActionKey key(Action action) {
    CanonicalWriter writer = written(action);
    MessageDigest hash = Digest.sha256();
    writer.update(hash);
    return new ActionKey(Digest.ofHash(hash.digest(), writer.size()));
  }

  /** Returns the canonical form of the action. */
  public static String text(Action action) {
    return written(action).toText();
  }

  private static CanonicalWriter written(Action action) {
    CanonicalWriter writer = new CanonicalWriter();
    writer.beginObject();
    command(writer.name("command"), action.command());
    texts(writer.name("environment"), action.environment());
    ArtifactCodec.write(writer.name("inputs"), action.inputs());
    outputs(writer.name("outputs"), action.outputs());
    texts(writer.name("platform"), action.platform());
    writer.name("salt").value(action.salt());
    return writer.name("schema").value(Action.SCHEMA).endObject();
  }

  private static void command(CanonicalWriter writer, Command command) {
    writer.beginObject();
    switch (command) {
      case Command.Argv argv -> {
        writer.name("argv").beginArray();
        argv.arguments().forEach(writer::value);
        writer.endArray();
      }
      case Command.Script script -> writer.name("script").value(script.text());
    }
    writer.endObject();
  }

  private static void texts(CanonicalWriter writer, SortedMap<String, String> texts) {
    writer.beginObject();
    texts.forEach((name, text) -> writer.name(name).value(text));
    writer.endObject();
  }

  private static void outputs(CanonicalWriter writer, SortedMap<String, OutputPath> outputs) {
    writer.beginObject();
    for (Map.Entry<String, OutputPath> output : outputs.entrySet()) {
      writer.name(output.getKey()).beginObject();
      writer.name("optional").value(output.getValue().optional());
      writer.name("path").value(output.getValue().path()).endObject();
    }
    writer.endObject();
  }

  /**
   * Reads an action back.
   *
   * @throws IllegalArgumentException if the text is not the form of an action in this schema
   */
  public static Action parse(String text) {
    JsonObject object = Members.object(JsonReader.read(text));
    long schema = Members.whole(object, "schema");
    if (schema != Action.SCHEMA) {
      throw new IllegalArgumentException("an action of schema " + schema);
    }
    return new Action(
        command(Members.object(object, "command")),
        texts(Members.object(object, "environment")),
        texts(Members.object(object, "platform")),
        ArtifactCodec.read(Members.object(object, "inputs")),
        outputs(Members.object(object, "outputs")),
        Members.text(object, "salt"));
  }

  private static Command command(JsonObject object) {
    return switch (object.get("argv")) {
      case JsonArray argv -> new Command.Argv(arguments(argv));
      case null, default -> new Command.Script(Members.text(object, "script"));
    };
  }

  private static List<String> arguments(JsonArray argv) {
    List<String> arguments = new ArrayList<>(argv.elements().size());
    for (JsonValue element : argv.elements()) {
      if (!(element instanceof JsonString argument)) {
        throw new IllegalArgumentException("an argument that is no string");
      }
      arguments.add(argument.value());
    }
    return arguments;
  }

  private static SortedMap<String, String> texts(JsonObject object) {
    SortedMap<String, String> texts = new TreeMap<>();
    for (String name : object.members().keySet()) {
      texts.put(name, Members.text(object, name));
    }
    return texts;
  }

  private static SortedMap<String, OutputPath> outputs(JsonObject object) {
    SortedMap<String, OutputPath> outputs = new TreeMap<>();
    for (String name : object.members().keySet()) {
      JsonObject output = Members.object(object, name);
      outputs.put(
          name, new OutputPath(Members.text(output, "path"), Members.truth(output, "optional")));
    }
    return outputs;
  }
}
