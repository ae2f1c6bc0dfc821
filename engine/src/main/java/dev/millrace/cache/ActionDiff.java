package dev.millrace.cache;

import dev.millrace.cache.Action.Command;
import dev.millrace.cache.Action.OutputPath;
import dev.millrace.cache.Explanation.Change;
import dev.millrace.content.Artifact;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What differs between two actions, field by field, for people who ask why a task ran again. Inputs
 * that are directories are opened, but only those sub-directories that differ.
 */
public final class ActionDiff {
  /** No more changes than this are named; one more says that there are others. */
  public static final int LIMIT = 50;

  private final TreeEntries trees;
  private final List<Change> changes = new ArrayList<>();

  private ActionDiff(TreeEntries trees) {
    this.trees = trees;
  }

  /**
   * Returns the differences; empty if the actions are equal.
   *
   * @param trees looks into the directories among the inputs of both
   */
  public static List<Change> between(Action before, Action after, TreeEntries trees) {
    ActionDiff diff = new ActionDiff(trees);
    diff.command(before.command(), after.command());
    diff.texts("env.", before.environment(), after.environment());
    diff.inputs("", before.inputs(), after.inputs());
    diff.texts("platform.", before.platform(), after.platform());
    diff.maps("outputs.", before.outputs(), after.outputs(), ActionDiff::shown);
    diff.text("salt", before.salt(), after.salt());
    return diff.bounded();
  }

  private List<Change> bounded() {
    if (!full()) {
      return List.copyOf(changes);
    }
    List<Change> first = new ArrayList<>(changes.subList(0, LIMIT));
    first.add(new Change("…", null, "more fields differ"));
    return first;
  }

  private boolean full() {
    return changes.size() > LIMIT;
  }

  private void command(Command before, Command after) {
    if (before instanceof Command.Argv(var old) && after instanceof Command.Argv(var now)) {
      sequence(old, now, (i) -> "command[" + i + "]");
    } else if (before instanceof Command.Script(var old)
        && after instanceof Command.Script(var now)) {
      sequence(old.lines().toList(), now.lines().toList(), i -> "command:" + (i + 1));
      if (changes.isEmpty() && !old.equals(now)) {
        changes.add(new Change("command", "line breaks", "other line breaks"));
      }
    } else {
      changes.add(new Change("command", shown(before), shown(after)));
    }
  }

  private static String shown(Command command) {
    return switch (command) {
      case Command.Argv argv -> Excerpt.of(String.join(" ", argv.arguments()));
      case Command.Script script -> Excerpt.of("script: " + script.text());
    };
  }

  /** Compares what is left when the common beginning and end are taken away. */
  private void sequence(List<String> before, List<String> after, PositionName name) {
    int start = 0;
    int shorter = Math.min(before.size(), after.size());
    while (start < shorter && before.get(start).equals(after.get(start))) {
      start++;
    }
    int end = 0;
    while (end < shorter - start
        && before.get(before.size() - 1 - end).equals(after.get(after.size() - 1 - end))) {
      end++;
    }
    int last = Math.max(before.size(), after.size()) - end;
    for (int i = start; i < last && !full(); i++) {
      text(
          name.of(i),
          i < before.size() - end ? before.get(i) : null,
          i < after.size() - end ? after.get(i) : null);
    }
  }

  /** Names the field that is one element of a sequence. */
  @FunctionalInterface
  private interface PositionName {
    String of(int index);
  }

  private void text(String field, @Nullable String before, @Nullable String after) {
    if (before == null || after == null) {
      if (before != null || after != null) {
        changes.add(new Change(field, Excerpt.ofNullable(before), Excerpt.ofNullable(after)));
      }
    } else if (!before.equals(after)) {
      Excerpt excerpt = Excerpt.around(before, after);
      changes.add(new Change(field, excerpt.before(), excerpt.after()));
    }
  }

  private void texts(
      String prefix, SortedMap<String, String> before, SortedMap<String, String> after) {
    for (String name : names(before, after)) {
      text(prefix + name, before.get(name), after.get(name));
    }
  }

  private <V> void maps(
      String prefix,
      SortedMap<String, V> before,
      SortedMap<String, V> after,
      Function<V, String> show) {
    for (String name : names(before, after)) {
      V old = before.get(name);
      V now = after.get(name);
      text(
          prefix + name,
          old == null ? null : show.apply(old),
          now == null ? null : show.apply(now));
    }
  }

  private static String shown(OutputPath output) {
    return output.optional() ? output.path() + " (optional)" : output.path();
  }

  private void inputs(
      String prefix, SortedMap<String, Artifact> before, SortedMap<String, Artifact> after) {
    for (String name : names(before, after)) {
      if (full()) {
        return;
      }
      input(prefix + name, before.get(name), after.get(name));
    }
  }

  private void input(String path, @Nullable Artifact before, @Nullable Artifact after) {
    if (before != null && after != null) {
      if (before.equals(after) || opened(path, before, after)) {
        return;
      }
    }
    boolean kinds = before != null && after != null && before.kind() != after.kind();
    changes.add(new Change(path, shown(before, kinds), shown(after, kinds)));
  }

  /** Returns whether both are directories in which something was found that differs. */
  private boolean opened(String path, Artifact before, Artifact after) {
    if (before.kind() != Artifact.Kind.TREE || after.kind() != Artifact.Kind.TREE) {
      return false;
    }
    SortedMap<String, Artifact> old = trees.of(before.digest());
    SortedMap<String, Artifact> now = trees.of(after.digest());
    if (old == null || now == null) {
      return false;
    }
    int known = changes.size();
    inputs(path + "/", old, now);
    return changes.size() > known;
  }

  private static @Nullable String shown(@Nullable Artifact artifact, boolean kind) {
    if (artifact == null) {
      return null;
    }
    String digest = artifact.digest().abbreviated();
    return kind ? artifact.kind().label() + " " + digest : digest;
  }

  private static Set<String> names(SortedMap<String, ?> before, SortedMap<String, ?> after) {
    Set<String> names = new TreeSet<>(before.keySet());
    names.addAll(after.keySet());
    return names;
  }
}
