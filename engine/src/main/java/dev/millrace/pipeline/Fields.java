package dev.millrace.pipeline;

import dev.millrace.json.JsonObject;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An object whose fields are known by name. */
final class Fields {

  /**
   * The fields that an object may have.
   *
   * @param owner what the object is, with its article
   */
  record Known(String owner, Set<String> names) {
    static Known of(String owner, String... names) {
      return new Known(owner, new LinkedHashSet<>(List.of(names)));
    }
  }

  private final Node node;
  private final Known known;

  private Fields(Node node, Known known) {
    this.node = node;
    this.known = known;
  }

  /**
   * Takes an object and reports the fields that it may not have.
   *
   * @return null where it is something else, which is reported
   */
  static @Nullable Fields of(Node node, Known known, String expected) {
    if (!(node.value() instanceof JsonObject object)) {
      node.wrongType(expected);
      return null;
    }
    Fields fields = new Fields(node, known);
    for (String name : object.members().keySet()) {
      if (!known.names.contains(name)) {
        fields.unknown(name);
      }
    }
    return fields;
  }

  Node node() {
    return node;
  }

  @Nullable Node get(String name) {
    return node.member(name);
  }

  boolean has(String name) {
    return node.value() instanceof JsonObject object && object.get(name) != null;
  }

  /** The field, or null where it is missing, which is reported. */
  @Nullable Node require(String name, String example) {
    Node field = node.member(name);
    if (field == null) {
      node.problem(
          "missing-field", known.owner + " needs " + Node.quote(name) + "; write " + example);
    }
    return field;
  }

  /**
   * The only one of these fields that is there.
   *
   * @return null where there is none or more than one, which is reported
   */
  @Nullable Node oneOf(List<String> names) {
    Node only = null;
    for (String name : names) {
      Node field = node.member(name);
      if (field != null && only != null) {
        conflicting(names);
        return null;
      }
      only = field == null ? only : field;
    }
    if (only == null) {
      String message = known.owner + " needs one of " + Node.quoteAll(names);
      node.problem("missing-field", message);
    }
    return only;
  }

  private void conflicting(List<String> names) {
    List<String> there = names.stream().filter(this::has).toList();
    Node last = node.member(there.getLast());
    if (last != null) {
      String message = known.owner + " has only one of " + Node.quoteAll(there);
      last.problem("conflicting-fields", message + "; remove the others");
    }
  }

  private void unknown(String name) {
    Node field = node.member(name);
    if (field != null) {
      String hint = Nearest.hint(name, known.names);
      String all = "; it may have " + String.join(", ", known.names);
      field.problem(
          "unknown-field",
          known.owner + " has no field " + Node.quote(name) + (hint.isEmpty() ? all : hint));
    }
  }
}
