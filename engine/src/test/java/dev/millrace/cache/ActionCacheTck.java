package dev.millrace.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.cache.Action.Command;
import dev.millrace.cache.ActionCache.Recorded;
import dev.millrace.content.Artifact;
import dev.millrace.digest.Digest;
import dev.millrace.executor.ResourceUsage;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link ActionCache} must do: one test or more for each bullet of its contract. */
public abstract class ActionCacheTck {
  private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");

  private Instant now = START;
  private ActionCache cache = new InMemoryActionCache(() -> now);

  /** Opens a cache that has no results. */
  protected abstract ActionCache open(InstantSource clock) throws IOException;

  /** Closes the cache and opens it again, as another process would. */
  protected abstract ActionCache reopen(InstantSource clock) throws IOException;

  @BeforeEach
  void openCache() throws IOException {
    cache = open(() -> now);
  }

  private static Action action(String argument) {
    return action(argument, Map.of());
  }

  private static Action action(String argument, Map<String, Artifact> inputs) {
    return new Action(
        new Command.Argv(List.of("run", argument)),
        new TreeMap<>(),
        new TreeMap<>(),
        new TreeMap<>(inputs),
        new TreeMap<>(),
        "");
  }

  private static Artifact file(String content) {
    return Artifact.file(Digest.of(content));
  }

  private static ActionResult result(String task, String... outputs) {
    TreeMap<String, Artifact> made = new TreeMap<>();
    for (String output : outputs) {
      made.put("out" + made.size(), file(output));
    }
    return new ActionResult(
        made,
        new TreeMap<>(Map.of("accuracy", 0.97)),
        0,
        Digest.of("log"),
        Digest.EMPTY,
        new ActionResult.Producer("r1", task, 1, "local"),
        START,
        ResourceUsage.NONE);
  }

  private ActionKey put(Action action, String subject, ActionResult result) {
    ActionKey key = ActionCodec.key(action);
    join(cache.put(key, action, subject, result));
    return key;
  }

  private static void join(CompletionStage<Void> stage) {
    stage.toCompletableFuture().join();
  }

  @Test
  void recordsSurviveAClose() throws IOException {
    ActionKey key = put(action("1"), "p/train[d=1]", result("train[d=1]", "model"));

    cache = reopen(() -> now);

    assertEquals(Map.of(key, result("train[d=1]", "model")), cache.lookup(List.of(key)));
    assertEquals(Optional.of(action("1")), cache.action(key));
  }

  @Test
  void findsOnlyWhatWasRecorded() {
    ActionKey unknown = ActionCodec.key(action("unknown"));

    assertEquals(Map.of(), cache.lookup(List.of(unknown)));
    assertEquals(Map.of(), cache.lookup(List.of()));
    assertEquals(Optional.empty(), cache.action(unknown));
    assertEquals(List.of(), cache.history(unknown));
    assertEquals(Optional.empty(), cache.nearest("p/train"));
    assertEquals(List.of(), cache.producersOf(Digest.of("x"), 9));
  }

  @Test
  void findsManyKeysAtOnce() {
    Map<ActionKey, ActionResult> recorded = new HashMap<>();
    List<ActionKey> wanted = new ArrayList<>();
    List<CompletionStage<Void>> stages = new ArrayList<>();
    for (int i = 0; i < 1_500; i++) {
      Action action = action("a" + i);
      ActionKey key = ActionCodec.key(action);
      wanted.add(key);
      if (i % 3 != 0) {
        ActionResult result = result("t" + i, "o" + i);
        recorded.put(key, result);
        stages.add(cache.put(key, action, "p/t" + i, result));
      }
    }
    stages.forEach(ActionCacheTck::join);

    assertEquals(recorded, cache.lookup(wanted));
    for (int count : new int[] {1, 2, 15, 16, 17, 255, 256, 257, 300}) {
      List<ActionKey> some = wanted.subList(0, count);
      Map<ActionKey, ActionResult> expected = new HashMap<>(recorded);
      expected.keySet().retainAll(new HashSet<>(some));
      assertEquals(expected, cache.lookup(some));
    }
  }

  @Test
  void theLastResultIsFoundAndDifferingOnesAreKept() {
    ActionKey key = put(action("1"), "p/t", result("first", "one"));
    put(action("1"), "p/t", result("second", "two"));

    assertEquals(Map.of(key, result("second", "two")), cache.lookup(List.of(key)));
    assertEquals(List.of(result("second", "two"), result("first", "one")), cache.history(key));

    put(action("1"), "p/t", result("third", "one"));
    assertEquals(Map.of(key, result("third", "one")), cache.lookup(List.of(key)));
    assertEquals(List.of(result("third", "one"), result("second", "two")), cache.history(key));
  }

  @Test
  void whatIsForgottenIsOnlyProvenance() {
    ActionKey key = put(action("1"), "p/t", result("t", "one"));
    put(action("1"), "p/t", result("t", "two"));
    ActionKey other = put(action("2"), "p/u", result("u", "three"));
    join(cache.forget(key));

    assertEquals(Set.of(other), cache.lookup(List.of(key, other)).keySet());
    assertEquals(List.of(), cache.history(key));
    assertEquals(List.of("p/u"), visited());
    assertEquals(Optional.of(action("1")), cache.action(key));
    assertEquals(result("t", "two"), cache.nearest("p/t").orElseThrow().result());
    assertEquals(key, cache.producersOf(Digest.of("one"), 9).getFirst().key());

    put(action("1"), "p/t", result("again", "one"));
    assertEquals(Set.of(key), cache.lookup(List.of(key)).keySet());
    assertEquals(List.of(result("again", "one")), cache.history(key));
  }

  private List<String> visited() {
    List<String> subjects = new ArrayList<>();
    cache.forEach(recorded -> subjects.add(recorded.subject()));
    return subjects;
  }

  @Test
  void theNearestIsTheSubjectsLastOrElseTheStepsLast() {
    put(action("1"), "p/train[d=1]", result("train[d=1]", "1"));
    put(action("2"), "p/train[d=2]", result("train[d=2]", "2"));
    put(action("3"), "p/train[d=1]", result("train[d=1]", "3"));
    put(action("4"), "p/trainer[d=1]", result("trainer[d=1]", "4"));
    put(action("5"), "q/train[d=9]", result("train[d=9]", "5"));
    put(action("6"), "p/report", result("report", "6"));

    assertEquals(action("3"), nearest("p/train[d=1]").action());
    assertEquals(action("2"), nearest("p/train[d=2]").action());
    assertEquals(action("3"), nearest("p/train[d=7]").action());
    assertEquals("p/train[d=1]", nearest("p/train[d=7]").subject());
    assertEquals(action("6"), nearest("p/report").action());
    assertEquals(Optional.empty(), cache.nearest("p/tra[d=1]"));
    assertEquals(ActionCodec.key(action("3")), nearest("p/train[d=1]").key());
  }

  private Recorded nearest(String subject) {
    return cache.nearest(subject).orElseThrow();
  }

  @Test
  void theNearestOfManyAreThoseOfEach() {
    List<String> subjects = new ArrayList<>();
    List<CompletionStage<Void>> stages = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      Action action = action("a" + i);
      String subject = "p/s%d[i=%d]".formatted(i % 7, i);
      stages.add(cache.put(ActionCodec.key(action), action, subject, result("t", "o" + i)));
      subjects.addAll(List.of(subject, subject + "x", "p/s" + i, "q/s[i=" + i + "]"));
    }
    stages.forEach(ActionCacheTck::join);

    for (int count : new int[] {0, 1, 3, 9, 63, 64, 65, 800}) {
      List<String> some = subjects.subList(0, count);
      Map<String, Recorded> expected = new HashMap<>();
      for (String subject : some) {
        cache.nearest(subject).ifPresent(found -> expected.put(subject, found));
      }
      assertEquals(expected, cache.nearest(some));
    }
    assertEquals(407, cache.nearest(subjects).size());
  }

  @Test
  void anActionOfTwoSubjectsIsTheLastOfBothAndListedOnce() {
    ActionKey key = put(action("1"), "p/a[i=1]", result("first", "one"));
    put(action("1"), "p/b", result("second", "one"));

    assertEquals(key, nearest("p/a[i=1]").key());
    assertEquals(key, nearest("p/b").key());
    assertEquals(Map.of(key, result("second", "one")), cache.lookup(List.of(key)));
    assertEquals(List.of(result("second", "one")), cache.history(key));
    assertEquals(List.of("p/b"), visited());
    assertEquals(List.of(key), producers("one", 9));

    put(action("1"), "p/a[i=1]", result("third", "one"));
    assertEquals(List.of("p/a[i=1]"), visited());
    assertEquals(List.of(result("third", "one")), cache.history(key));
  }

  @Test
  void whatIsPutIsForgottenInTheOrderOfTheCalls() {
    Action action = action("1");
    ActionKey key = ActionCodec.key(action);
    List<CompletionStage<Void>> stages = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      stages.add(cache.put(key, action, "p/t", result("t", "o" + i)));
      if (i == 20) {
        stages.add(cache.forget(key));
      }
    }
    stages.forEach(ActionCacheTck::join);

    assertEquals(19, cache.history(key).size());
    assertEquals(result("t", "o39"), cache.lookup(List.of(key)).get(key));
  }

  @Test
  void knowsTheProducersOfAnArtifact() {
    ActionKey first = put(action("1"), "p/a", result("a", "x", "y", "x"));
    ActionKey second = put(action("2"), "p/b", result("b", "x"));
    put(action("2"), "p/b", result("b", "z"));

    assertEquals(List.of(second, first), producers("x", 9));
    assertEquals(List.of(second), producers("x", 1));
    assertEquals(List.of(first), producers("y", 9));
    assertEquals(List.of(second), producers("z", 9));
    assertEquals(List.of(), producers("log", 9));
  }

  private List<ActionKey> producers(String content, int limit) {
    return cache.producersOf(Digest.of(content), limit).stream().map(Recorded::key).toList();
  }

  @Test
  void visitsAllResultsNewestFirst() {
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 450; i++) {
      put(action("a" + i), "p/t" + i, result("t", "o" + i));
      expected.addFirst("p/t" + i);
    }
    put(action("a0"), "p/t0", result("t", "other"));
    expected.addFirst("p/t0");

    assertEquals(expected, visited());
    cache.forEach(recorded -> assertEquals(1, cache.lookup(List.of(recorded.key())).size()));
  }

  @Test
  void notesUsesToTheHour() throws IOException {
    ActionKey used = put(action("1"), "p/used", result("t", "1"));
    put(action("2"), "p/unused", result("t", "2"));
    now = START.plus(Duration.ofDays(3));
    cache.lookup(List.of(used));

    cache = reopen(() -> now);

    Map<String, Instant> times = new HashMap<>();
    cache.forEach(recorded -> times.put(recorded.subject(), recorded.used()));
    assertEquals(Map.of("p/used", now, "p/unused", START), times);
  }

  @Test
  void isSafeForSeveralThreads() throws InterruptedException {
    List<Thread> threads =
        IntStream.range(0, 6)
            .mapToObj(i -> Thread.ofPlatform().start(() -> useOneByOne("thread" + i)))
            .toList();
    for (Thread thread : threads) {
      thread.join();
    }

    assertEquals(6 * 40, visited().size());
    assertTrue(producers("thread3-39", 1).size() == 1);
  }

  private void useOneByOne(String name) {
    for (int i = 0; i < 40; i++) {
      ActionKey key =
          put(action(name + i), "p/" + name, result(name, name + "-" + i, "shared" + i));
      if (cache.lookup(List.of(key)).isEmpty()) {
        throw new IllegalStateException("not found: " + name + i);
      }
    }
  }
}
