package dev.millrace.automation;

import dev.millrace.journal.DefinitionStore;
import dev.millrace.journal.DefinitionStore.Definition;
import dev.millrace.json.JsonException;
import dev.millrace.json.JsonNull;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.json.JsonValue;
import dev.millrace.pipeline.Problem;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The triggers of a server, and the messages that come to them. Safe for use by many threads;
 * changes are made one after the other.
 */
public final class Triggers {
  /** There can be so many. */
  public static final int MOST = 1_000;

  private static final String KIND = "trigger";

  private final DefinitionStore store;
  private final Launcher launcher;
  private final SecretBox box;
  private final InstantSource clock;
  private final Consumer<String> warnings;
  private final NavigableMap<String, TriggerState> states = new ConcurrentSkipListMap<>();

  /**
   * @param box seals the secrets of webhooks
   * @param warnings is told what keeps triggers from working
   */
  public Triggers(
      DefinitionStore store,
      Launcher launcher,
      SecretBox box,
      InstantSource clock,
      Consumer<String> warnings) {
    this.store = store;
    this.launcher = launcher;
    this.box = box;
    this.clock = clock;
    this.warnings = warnings;
    for (Definition row : store.list(KIND, "", MOST)) {
      states.put(row.name(), TriggerState.read(row.name(), row.value()));
    }
  }

  /**
   * A trigger as it is shown: never with its secrets.
   *
   * @param spec as it was given
   * @param by the name of the token that set it up
   * @param secrets how many it has
   * @param failing the last time that it started nothing, or null
   */
  public record View(
      String name, JsonObject spec, String by, int secrets, @Nullable Failing failing) {}

  /**
   * What came of setting a trigger up.
   *
   * @param problems what is wrong with it; it is kept if that is nothing
   * @param newSecret a secret that was made for it, to be shown this once; or null
   */
  public record Put(List<Problem> problems, @Nullable String newSecret) {
    public Put {
      problems = List.copyOf(problems);
    }
  }

  /**
   * Sets a trigger up, or changes it. A webhook that is given no secrets keeps those it has; where
   * it has none, one is made.
   *
   * @param spec in the form of the contract
   * @throws IOException if it cannot be recorded
   */
  public synchronized Put put(String name, JsonObject spec, String by) throws IOException {
    List<Problem> problems = new ArrayList<>();
    Trigger trigger = Trigger.read(name, spec, problems);
    problems.addAll(trigger.target().check(launcher));
    List<String> sealed = sealed(name, spec, problems);
    TriggerState before = states.get(name);
    if (before == null && states.size() >= MOST) {
      problems.add(new Problem("too-many", "", "there are " + MOST + " triggers: delete one"));
    }
    if (!problems.isEmpty()) {
      return new Put(problems, null);
    }
    String made = null;
    if (trigger.when() instanceof Trigger.Webhook && sealed.isEmpty()) {
      sealed = before == null ? List.of() : before.sealed();
      if (sealed.isEmpty()) {
        byte[] secret = box.newSecret();
        made = WebhookSignature.text(secret);
        sealed = List.of(box.seal(secret, name));
      }
    }
    if (before != null && before.trigger().spec().equals(trigger.spec())) {
      save(new TriggerState(trigger, by, before.since(), sealed, before.failing()));
    } else {
      save(new TriggerState(trigger, by, clock.instant(), sealed, null));
    }
    return new Put(List.of(), made);
  }

  private List<String> sealed(String name, JsonObject spec, List<Problem> problems) {
    List<String> sealed = new ArrayList<>();
    List<String> secrets = Read.texts(spec, "secrets");
    for (int i = 0; i < secrets.size(); i++) {
      try {
        sealed.add(box.seal(WebhookSignature.secret(secrets.get(i)), name));
      } catch (IllegalArgumentException e) {
        problems.add(new Problem("bad-secret", "/secrets/" + i, e.getMessage() + ""));
      }
    }
    return sealed;
  }

  private void save(TriggerState state) throws IOException {
    String name = state.trigger().name();
    store.change(KIND, name, _ -> state.text());
    states.put(name, state);
  }

  /**
   * Forgets a trigger; runs of it stay.
   *
   * @return false if there was none
   */
  public synchronized boolean delete(String name) throws IOException {
    if (!states.containsKey(name)) {
      return false;
    }
    store.change(KIND, name, _ -> null);
    states.remove(name);
    return true;
  }

  /** Returns a trigger, or null. */
  public @Nullable View find(String name) {
    TriggerState state = states.get(name);
    return state == null ? null : view(state);
  }

  /** Lists triggers by name, behind the name {@code after}, at most {@code limit} of them. */
  public List<View> list(String after, int limit) {
    return states.tailMap(after, false).values().stream().limit(limit).map(Triggers::view).toList();
  }

  private static View view(TriggerState state) {
    return new View(
        state.trigger().name(),
        state.trigger().spec(),
        state.by(),
        state.sealed().size(),
        state.failing());
  }

  /** Returns all of them as they are kept. */
  Collection<TriggerState> states() {
    return states.values();
  }

  /** What came of a message. */
  public sealed interface Received {
    /** It is signed, and this came of it. */
    record Taken(Launched launched) implements Received {}

    /** It is not taken, for whatever reason: whoever cannot sign learns no more than that. */
    record Unsigned(String why) implements Received {}

    /** It is signed and cannot be read. */
    record Unreadable(String why) implements Received {}
  }

  /**
   * Takes a message to a webhook. Messages with the same id are one.
   *
   * @throws IOException if the run cannot be started now; the sender is to try again
   */
  public Received receive(String name, WebhookSignature.Message message) throws IOException {
    TriggerState state = states.get(name);
    List<byte[]> secrets = state == null ? List.of() : secrets(state);
    String refusal = WebhookSignature.refuse(message, secrets, clock.instant());
    if (state == null || refusal != null) {
      return new Received.Unsigned(refusal == null ? "no signature fits" : refusal);
    }
    if (state.trigger().paused()) {
      return new Received.Taken(new Launched.Refused("the trigger is paused"));
    }
    JsonValue body;
    try {
      body = message.body().length == 0 ? JsonNull.INSTANCE : JsonReader.read(message.body());
    } catch (JsonException e) {
      return new Received.Unreadable("the body is no JSON: " + e.getMessage());
    }
    Launched launched = launcher.launch(state.trigger().launch(message.id(), body, state.by()));
    record(name, launched);
    return new Received.Taken(launched);
  }

  private List<byte[]> secrets(TriggerState state) {
    List<byte[]> secrets = new ArrayList<>();
    for (String sealed : state.sealed()) {
      try {
        secrets.add(box.open(sealed, state.trigger().name()));
      } catch (IllegalStateException e) {
        warnings.accept(e.getMessage() + "");
      }
    }
    return secrets;
  }

  /** Records that a trigger started nothing. */
  void record(String name, Launched launched) throws IOException {
    switch (launched) {
      case Launched.Started _ -> {}
      case Launched.Overlapping(String run) -> failing(name, "run " + run + " still went on");
      case Launched.Refused(String why) -> failing(name, why);
    }
  }

  synchronized void failing(String name, String why) throws IOException {
    TriggerState state = states.get(name);
    if (state != null) {
      save(state.failingAt(clock.instant(), why));
    }
  }
}
