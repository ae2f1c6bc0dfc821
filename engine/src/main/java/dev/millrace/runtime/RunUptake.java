package dev.millrace.runtime;

import dev.millrace.digest.Digest;
import dev.millrace.journal.Journal;
import dev.millrace.run.RunMachine;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * Makes this engine the owner of runs: of new ones, and of those that a former owner left. Safe for
 * use by many threads.
 *
 * @param node where the runs live
 * @param slots how many processors the engine's steps may use
 */
record RunUptake(
    Journal journal,
    RunContext.Host host,
    double slots,
    EngineNode node,
    Observation observation,
    Takeover takeover,
    WishTaker wishes) {

  /** What a run is asked with. */
  record Asked(RunPlan plan, Submission submission, SourceProvider sources, RunListener listener) {}

  /** Begins a run that nobody has begun. */
  RunHandle begin(Digest digest, Digest document, Asked asked) throws IOException {
    RunPlan plan = asked.plan;
    Submission submission = asked.submission;
    Instant now = Instant.now();
    String id = RunIds.next(now);
    AcceptedRun run = AcceptedRun.of(id, plan, submission, digest, document, now);
    await(journal.create(run.record(), run.texts()));
    RunMachine machine = run.machine();
    EngineObserver.Taken taken =
        new EngineObserver.Taken(id, submission.labels(), now.toEpochMilli(), false);
    CommitBuffer.Owned owned = new CommitBuffer.Owned(id, 1, run.facts().size());
    RunDriver driver = driver(owned, machine, context(id, asked), asked.listener, taken);
    RunHandle handle = new RunHandle(id, false, machine.state(), driver, host.loop());
    host.loop().execute(() -> driver.begin(run.facts()));
    return handle;
  }

  /** Goes on with a run that nobody drives any more. */
  RunHandle goOn(String id, Asked asked) {
    long epoch = journal.claim(id, "pid " + ProcessHandle.current().pid());
    RunMachine machine = new RunMachine(asked.plan.nodes());
    RunContext context = context(id, asked);
    RunFacts facts = new RunFacts(journal, id);
    long last =
        facts.forEach(
            fact -> {
              machine.apply(fact.event());
              context.images().apply(fact.event());
            });
    Takeover.Kept kept = takeover.claim(context, machine.state());
    long accepted = facts.read(1, 1).getFirst().atMillis();
    EngineObserver.Taken taken =
        new EngineObserver.Taken(id, asked.submission.labels(), accepted, true);
    CommitBuffer.Owned owned = new CommitBuffer.Owned(id, epoch, last);
    RunDriver driver = driver(owned, machine, context, asked.listener, taken);
    RunHandle handle = new RunHandle(id, true, machine.state(), driver, host.loop());
    List<WishInbox.Entry> askedMeanwhile = wishes.of(id);
    host.loop()
        .execute(
            () -> {
              // What ran in an engine of this machine and was not found died with it.
              driver.goOn(Set.of(), kept.tasks());
              takeover.adopt(kept, epoch);
              wishes.take(askedMeanwhile);
            });
    return handle;
  }

  private RunContext context(String id, Asked asked) {
    return new RunContext(
        id,
        asked.submission,
        asked.sources,
        asked.plan,
        asked.plan.weights(host.durations(), slots),
        new RunImages(),
        host);
  }

  private RunDriver driver(
      CommitBuffer.Owned owned,
      RunMachine machine,
      RunContext context,
      RunListener following,
      EngineObserver.Taken taken) {
    RunListener listener = observation.observed(owned.run(), following);
    RunDriver driver = new RunDriver(context, machine, journal, owned, listener);
    host.loop()
        .execute(
            () -> {
              node.add(driver);
              observation.taken(taken, driver.done());
            });
    return driver;
  }

  private static void await(CompletionStage<Void> stage) throws IOException {
    try {
      stage.toCompletableFuture().join();
    } catch (CompletionException e) {
      throw new IOException("the run cannot be recorded: " + e.getCause(), e);
    }
  }
}
