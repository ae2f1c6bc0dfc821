package dev.millrace.pipeline;

import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonText;
import dev.millrace.json.JsonValue;
import dev.millrace.json.Position;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Stream;

/** The wrong documents under {@code examples/invalid}, each with the problems it must give. */
public final class InvalidDocuments {

  /** Where they are, from the directory of the engine. */
  public static final Path FOLDER = Path.of("..", "examples", "invalid");

  private static final String SUFFIX = ".json";
  private static final String EXPECTED = ".expected.json";

  private InvalidDocuments() {}

  /** Returns the names of all documents, sorted. */
  public static List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(SUFFIX) && !name.endsWith(EXPECTED))
          .map(name -> name.substring(0, name.length() - SUFFIX.length()))
          .sorted()
          .toList();
    }
  }

  /** Returns the file of a document. */
  public static Path path(String name) {
    return FOLDER.resolve(name + SUFFIX);
  }

  /** Returns the file of its problems. */
  public static Path expected(String name) {
    return FOLDER.resolve(name + EXPECTED);
  }

  /** Returns the form in which expected problems are written. */
  public static String render(List<Problem> problems) {
    JsonArray array = new JsonArray(problems.stream().map(InvalidDocuments::value).toList());
    return JsonText.pretty(array) + "\n";
  }

  private static JsonValue value(Problem problem) {
    SequencedMap<String, JsonValue> members = new LinkedHashMap<>();
    members.put("code", new JsonString(problem.code()));
    members.put("pointer", new JsonString(problem.pointer()));
    Position position = problem.position();
    if (position != null) {
      members.put("line", new JsonNumber(position.line()));
      members.put("column", new JsonNumber(position.column()));
    }
    members.put("message", new JsonString(problem.message()));
    return new JsonObject(members);
  }
}
