package dev.millrace.daemon;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A command that is being carried out for a client, or was. */
final class Command implements ClientLife {
  /** Where launchers have their stdout a second time: the first is theirs to redirect. */
  private static final int STDOUT = 4;

  private static final int STDERR = 5;

  /**
   * A signal that comes just before the client's shell waits for the answer is only handled when
   * that wait is over: so it is given something to read after the begin, and after each signal.
   */
  private static final int NUDGES = 2;

  private static final long QUIET_END_MILLIS = TimeUnit.SECONDS.toMillis(10);
  private static final long UNHEARD_END_MILLIS = 300;

  /** What becomes of a daemon with its commands. */
  interface Keeper {
    /** A command has been answered, and nothing of it is left. */
    void ended(Command command);

    /** A command has been answered but cannot be stopped other than by the end of the process. */
    void stuck(Command command);
  }

  private final ClientProcess client;
  private final Answer answer;
  private final ClientOutput out;
  private final ClientOutput err;
  private final Keeper keeper;
  private Runnable interrupt = NOTHING;
  private Runnable resize = NOTHING;
  private Runnable abandon = NOTHING;
  private boolean answered;
  private int nudges = NUDGES;
  private @Nullable Thread thread;

  private Command(
      ClientProcess client, Answer answer, ClientOutput out, ClientOutput err, Keeper keeper) {
    this.client = client;
    this.answer = answer;
    this.out = out;
    this.err = err;
    this.keeper = keeper;
  }

  /**
   * Makes ready to carry out a command.
   *
   * @throws IOException if the client's streams cannot be written to from here
   */
  static Command of(ClientProcess client, Answer answer, Keeper keeper) throws IOException {
    ClientOutput out = ClientOutput.open(client, STDOUT);
    try {
      return new Command(client, answer, out, ClientOutput.open(client, STDERR), keeper);
    } catch (IOException e) {
      out.close();
      throw e;
    }
  }

  long pid() {
    return client.pid();
  }

  /** Begins, on a thread of its own. */
  synchronized void begin(List<String> words, CommandLine commandLine) {
    Call call =
        new Call(
            words,
            client.directory(),
            client.environment(),
            out,
            err,
            client.descriptor(STDOUT),
            this);
    thread =
        Thread.ofPlatform()
            .name("millrace-command-" + client.pid())
            .start(() -> carryOut(call, commandLine));
  }

  private void carryOut(Call call, CommandLine commandLine) {
    int exitCode = 1;
    try {
      answer.taken();
      exitCode = commandLine.execute(call);
    } finally {
      // Before the answer: whoever reads the client's pipe must see its end with the client's.
      close(out);
      close(err);
      if (becomesAnswered()) {
        answer.ended(exitCode);
        keeper.ended(this);
      }
    }
  }

  private static void close(ClientOutput output) {
    try {
      output.close();
    } catch (IOException e) {
      // Whoever read it is gone.
    }
  }

  private synchronized boolean becomesAnswered() {
    boolean now = !answered;
    answered = true;
    return now;
  }

  /** Tells the command of a signal that its client got. */
  void notify(Request.Signal signal) {
    synchronized (this) {
      nudges = NUDGES;
    }
    if (signal == Request.Signal.WINCH) {
      listener(signal).run();
      return;
    }
    Runnable listener = listener(signal);
    if (listener.equals(NOTHING)) {
      endAsIfKilled(signal.exitCode);
    } else {
      listener.run();
    }
  }

  private synchronized Runnable listener(Request.Signal signal) {
    return signal == Request.Signal.WINCH ? resize : interrupt;
  }

  /** Looks after the client. Ends the command if it has ended. */
  void look() {
    if (!client.isAlive()) {
      endAsIfKilled(Request.Signal.INT.exitCode);
    } else if (takesNudge()) {
      answer.nudge();
    }
  }

  private synchronized boolean takesNudge() {
    boolean takes = nudges > 0 && !answered;
    nudges -= takes ? 1 : 0;
    return takes;
  }

  /** As a process would end that handles no signal: without a word, and nothing is left of it. */
  private void endAsIfKilled(int exitCode) {
    Runnable listener;
    Thread working;
    synchronized (this) {
      if (answered) {
        return;
      }
      answered = true;
      listener = abandon;
      working = thread;
    }
    close(out);
    close(err);
    listener.run();
    long patience = listener.equals(NOTHING) ? UNHEARD_END_MILLIS : QUIET_END_MILLIS;
    Thread.ofPlatform()
        .daemon()
        .name("millrace-end-" + client.pid())
        .start(() -> awaitEnd(working, patience, exitCode));
  }

  private void awaitEnd(@Nullable Thread working, long patienceMillis, int exitCode) {
    boolean over = working == null;
    try {
      over = working == null || working.join(Duration.ofMillis(patienceMillis));
    } catch (InterruptedException e) {
      // Nobody does that; it counts as stuck.
    }
    answer.ended(exitCode);
    if (over) {
      keeper.ended(this);
    } else {
      keeper.stuck(this);
    }
  }

  @Override
  public synchronized void onInterrupt(Runnable listener) {
    interrupt = listener;
  }

  @Override
  public synchronized void onResize(Runnable listener) {
    resize = listener;
  }

  @Override
  public void onAbandoned(Runnable listener) {
    boolean late;
    synchronized (this) {
      abandon = listener;
      late = answered;
    }
    if (late) {
      listener.run();
    }
  }

  @Override
  public void halt(int exitCode) {
    if (becomesAnswered()) {
      close(out);
      close(err);
      answer.ended(exitCode);
      keeper.stuck(this);
    }
  }
}
