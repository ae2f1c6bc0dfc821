package dev.millrace.cli;

import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonValue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A folder in which commands are given, within this process. */
final class Shell {
  private final Path folder;
  private final Map<String, String> environment = new HashMap<>(System.getenv());

  Shell(Path folder) {
    this.folder = folder;
  }

  /** What a command did. */
  record Done(int exitCode, String out, String err) {
    List<String> lines() {
      return out.lines().toList();
    }

    /** Returns the lines as JSON. */
    List<JsonObject> objects() {
      return lines().stream().map(line -> (JsonObject) JsonReader.read(line)).toList();
    }

    String lastLine() {
      return lines().getLast();
    }
  }

  /** Returns the text at a path of names. */
  static String text(JsonObject object, String... names) {
    JsonValue value = object;
    for (String name : names) {
      value = value instanceof JsonObject in ? in.get(name) : null;
    }
    if (value instanceof JsonString(String text)) {
      return text;
    }
    throw new AssertionError("no text at " + List.of(names) + " of " + object);
  }

  Shell with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  /** Writes a file of that name. */
  Path file(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  Path path(String name) {
    return folder.resolve(name);
  }

  String read(String name) throws IOException {
    return Files.readString(folder.resolve(name));
  }

  Done millrace(String... words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Printer printer =
        new Printer(
            new PrintStream(out, false, StandardCharsets.UTF_8),
            new PrintStream(err, false, StandardCharsets.UTF_8),
            Terminal.NONE);
    int code = new Cli(Session.ofProcess(printer, folder, environment)).execute(List.of(words));
    return new Done(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
