package dev.millrace.pipeline;

import dev.millrace.json.JsonString;
import dev.millrace.pipeline.ContainerSpec.Isolation;
import dev.millrace.pipeline.ContainerSpec.Mount;
import dev.millrace.pipeline.ContainerSpec.Pull;
import dev.millrace.pipeline.ContainerSpec.User;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Reads {@code container}. */
final class ContainerParser {

  private static final Fields.Known CONTAINER =
      Fields.Known.of(
          "\"container\"", "isolation", "pull", "network", "sharedMemory", "user", "mounts");
  private static final Fields.Known MOUNT =
      Fields.Known.of("a mount", "source", "target", "writable");

  private static final String EXAMPLE = "an object such as {\"network\": \"none\"}";
  private static final String MOUNT_EXAMPLE =
      "an object such as {\"source\": \"/data\", \"target\": \"/data\"}";

  private ContainerParser() {}

  static ContainerSpec parse(@Nullable Node node, ContainerSpec base) {
    Fields fields = node == null ? null : Fields.of(node, CONTAINER, EXAMPLE);
    if (fields == null) {
      return base;
    }
    Node isolation = fields.get("isolation");
    Node pull = fields.get("pull");
    Node network = fields.get("network");
    Node sharedMemory = fields.get("sharedMemory");
    Node user = fields.get("user");
    Node mounts = fields.get("mounts");
    String named = network == null ? null : network.filledText("a network such as \"none\"");
    return new ContainerSpec(
        isolation == null
            ? base.isolation()
            : isolation.word(List.of(Isolation.values()), base.isolation()),
        pull == null ? base.pull() : pull.word(List.of(Pull.values()), base.pull()),
        named == null ? base.network() : named,
        sharedMemory == null ? base.sharedMemory() : size(sharedMemory, base.sharedMemory()),
        user == null ? base.user() : user.word(List.of(User.values()), base.user()),
        mounts == null ? base.mounts() : mounts(mounts));
  }

  private static @Nullable Long size(Node node, @Nullable Long base) {
    String expected = "a size such as \"512Mi\" or \"2Gi\"";
    if (!(node.value() instanceof JsonString(String text))) {
      node.wrongType(expected);
      return base;
    }
    OptionalDouble bytes = Quantity.parse(text);
    if (bytes.isEmpty() || bytes.getAsDouble() < 1) {
      node.problem("bad-amount", node.label() + " must be " + expected + ", not " + node.found());
      return base;
    }
    return (long) bytes.getAsDouble();
  }

  private static List<Mount> mounts(Node node) {
    return node.list("an array of mounts; each is " + MOUNT_EXAMPLE, ContainerParser::mount);
  }

  private static Mount mount(Node node) {
    Fields fields = Fields.of(node, MOUNT, MOUNT_EXAMPLE);
    if (fields == null) {
      return new Mount("/", "/", false);
    }
    Node writable = fields.get("writable");
    return new Mount(
        path(fields, "source"), path(fields, "target"), writable != null && writable.bool(false));
  }

  private static String path(Fields fields, String name) {
    Node node = fields.get(name);
    if (node == null) {
      fields
          .node()
          .problem("missing-field", "a mount needs \"" + name + "\"; write " + MOUNT_EXAMPLE);
      return "/";
    }
    String path = node.filledText("an absolute path such as \"/data\"");
    if (path != null && (!path.startsWith("/") || path.contains("/../") || path.endsWith("/.."))) {
      node.problem(
          "bad-path", node.label() + " must be an absolute path without \"..\", such as \"/data\"");
    }
    return path == null ? "/" : path;
  }
}
