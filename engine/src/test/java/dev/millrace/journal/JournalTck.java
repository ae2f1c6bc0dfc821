package dev.millrace.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.journal.RunRecord.Summary;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link Journal} must do: one test or more for each bullet of its contract. */
public abstract class JournalTck {
  private static final Summary RUNNING = new Summary("running", "{}", null);
  private static final Summary DONE =
      new Summary(
          "succeeded", "{\"succeeded\":3}", Instant.parse("2026-03-01T10:00:00.123456789Z"));

  private Journal journal;

  /** Opens a journal that has no runs. */
  protected abstract Journal open() throws IOException;

  /** Closes the journal and opens it again, as another process would. */
  protected abstract Journal reopen() throws IOException;

  /** From now on no commit succeeds until {@link #heal()}. */
  protected abstract void breakStore();

  protected abstract void heal();

  @BeforeEach
  void openJournal() throws IOException {
    journal = open();
  }

  @AfterEach
  void closeJournal() {
    journal.close();
  }

  private static RunRecord run(String id) {
    return run(id, "digits", Map.of());
  }

  private static RunRecord run(String id, String pipeline, Map<String, String> labels) {
    Instant submitted = Instant.parse("2026-02-28T23:59:59.999999999Z");
    return new RunRecord(id, pipeline, "sha256:" + pipeline, submitted, labels, RUNNING);
  }

  private static void join(CompletionStage<Void> stage) {
    stage.toCompletableFuture().join();
  }

  private static @Nullable Throwable failure(CompletionStage<Void> stage) {
    return assertThrows(CompletionException.class, () -> join(stage)).getCause();
  }

  private static List<String> facts(int from, int count) {
    return IntStream.range(from, from + count).mapToObj(i -> "{\"fact\":" + i + "}").toList();
  }

  private List<String> texts(String runId) {
    return journal.read(runId, 1, Integer.MAX_VALUE).stream().map(StoredFact::text).toList();
  }

  @Test
  void committedFactsAndRunsSurviveAClose() throws IOException {
    join(journal.create(run("r1", "digits", Map.of("team", "vision")), facts(1, 2)));
    join(journal.append("r1", 1, 3, facts(3, 1), DONE));

    journal = reopen();

    assertEquals(facts(1, 3), texts("r1"));
    assertEquals(
        Optional.of(run("r1", "digits", Map.of("team", "vision")).with(DONE)), journal.find("r1"));
  }

  @Test
  void factsAreNumberedFromOneWithoutGaps() {
    join(journal.create(run("r1"), facts(1, 3)));
    join(journal.append("r1", 1, 4, facts(4, 2), null));

    assertEquals(
        List.of(new StoredFact(4, "{\"fact\":4}"), new StoredFact(5, "{\"fact\":5}")),
        journal.read("r1", 4, 10));
  }

  @Test
  void anAppendThatDoesNotFollowIsRefused() {
    join(journal.create(run("r1"), facts(1, 3)));

    assertInstanceOf(
        IllegalStateException.class, failure(journal.append("r1", 1, 3, facts(3, 1), null)));
    assertInstanceOf(
        IllegalStateException.class, failure(journal.append("r1", 1, 5, facts(5, 1), null)));
    assertEquals(3, texts("r1").size());
  }

  @Test
  void aReplacedOwnerCanWriteNothing() {
    join(journal.create(run("r1"), facts(1, 1)));
    long epoch = journal.claim("r1", "other");

    assertEquals(2, epoch);
    assertInstanceOf(
        StaleOwnerException.class, failure(journal.append("r1", 1, 2, facts(2, 1), DONE)));
    assertEquals(Optional.of(run("r1")), journal.find("r1"));
    join(journal.append("r1", epoch, 2, facts(2, 1), null));
    assertEquals(facts(1, 2), texts("r1"));
  }

  @Test
  void aRefusalDoesNotTouchTheOthersOfItsGroup() {
    join(journal.create(run("r1"), facts(1, 1)));
    journal.claim("r1", "other");
    List<CompletionStage<Void>> good = new ArrayList<>();
    List<CompletionStage<Void>> stale = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      stale.add(journal.append("r1", 1, 2 + i, facts(0, 1), null));
      good.add(journal.append("r1", 2, 2 + i, facts(2 + i, 1), null));
    }

    good.forEach(JournalTck::join);
    stale.forEach(stage -> assertInstanceOf(StaleOwnerException.class, failure(stage)));
    assertEquals(facts(1, 51), texts("r1"));
  }

  @Test
  void unknownAndDoubledRunsAreRefused() {
    join(journal.create(run("r1"), facts(1, 1)));

    assertInstanceOf(IllegalStateException.class, failure(journal.create(run("r1"), List.of())));
    assertInstanceOf(
        IllegalArgumentException.class, failure(journal.append("r2", 1, 1, facts(1, 1), null)));
    assertThrows(IllegalArgumentException.class, () -> journal.claim("r2", "me"));
    assertEquals(List.of(), journal.read("r2", 1, 10));
    assertEquals(Optional.empty(), journal.find("r2"));
  }

  @Test
  void aFactOfTwoLinesIsRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> journal.create(run("r1"), List.of("one\ntwo")));
  }

  @Test
  void appendsAreAppliedInTheOrderOfTheCalls() {
    join(journal.create(run("r1"), List.of()));
    CompletionStage<Void> last = journal.append("r1", 1, 1, facts(1, 1), null);
    for (int i = 2; i <= 500; i++) {
      last = journal.append("r1", 1, i, facts(i, 1), null);
    }
    join(last);

    assertEquals(facts(1, 500), texts("r1"));
  }

  @Test
  void callersOnSeveralThreadsDoNotDisturbEachOther() throws InterruptedException {
    List<Thread> writers =
        IntStream.range(0, 8)
            .mapToObj(i -> Thread.ofPlatform().start(() -> writeOneByOne("r" + i)))
            .toList();
    for (Thread writer : writers) {
      writer.join();
    }

    for (int i = 0; i < 8; i++) {
      assertEquals(facts(1, 50), texts("r" + i));
    }
  }

  private void writeOneByOne(String runId) {
    join(journal.create(run(runId), List.of()));
    for (int i = 1; i <= 50; i++) {
      join(journal.append(runId, 1, i, facts(i, 1), null));
    }
  }

  @Test
  void aFailedCommitLeavesNothingAndCanBeMadeAgain() {
    join(journal.create(run("r1"), facts(1, 1)));
    List<String> large = List.of("x".repeat(100_000));
    breakStore();

    assertInstanceOf(IOException.class, failure(journal.append("r1", 1, 2, large, DONE)));
    assertInstanceOf(IOException.class, failure(journal.create(run("r2"), large)));
    assertEquals(facts(1, 1), texts("r1"));
    assertEquals(Optional.empty(), journal.find("r2"));

    heal();
    join(journal.append("r1", 1, 2, large, DONE));
    join(journal.create(run("r2"), large));
    assertEquals(2, texts("r1").size());
    assertEquals(Optional.of(run("r1").with(DONE)), journal.find("r1"));
  }

  @Test
  void readingIsPaged() {
    join(journal.create(run("r1"), facts(1, 10)));
    for (int i = 1; i < 20; i++) {
      join(journal.append("r1", 1, 1 + 10L * i, facts(1 + 10 * i, 10), null));
    }

    List<StoredFact> seen = new ArrayList<>();
    for (List<StoredFact> page = journal.read("r1", 1, 7);
        !page.isEmpty();
        page = journal.read("r1", seen.getLast().sequence() + 1, 7)) {
      assertTrue(page.size() <= 20, "a page has few more than were asked for");
      seen.addAll(page);
    }
    assertEquals(facts(1, 200), seen.stream().map(StoredFact::text).toList());
    assertEquals(200, seen.getLast().sequence());
  }

  @Test
  void aHugeAppendIsReadInPieces() {
    String fact = "{\"text\":\"" + "y".repeat(1_000) + "\"}";
    join(journal.create(run("r1"), List.of()));
    join(journal.append("r1", 1, 1, IntStream.range(0, 5_000).mapToObj(i -> fact).toList(), null));

    assertTrue(journal.read("r1", 1, 10).size() < 1_000);
    List<StoredFact> end = journal.read("r1", 4_999, 10);
    assertEquals(List.of(new StoredFact(4_999, fact), new StoredFact(5_000, fact)), end);
  }

  @Test
  void anAppendWithoutFactsChangesTheSummary() {
    join(journal.create(run("r1"), facts(1, 1)));
    join(journal.append("r1", 1, 2, List.of(), DONE));

    assertEquals(DONE, journal.find("r1").orElseThrow().summary());
    assertEquals(facts(1, 1), texts("r1"));
  }

  @Test
  void listsRunsNewestFirstByEveryCondition() {
    for (int i = 0; i < 20; i++) {
      String id = "r%02d".formatted(i);
      Map<String, String> labels = Map.of("kind", i % 3 == 0 ? "nightly" : "hand", "n", "" + i % 2);
      join(journal.create(run(id, i < 10 ? "digits" : "weather", labels), List.of()));
      if (i % 4 == 0) {
        join(journal.append(id, 1, 1, List.of(), DONE));
      }
    }

    assertEquals(List.of("r19", "r18"), ids(RunQuery.newest(2)));
    assertEquals(List.of("r17", "r16"), ids(new RunQuery(null, null, Map.of(), "r18", 2)));
    assertEquals(List.of("r09", "r08"), ids(new RunQuery("digits", null, Map.of(), null, 2)));
    assertEquals(
        List.of("r16", "r12"), ids(new RunQuery("weather", "succeeded", Map.of(), null, 9)));
    assertEquals(
        List.of("r18", "r12", "r06", "r00"),
        ids(new RunQuery(null, null, Map.of("kind", "nightly", "n", "0"), null, 9)));
    assertEquals(
        List.of("r06"),
        ids(new RunQuery("digits", "running", Map.of("kind", "nightly", "n", "0"), "r12", 9)));
    assertEquals(List.of(), ids(new RunQuery("other", null, Map.of(), null, 9)));
    assertEquals(
        Map.of("kind", "nightly", "n", "0"), journal.list(RunQuery.newest(2)).getLast().labels());
  }

  /** Whichever condition leads, the answer is that of looking at every run. */
  @Test
  void listsAndCountsWhatEveryMixOfConditionsGives() {
    Map<String, RunRecord> runs = new TreeMap<>(Comparator.reverseOrder());
    for (int i = 0; i < 60; i++) {
      Map<String, String> labels = new HashMap<>(Map.of("all", "yes"));
      if (i % 20 == 3) {
        labels.put("rare", "yes");
      }
      RunRecord run = run("r%02d".formatted(i), i % 3 == 0 ? "digits" : "weather", labels);
      runs.put(run.id(), i % 15 == 0 ? run.with(DONE) : run);
      join(journal.create(runs.get(run.id()), List.of()));
    }
    for (Map<String, String> labels :
        List.of(
            Map.<String, String>of(),
            Map.of("all", "yes"),
            Map.of("rare", "yes"),
            Map.of("all", "yes", "rare", "yes"),
            Map.of("all", "no"))) {
      for (String pipeline : new String[] {null, "digits", "weather", "none"}) {
        for (String status : new String[] {null, "running", "succeeded"}) {
          for (String before : new String[] {null, "r40"}) {
            String from = before == null ? null : "r35";
            RunQuery query = new RunQuery(pipeline, status, labels, before, from, 1_000);
            List<RunRecord> expected =
                runs.values().stream().filter(run -> matches(query, run)).toList();
            assertEquals(expected, journal.list(query), query::toString);
            assertEquals(expected.size(), journal.count(query.withLimit(1)), query::toString);
          }
        }
      }
    }
  }

  private static boolean matches(RunQuery query, RunRecord run) {
    return (query.pipeline() == null || query.pipeline().equals(run.pipeline()))
        && (query.status() == null || query.status().equals(run.summary().status()))
        && (query.before() == null || run.id().compareTo(query.before()) < 0)
        && (query.from() == null || run.id().compareTo(query.from()) >= 0)
        && run.labels().entrySet().containsAll(query.labels().entrySet());
  }

  @Test
  void searchesRunsByTheBeginningAndTheEndOfTheirIds() {
    for (String id : List.of("20260301-a1", "20260301-b2", "20260302-a1", "a1-20260303")) {
      join(journal.create(run(id), List.of()));
    }

    assertEquals(List.of("20260301-b2", "20260301-a1"), searched("20260301", 9));
    assertEquals(List.of("a1-20260303", "20260302-a1", "20260301-a1"), searched("a1", 9));
    assertEquals(List.of("a1-20260303"), searched("a1", 1));
    assertEquals(List.of(), searched("%", 9));
    assertEquals(List.of("20260301-b2"), searched("20260301-b2", 9));
  }

  private List<String> searched(String part, int limit) {
    return journal.search(part, limit).stream().map(RunRecord::id).toList();
  }

  private List<String> ids(RunQuery query) {
    return journal.list(query).stream().map(RunRecord::id).toList();
  }

  @Test
  void findsTheNewestUnfinishedRunOfASubmission() {
    for (String id : List.of("r1", "r2", "r3")) {
      join(journal.create(run(id), List.of()));
    }
    join(journal.append("r3", 1, 1, List.of(), DONE));

    assertEquals(Optional.of(run("r2")), journal.findUnfinished("sha256:digits"));
    assertEquals(Optional.empty(), journal.findUnfinished("sha256:weather"));
  }
}
