package dev.millrace.cache;

import dev.millrace.cache.Action.Command;
import dev.millrace.cache.Action.OutputPath;
import dev.millrace.content.Artifact;
import dev.millrace.digest.Digest;
import dev.millrace.executor.ResourceUsage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Actions and results made from a seed. */
public final class RandomActions {
  private static final List<String> ALPHABET =
      List.of("a", "B", "7", "-", "/", ".", " ", "\"", "\\", "\n", "\t", "\u0001", "é", "∑", "😀");

  private final Random random;

  public RandomActions(long seed) {
    this.random = new Random(seed);
  }

  /** Returns the next action. */
  public Action action() {
    return new Action(
        command(),
        map(this::text),
        map(this::text),
        map(this::artifact),
        map(() -> new OutputPath(text(), random.nextBoolean())),
        random.nextInt(4) == 0 ? text() : "");
  }

  private Command command() {
    return random.nextBoolean()
        ? new Command.Script(text())
        : new Command.Argv(IntStream.range(0, random.nextInt(6)).mapToObj(i -> text()).toList());
  }

  private <V> SortedMap<String, V> map(Supplier<V> value) {
    SortedMap<String, V> map = new TreeMap<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      map.put(text(), value.get());
    }
    return map;
  }

  /** Returns a text of up to 12 characters, of the troublesome kinds too. */
  public String text() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(13); i > 0; i--) {
      text.append(ALPHABET.get(random.nextInt(ALPHABET.size())));
    }
    return text.toString();
  }

  /** Returns an artifact of any kind. */
  public Artifact artifact() {
    Artifact.Kind[] kinds = Artifact.Kind.values();
    return new Artifact(kinds[random.nextInt(kinds.length)], digest());
  }

  private Digest digest() {
    return new Digest(
        random.nextLong(),
        random.nextLong(),
        random.nextLong(),
        random.nextLong(),
        random.nextLong(1L << 53));
  }

  /** Returns the next result. */
  public ActionResult result() {
    return new ActionResult(
        map(this::artifact),
        map(() -> random.nextGaussian() * Math.pow(10, random.nextInt(40) - 20)),
        0,
        digest(),
        digest(),
        new ActionResult.Producer(text(), text(), 1 + random.nextInt(9), text()),
        Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000_000)),
        new ResourceUsage(random.nextInt(9_999), random.nextInt(9_999) - 1, -1));
  }

  /** Returns actions each of which differs from {@code action} in one field. */
  public List<Action> variants(Action action) {
    List<Action> variants = new ArrayList<>();
    for (Command command : variants(action.command())) {
      variants.add(with(action, command, action.inputs(), action.outputs(), action.salt()));
    }
    for (var environment : variants(action.environment(), text -> text + "x", this::text)) {
      variants.add(
          new Action(
              action.command(),
              environment,
              action.platform(),
              action.inputs(),
              action.outputs(),
              action.salt()));
    }
    for (var platform : variants(action.platform(), text -> text + "x", this::text)) {
      variants.add(
          new Action(
              action.command(),
              action.environment(),
              platform,
              action.inputs(),
              action.outputs(),
              action.salt()));
    }
    for (var inputs : variants(action.inputs(), RandomActions::otherKind, this::artifact)) {
      variants.add(with(action, action.command(), inputs, action.outputs(), action.salt()));
    }
    for (var outputs :
        variants(
            action.outputs(),
            output -> new OutputPath(output.path(), !output.optional()),
            () -> new OutputPath(text(), false))) {
      variants.add(with(action, action.command(), action.inputs(), outputs, action.salt()));
    }
    variants.add(
        with(action, action.command(), action.inputs(), action.outputs(), action.salt() + "x"));
    return variants;
  }

  private static Action with(
      Action action,
      Command command,
      SortedMap<String, Artifact> inputs,
      SortedMap<String, OutputPath> outputs,
      String salt) {
    return new Action(command, action.environment(), action.platform(), inputs, outputs, salt);
  }

  private static Artifact otherKind(Artifact artifact) {
    Artifact.Kind kind =
        artifact.kind() == Artifact.Kind.FILE ? Artifact.Kind.EXECUTABLE : Artifact.Kind.FILE;
    return new Artifact(kind, artifact.digest());
  }

  private static List<Command> variants(Command command) {
    return switch (command) {
      case Command.Script(String text) ->
          List.of(
              new Command.Script(text + " "),
              new Command.Script("x" + text),
              new Command.Argv(List.of(text)));
      case Command.Argv(List<String> arguments) -> {
        List<String> longer = new ArrayList<>(arguments);
        longer.add("");
        List<String> joined = List.of(String.join(" ", arguments) + " ");
        yield List.of(
            new Command.Argv(longer),
            new Command.Argv(joined),
            new Command.Script(String.join(" ", arguments)));
      }
    };
  }

  /** Each entry taken away, renamed and changed, and one added. */
  private static <V> List<SortedMap<String, V>> variants(
      SortedMap<String, V> map, java.util.function.UnaryOperator<V> other, Supplier<V> fresh) {
    List<SortedMap<String, V>> variants = new ArrayList<>();
    for (Map.Entry<String, V> entry : map.entrySet()) {
      SortedMap<String, V> removed = new TreeMap<>(map);
      removed.remove(entry.getKey());
      variants.add(removed);
      SortedMap<String, V> renamed = new TreeMap<>(removed);
      renamed.put(entry.getKey() + "\u0000", entry.getValue());
      variants.add(renamed);
      SortedMap<String, V> changed = new TreeMap<>(map);
      changed.put(entry.getKey(), other.apply(entry.getValue()));
      variants.add(changed);
    }
    SortedMap<String, V> added = new TreeMap<>(map);
    added.put("a name longer than any made here", fresh.get());
    variants.add(added);
    return variants;
  }
}
