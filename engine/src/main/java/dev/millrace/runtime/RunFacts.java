package dev.millrace.runtime;

import dev.millrace.content.ContentStore;
import dev.millrace.journal.Journal;
import dev.millrace.journal.StoredFact;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.run.RunEvent;
import dev.millrace.run.RunEventCodec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The facts of a run as the journal has them, read page by page. */
final class RunFacts {
  private static final int PAGE = 10_000;

  private final Journal journal;
  private final String run;

  RunFacts(Journal journal, String run) {
    this.journal = journal;
    this.run = run;
  }

  /** Returns what was submitted: the run's first fact. */
  JsonObject submission() throws IOException {
    List<StoredFact> first = journal.read(run, 1, 1);
    if (!first.isEmpty()
        && RunEventCodec.decode(first.getFirst().text()).event()
            instanceof RunEvent.RunAccepted(var submission)) {
      return submission;
    }
    throw new IOException("run " + run + " has no first fact");
  }

  /**
   * Returns what was submitted, with its document.
   *
   * @throws IOException if the document is gone from the store
   */
  Submission submission(ContentStore store) throws IOException {
    JsonObject accepted = submission();
    JsonObject document =
        (JsonObject) JsonReader.read(store.read(Submission.documentBlob(accepted)));
    return Submission.fromJson(accepted, document);
  }

  /** Returns the facts from that number on, at most so many. */
  List<CommittedFact> read(long from, int limit) {
    List<CommittedFact> facts = new ArrayList<>();
    for (StoredFact stored : journal.read(run, from, limit)) {
      RunEventCodec.Timed fact = RunEventCodec.decode(stored.text());
      facts.add(new CommittedFact(stored.sequence(), fact.atMillis(), fact.event()));
    }
    return facts;
  }

  /**
   * Calls {@code visitor} for every fact in order.
   *
   * @return the number of the last one
   */
  long forEach(Consumer<CommittedFact> visitor) {
    return forEach(1, visitor);
  }

  /**
   * Calls {@code visitor} for every fact from that number on, in order.
   *
   * @return the number of the last one
   */
  long forEach(long from, Consumer<CommittedFact> visitor) {
    long last = from - 1;
    while (true) {
      List<CommittedFact> page = read(last + 1, PAGE);
      if (page.isEmpty()) {
        return last;
      }
      page.forEach(visitor);
      last = page.getLast().sequence();
    }
  }
}
