package dev.millrace.cli;

import dev.millrace.content.Trees;
import dev.millrace.journal.RunRecord;
import dev.millrace.journal.StateLock;
import dev.millrace.plan.Plan;
import dev.millrace.run.RunStatus;
import dev.millrace.runtime.CommittedFact;
import dev.millrace.runtime.RunArchive;
import dev.millrace.runtime.RunEnd;
import dev.millrace.runtime.RunTail;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/** Shows a run from its beginning until it has ended, whoever runs it. */
final class WatchVerb implements Verb {
  private static final int PAGE = 500;

  @Override
  public Syntax syntax() {
    return new Syntax(
        "watch",
        "Shows a run of another terminal, or of a server, until it has ended.",
        List.of(Past.RUN),
        List.of(
            Past.STATE,
            Past.SERVER,
            Past.TOKEN_FILE,
            Past.CA,
            RunSettings.JSON,
            RunSettings.PLAIN));
  }

  @Override
  public int execute(Arguments arguments, Session session) throws Refusal, IOException {
    if (Past.isRemote(arguments, session)) {
      return new RemoteRun(arguments, session).watch();
    }
    Path state = Project.existingState(session, arguments);
    try (RunArchive archive = Past.archive(arguments, session)) {
      RunRecord run = Past.run(archive, arguments.positional(0));
      RunDisplay display = RunSettings.display(arguments, session, Project.option(session, state));
      RunFollower follower = new RunFollower();
      CompletableFuture<RunEnd> done = new CompletableFuture<>();
      RunTail tail = archive.tail(run.id());
      Plan plan = tail.view().plan();
      Thread.ofPlatform()
          .daemon()
          .name("millrace-watch")
          .start(
              () -> {
                try {
                  done.complete(read(archive, run, tail, follower, state));
                } catch (IOException | RuntimeException e) {
                  done.completeExceptionally(e);
                }
              });
      RunStart start = new RunStart(run.id(), run.pipeline(), false, 0, 0);
      return new Following(plan, new Trees(archive.store()), null, wallMillis(run))
          .toEnd(new RunInProgress(start, done, null), follower, display, session.signals());
    }
  }

  /** Returns how long a run took, or takes since its submission. */
  static LongSupplier wallMillis(RunRecord run) {
    Instant finished = run.summary().finished();
    long submitted = run.submitted().toEpochMilli();
    return () ->
        (finished == null ? System.currentTimeMillis() : finished.toEpochMilli()) - submitted;
  }

  private static RunEnd read(
      RunArchive archive, RunRecord run, RunTail tail, RunFollower follower, Path state)
      throws IOException {
    long last = 0;
    while (true) {
      // Whether anybody works on it is asked first: what it did before is read below.
      boolean goesOn = StateLock.isHeld(state);
      List<CommittedFact> page = tail.read(last + 1, PAGE);
      if (!page.isEmpty()) {
        last = page.getLast().sequence();
        follower.committed(tail.view(), page);
      } else if (tail.view().status() != RunStatus.RUNNING) {
        return new RunEnd(run.id(), tail.view().status(), archive.outputs(archive.read(run)));
      } else if (!goesOn) {
        throw new IOException(
            "run "
                + run.id()
                + " was interrupted and no engine has it: `millrace run` with the"
                + " same document goes on");
      } else {
        Asking.pause();
      }
    }
  }
}
