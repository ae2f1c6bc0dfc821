package dev.millrace.runtime;

import dev.millrace.content.Artifact;
import dev.millrace.content.Trees;
import dev.millrace.json.CanonicalJson;
import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonValue;
import dev.millrace.plan.Instance;
import dev.millrace.run.TaskStatus;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * All tasks of a step as the steps below see them: a directory for each output, with one entry for
 * each task that has it and an {@code index.json} that says which is which. It is a tree of
 * references: nothing is copied. Made once for all that see it.
 */
final class FanIn {
  private static final int LONGEST_LABEL = 120;

  private final List<Member> members;
  private final List<Integer> unsettled;
  private final Map<String, Artifact> trees = new HashMap<>();

  /** A task of the step. */
  record Member(int index, String name, Instance instance, SeenTask seen) {}

  FanIn(List<Member> members) {
    this.members = List.copyOf(members);
    unsettled =
        this.members.stream()
            .filter(member -> !member.seen.status().phase().settled())
            .map(member -> member.seen.task())
            .toList();
  }

  /** Returns the tasks that have not ended, because their results are made again. */
  List<Integer> unsettled() {
    return unsettled;
  }

  List<Member> members() {
    return members;
  }

  /** Returns the directory of an output. */
  synchronized Artifact directory(String output, Trees store) throws IOException {
    Artifact made = trees.get(output);
    if (made == null) {
      made = make(output, store);
      trees.put(output, made);
    }
    return made;
  }

  private Artifact make(String output, Trees store) throws IOException {
    Map<String, Artifact> entries = new HashMap<>();
    List<JsonValue> index = new ArrayList<>();
    int digits = Integer.toString(Math.max(0, members.size() - 1)).length();
    for (Member member : members) {
      if (member.seen.status() instanceof TaskStatus.Succeeded succeeded) {
        Artifact artifact = succeeded.outputs().get(output);
        if (artifact != null) {
          String entry = entryName(member, digits);
          entries.put(entry, artifact);
          index.add(describe(member, entry));
        }
      }
    }
    byte[] indexJson = CanonicalJson.bytes(new JsonArray(index));
    entries.put("index.json", Artifact.file(store.store().put(indexJson)));
    return store.ofReferences(entries);
  }

  /**
   * Returns the task's index and what tells it apart, in characters that every shell leaves alone.
   */
  private static String entryName(Member member, int digits) {
    String number = Integer.toString(member.index);
    String suffix = member.instance.suffix();
    String label =
        suffix.length() < 2
            ? ""
            : suffix.substring(1, suffix.length() - 1).replaceAll("[^A-Za-z0-9=,._+-]", "_");
    if (label.length() > LONGEST_LABEL) {
      label = label.substring(0, LONGEST_LABEL);
    }
    String padded = "0".repeat(Math.max(0, digits - number.length())) + number;
    return label.isEmpty() ? padded : padded + "-" + label;
  }

  private static JsonObject describe(Member member, String entry) {
    SequencedMap<String, JsonValue> description = new LinkedHashMap<>();
    description.put("entry", new JsonString(entry));
    description.put("index", new JsonNumber(member.index));
    if (member.instance.item() != null) {
      description.put("item", member.instance.item());
    }
    description.put("matrix", member.instance.matrix());
    description.put("task", new JsonString(member.name));
    return new JsonObject(description);
  }
}
