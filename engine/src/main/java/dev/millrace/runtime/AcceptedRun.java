package dev.millrace.runtime;

import dev.millrace.digest.Digest;
import dev.millrace.journal.RunRecord;
import dev.millrace.run.RunEvent;
import dev.millrace.run.RunEventCodec;
import dev.millrace.run.RunMachine;
import dev.millrace.run.RunWish;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A run with its first facts, before they are durable. They may hold its end already, where no task
 * is to be run at all.
 *
 * @param record as it is listed
 * @param texts of the facts, for the journal
 * @param facts for who follows the run, once they are durable
 */
record AcceptedRun(
    RunMachine machine, RunRecord record, List<String> texts, List<CommittedFact> facts) {

  /**
   * Accepts a submission.
   *
   * @param digest of the submission
   * @param document blob of the submission's document
   */
  static AcceptedRun of(
      String id, RunPlan plan, Submission submission, Digest digest, Digest document, Instant now) {
    RunMachine machine = new RunMachine(plan.nodes());
    List<RunEvent> facts =
        machine.decide(new RunWish.Accept(submission.toJson(document)), now.toEpochMilli());
    RunRecord record =
        new RunRecord(
            id,
            plan.plan().pipeline().name(),
            digest.text(),
            now,
            submission.labels(),
            new RunView(id, plan, machine.state()).summary(now));
    RunEventCodec codec = new RunEventCodec();
    List<String> texts = new ArrayList<>();
    List<CommittedFact> committed = new ArrayList<>();
    for (RunEvent fact : facts) {
      texts.add(codec.encode(now.toEpochMilli(), fact));
      committed.add(new CommittedFact(texts.size(), now.toEpochMilli(), fact));
    }
    return new AcceptedRun(machine, record, texts, committed);
  }
}
