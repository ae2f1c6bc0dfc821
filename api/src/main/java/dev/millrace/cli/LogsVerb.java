package dev.millrace.cli;

import dev.millrace.cache.ActionResult;
import dev.millrace.cli.Syntax.Option;
import dev.millrace.cli.Syntax.Positional;
import dev.millrace.client.MillraceClient.LogStream;
import dev.millrace.content.MissingBlobException;
import dev.millrace.digest.Digest;
import dev.millrace.journal.StateLock;
import dev.millrace.run.Failure;
import dev.millrace.run.TaskPhase;
import dev.millrace.run.TaskStatus;
import dev.millrace.runtime.RunHistory;
import dev.millrace.runtime.RunHistory.AttemptHistory;
import dev.millrace.runtime.RunReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Writes what a task wrote, byte for byte. */
final class LogsVerb implements Verb {
  private static final String BETWEEN = "---- stderr ----";
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

  @Override
  public Syntax syntax() {
    return new Syntax(
        "logs",
        "Writes what a task wrote to stdout and stderr.",
        List.of(
            new Positional("RUN TASK", "[RUN] TASK: a task, of the latest run by default", 1, 2)),
        List.of(
            Option.flag("--stdout", "only what it wrote to stdout"),
            Option.flag("--stderr", "only what it wrote to stderr"),
            Option.value("--attempt", "N", "an earlier attempt (default: the last)"),
            Option.flag("--follow", "wait for what it writes until it has ended"),
            Past.STATE,
            Past.SERVER,
            Past.TOKEN_FILE,
            Past.CA));
  }

  /** What a finished attempt wrote. */
  private record Texts(Digest stdout, Digest stderr) {}

  /** Which texts are wanted, of what. */
  private record Wanted(
      RunReader archive, Arguments arguments, Session session, String run, int task) {
    boolean both() {
      return arguments.has("--stdout") == arguments.has("--stderr");
    }

    boolean stdout() {
      return both() || arguments.has("--stdout");
    }

    boolean stderr() {
      return both() || arguments.has("--stderr");
    }

    RunHistory read() throws IOException {
      return archive.read(archive.find(run).getFirst());
    }
  }

  @Override
  public int execute(Arguments arguments, Session session) throws Refusal, IOException {
    try (RunReader archive = Past.open(arguments, session)) {
      String second = arguments.positional(1);
      String named = second == null ? null : arguments.positional(0);
      String task = second == null ? arguments.positionals().getFirst() : second;
      RunHistory history = archive.read(Past.run(archive, named));
      int number = Past.task(history, task);
      Wanted wanted = new Wanted(archive, arguments, session, history.record().id(), number);
      boolean follow = arguments.has("--follow");
      Integer attempt = arguments.count("--attempt");
      if (follow && attempt != null) {
        throw Refusal.badInput("--follow shows the attempt that runs; leave out --attempt");
      }
      if (archive instanceof Remote remote) {
        there(remote, wanted, history, attempt);
        return ExitCode.OK;
      }
      if (follow) {
        history = awaitStart(wanted, history);
      }
      Integer running = running(history, number);
      if (running != null && (attempt == null || attempt.equals(running))) {
        live(wanted, history, running, follow);
      } else {
        stored(wanted, texts(history, number, attempt), List.of(0L, 0L));
      }
    }
    return ExitCode.OK;
  }

  /** Of a task of a server: as it comes what is not in its store yet. */
  private static void there(
      Remote remote, Wanted wanted, RunHistory history, @Nullable Integer attempt)
      throws Refusal, IOException {
    List<LogStream> streams = new ArrayList<>();
    if (wanted.stdout()) {
      streams.add(LogStream.STDOUT);
    }
    if (wanted.stderr()) {
      streams.add(LogStream.STDERR);
    }
    String name = history.view().taskName(wanted.task);
    RemoteLog log = new RemoteLog(remote.client(), wanted.run, name, streams);
    Integer running = running(history, wanted.task);
    if (wanted.arguments.has("--follow")
        && !history.view().taskStatus(wanted.task).phase().settled()) {
      log.follow(wanted.session.printer());
    } else if (running != null && (attempt == null || attempt.equals(running))) {
      log.copy(running, BETWEEN, wanted.session.printer());
    } else {
      stored(wanted, texts(history, wanted.task, attempt), List.of(0L, 0L));
    }
  }

  private static @Nullable Integer running(RunHistory history, int task) {
    return history.view().taskStatus(task) instanceof TaskStatus.Running(_, int attempt, _)
        ? attempt
        : null;
  }

  /** Waits until the task runs or has ended. */
  private static RunHistory awaitStart(Wanted wanted, RunHistory history)
      throws Refusal, IOException {
    Path state = Project.existingState(wanted.session, wanted.arguments);
    RunHistory now = history;
    while (!now.view().taskStatus(wanted.task).phase().settled()
        && running(now, wanted.task) == null
        && StateLock.isHeld(state)) {
      Asking.pause();
      now = wanted.read();
    }
    return now;
  }

  private static void live(Wanted wanted, RunHistory history, int number, boolean follow)
      throws Refusal, IOException {
    Path state = Project.existingState(wanted.session, wanted.arguments);
    RunningAttempt attempt = find(wanted, state, number);
    if (attempt == null) {
      RunHistory now = wanted.read();
      stored(wanted, texts(now, wanted.task, number), List.of(0L, 0L));
      return;
    }
    List<String> secrets = new ArrayList<>();
    int step = history.view().stepOf(wanted.task);
    for (String variable : history.view().plan().step(step).step().secrets().keySet()) {
      secrets.add(attempt.variable(variable));
    }
    LiveLog log = new LiveLog(attempt, secrets, wanted.session.printer().bytes());
    if (follow) {
      follow(wanted, state, number, attempt, log);
      return;
    }
    long written = wanted.stdout() ? log.copy(attempt.stdout()) : 0;
    if (wanted.both() && written > 0 && Files.size(attempt.stderr()) > 0) {
      wanted.session.printer().line(BETWEEN);
      wanted.session.printer().flush();
    }
    if (wanted.stderr()) {
      log.copy(attempt.stderr());
    }
  }

  /** Its process may be about to start; what cannot be found at all is refused by the caller. */
  private static @Nullable RunningAttempt find(Wanted wanted, Path state, int number)
      throws IOException {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    RunningAttempt attempt = RunningAttempt.find(state, wanted.run, wanted.task, number);
    while (attempt == null
        && System.nanoTime() < deadline
        && Integer.valueOf(number).equals(running(wanted.read(), wanted.task))
        && StateLock.isHeld(state)) {
      Asking.pause();
      attempt = RunningAttempt.find(state, wanted.run, wanted.task, number);
    }
    return attempt;
  }

  /** Shows both texts as they come, and what is missing of them when the attempt has ended. */
  private static void follow(
      Wanted wanted, Path state, int number, RunningAttempt attempt, LiveLog log)
      throws Refusal, IOException {
    List<Path> files = new ArrayList<>();
    if (wanted.stdout()) {
      files.add(attempt.stdout());
    }
    if (wanted.stderr()) {
      files.add(attempt.stderr());
    }
    List<Long> seen = new ArrayList<>(log.follow(files));
    if (!wanted.stdout()) {
      seen.addFirst(0L);
    }
    seen.add(0L);
    RunHistory now = wanted.read();
    while (Integer.valueOf(number).equals(running(now, wanted.task)) && StateLock.isHeld(state)) {
      Asking.pause();
      now = wanted.read();
    }
    TaskPhase phase = now.view().taskStatus(wanted.task).phase();
    if (phase != TaskPhase.CANCELLED && phase != TaskPhase.RUNNING) {
      stored(wanted, texts(now, wanted.task, number), seen);
    }
  }

  /**
   * Writes the texts of an attempt that has ended.
   *
   * @param seen how much of stdout and of stderr was written before
   */
  private static void stored(Wanted wanted, Texts texts, List<Long> seen)
      throws Refusal, IOException {
    Printer printer = wanted.session.printer();
    if (wanted.stdout()) {
      copy(wanted.archive, texts.stdout, seen.get(0), printer);
    }
    boolean live = seen.get(0) + seen.get(1) > 0;
    if (wanted.both() && !live && texts.stdout.size() > 0 && texts.stderr.size() > 0) {
      printer.line(BETWEEN);
    }
    if (wanted.stderr()) {
      copy(wanted.archive, texts.stderr, seen.get(1), printer);
    }
  }

  private static Texts texts(RunHistory history, int task, @Nullable Integer attempt)
      throws Refusal {
    List<AttemptHistory> attempts = history.task(task).attempts();
    TaskStatus status = history.view().taskStatus(task);
    ActionResult result = history.result(task);
    if (result != null && (attempt == null || attempt == attempts.size() || attempts.isEmpty())) {
      return new Texts(result.stdout(), result.stderr());
    }
    int wanted = attempt == null ? attempts.size() : attempt;
    for (AttemptHistory one : attempts) {
      Failure failure = one.failure();
      if (one.number() == wanted && failure != null) {
        return new Texts(failure.stdout(), failure.stderr());
      }
    }
    if (status instanceof TaskStatus.Running) {
      throw Refusal.badInput(
          history.view().taskName(task) + " runs, but no process of it can be seen from here",
          "what it has written can be seen when it has ended; or its engine was interrupted: the"
              + " same `millrace run` goes on");
    }
    throw Refusal.badInput(
        "there is no log of "
            + history.view().taskName(task)
            + (attempt == null ? "" : ", attempt " + attempt)
            + ": it is "
            + TaskText.status(status)
            + " and has made "
            + Amounts.count(attempts.size(), "attempt", "attempts"));
  }

  private static void copy(RunReader archive, Digest text, long from, Printer printer)
      throws Refusal, IOException {
    try (InputStream in = archive.store().open(text)) {
      in.skipNBytes(Math.min(from, text.size()));
      in.transferTo(printer.bytes());
    } catch (MissingBlobException e) {
      throw Refusal.cannotWork(
          "the log is gone from the store: " + e.getMessage(),
          "`millrace cache verify` finds what else is; running again makes it anew");
    }
    printer.flush();
  }
}
