package dev.millrace.runtime;

import dev.millrace.digest.Digest;
import dev.millrace.journal.RunRecord;
import dev.millrace.json.JsonObject;
import java.io.IOException;

/**
 * A run made again from its facts, wherever they come from. Facts are added by one thread; what was
 * added may be read by it too.
 */
public final class RunReplay {
  private final RunHistory history;

  private RunReplay(RunHistory history) {
    this.history = history;
  }

  /** Returns which blob holds the document of a submission, as a run's first fact keeps it. */
  public static Digest documentOf(JsonObject accepted) {
    return Submission.documentBlob(accepted);
  }

  /**
   * Begins with a run before its first fact.
   *
   * @param accepted the submission, as the run's first fact keeps it
   * @param document that was submitted
   * @throws IOException if the document is one of another version
   */
  public static RunReplay begin(RunRecord record, JsonObject accepted, JsonObject document)
      throws IOException {
    Submission submission = Submission.fromJson(accepted, document);
    RunPlan plan = new RunPlan(Replanning.plan(submission));
    return new RunReplay(new RunHistory(record, plan, submission));
  }

  /** Adds the next fact. */
  public void add(CommittedFact fact) {
    history.add(fact);
  }

  /** Returns the run as the facts so far tell it. */
  public RunHistory history() {
    return history;
  }
}
