package dev.millrace.daemon;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import sun.misc.Signal;

/**
 * Takes requests until there has been none for a while, and has each carried out on a thread of its
 * own. The first comes with its start. Where another daemon takes requests already, this one
 * carries out its first and ends.
 *
 * <p>It ends without harm at any moment: a client whose request was not {@code taken} has a process
 * of its own carry it out.
 */
public final class Daemon implements Command.Keeper {
  private static final long LOOK_NANOS = Duration.ofMillis(50).toNanos();
  private static final long CHECK_NANOS = Duration.ofSeconds(10).toNanos();
  private static final long SHRINK_NANOS = Duration.ofSeconds(3).toNanos();
  private static final long LAST_CALL_NANOS = Duration.ofSeconds(1).toNanos();

  private final DaemonFiles files;
  private final CommandLine commandLine;
  private final long idleNanos;
  private final Likeness likeness;
  private final Answers answers;
  private final Map<Long, Command> commands = new HashMap<>();
  private final Set<Command> stuck = new HashSet<>();
  private boolean retired;
  private boolean changed;
  private long idleSince = System.nanoTime();
  private long commandsTaken;

  private @Nullable FileChannel lock;

  private Daemon(DaemonFiles files, CommandLine commandLine, Duration idle, Likeness likeness) {
    this.files = files;
    this.commandLine = commandLine;
    this.likeness = likeness;
    idleNanos = idle.toNanos();
    answers = new Answers(files.own());
  }

  /**
   * How a daemon is started.
   *
   * @param own its directory, in which the launcher has made {@code requests}
   * @param client the process that has started it and reads this process's stdout
   * @param words how many words the client's command has
   * @param jdk the JDK that runs this process, as launchers call it
   * @param idle for how long it waits for a further command
   */
  public record Start(Path own, long client, int words, String jdk, Duration idle) {}

  /**
   * Works until it is not needed any more.
   *
   * @throws IOException if it cannot work; the first client sees that it was not served
   */
  public static void serve(Start start, CommandLine commandLine) throws IOException {
    ClientProcess client = ClientProcess.of(start.client);
    DaemonFiles files = new DaemonFiles(start.own);
    files.sign();
    Daemon daemon = new Daemon(files, commandLine, start.idle, client.likeness());
    try (RandomAccessFile requests = new RandomAccessFile(files.requests().toFile(), "rw")) {
      Answer answer = new Answer(new FileOutputStream(FileDescriptor.out), () -> {});
      daemon.take(client, start.words, answer);
      daemon.listenToSignals();
      Thread.ofPlatform()
          .daemon()
          .name("millrace-requests")
          .start(() -> daemon.read(requests.getChannel()));
      daemon.open(start.jdk);
      daemon.keepHouse();
      daemon.handOver();
      files.remove();
    }
  }

  /** Does what the first command needs, for the start-up cache: the rest can wait until then. */
  public static void prepare() {
    Answer answer = new Answer(OutputStream.nullOutputStream(), ClientLife.NOTHING);
    try {
      ClientProcess self = ClientProcess.of(ProcessHandle.current().pid());
      DaemonFiles files = new DaemonFiles(self.directory());
      Daemon daemon = new Daemon(files, _ -> 0, Duration.ZERO, self.likeness());
      daemon.follow("run " + self.pid() + " 0 none");
      daemon.take(self, 0, answer);
    } catch (IOException e) {
      // As where there is no /proc: there will be no daemon either.
    }
  }

  /** Takes requests from now on; only its first command where another does, or it cannot. */
  private void open(String jdk) {
    try {
      lock = files.lock();
      if (lock == null) {
        retire();
        return;
      }
      files.sweep();
      answers.replenish();
      files.publish(jdk);
    } catch (IOException e) {
      retire();
    }
  }

  /** Lets another daemon take what comes from now on. */
  private void handOver() {
    try (FileChannel held = lock) {
      if (held != null) {
        files.withdraw();
      }
    } catch (IOException e) {
      // Launchers find a process that is gone, then.
    }
    lock = null;
  }

  /** Whoever kills this process means what is carried out. */
  private void listenToSignals() {
    Signal.handle(new Signal("HUP"), _ -> {});
    for (Request.Signal signal : List.of(Request.Signal.TERM, Request.Signal.INT)) {
      Signal.handle(
          new Signal(signal.name()),
          _ -> {
            retire();
            running().forEach(command -> command.notify(signal));
          });
    }
  }

  private void read(FileChannel requests) {
    try {
      BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(Channels.newInputStream(requests), StandardCharsets.US_ASCII));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        follow(line);
      }
    } catch (IOException e) {
      // It will not hear of anything any more.
    } finally {
      retire();
    }
  }

  private void follow(String line) {
    switch (Request.parse(line)) {
      case null -> {}
      case Request.Run(long pid, int words, String name) -> {
        Answer answer = answers.take(name);
        if (answer != null) {
          take(pid, words, answer);
        }
      }
      case Request.Notify(long pid, Request.Signal signal) -> {
        Command command = running(pid);
        if (command != null) {
          command.notify(signal);
        }
      }
      case Request.Quit() -> retire();
    }
  }

  private void take(long pid, int words, Answer answer) {
    try {
      ClientProcess client = ClientProcess.of(pid);
      if (client.likeness().equals(likeness)) {
        take(client, words, answer);
        return;
      }
    } catch (IOException e) {
      // It is told below: what cannot be seen cannot be done here.
    }
    answer.decline();
  }

  private void take(ClientProcess client, int words, Answer answer) {
    try {
      List<String> command = client.lastWords(words);
      begin(Command.of(client, answer, this), command);
    } catch (IOException e) {
      answer.decline();
    }
  }

  private synchronized void begin(Command command, List<String> words) {
    commands.put(command.pid(), command);
    commandsTaken++;
    command.begin(words, commandLine);
    change();
  }

  private synchronized @Nullable Command running(long pid) {
    return commands.get(pid);
  }

  private synchronized List<Command> running() {
    return new ArrayList<>(commands.values());
  }

  @Override
  public synchronized void ended(Command command) {
    commands.remove(command.pid(), command);
    stuck.remove(command);
    idleSince = System.nanoTime();
    change();
  }

  @Override
  public synchronized void stuck(Command command) {
    commands.remove(command.pid(), command);
    stuck.add(command);
    retire();
  }

  /** From now on it only waits for the end of what it has taken. */
  private synchronized void retire() {
    retired = true;
    idleSince = System.nanoTime();
    change();
  }

  /** Looks after clients, pipes, memory and its own end. */
  private void keepHouse() {
    long shrunk = 0;
    long checked = System.nanoTime();
    while (!mayEnd()) {
      running().forEach(Command::look);
      long now = System.nanoTime();
      boolean toCheck = now - checked > CHECK_NANOS;
      checked = toCheck ? now : checked;
      if (isRetired()) {
        handOver();
      } else if (isIdleFor(idleNanos) || (toCheck && !files.isCurrent())) {
        retire();
      } else {
        replenish();
      }
      if (isIdleFor(SHRINK_NANOS) && shrunk < taken()) {
        shrunk = taken();
        System.gc();
      }
      pause(shrunk);
    }
  }

  private void replenish() {
    try {
      answers.replenish();
    } catch (IOException e) {
      // No room, or no directory any more: without pipes nobody can ask.
      retire();
    }
  }

  private synchronized boolean isRetired() {
    return retired;
  }

  private synchronized long taken() {
    return commandsTaken;
  }

  private synchronized boolean isIdleFor(long nanos) {
    return commands.isEmpty() && System.nanoTime() - idleSince >= nanos;
  }

  /** Who has read that this daemon is there, and asks it, is still served. */
  private synchronized boolean mayEnd() {
    return retired && commands.isEmpty() && (!stuck.isEmpty() || isIdleFor(LAST_CALL_NANOS));
  }

  private synchronized void pause(long shrunk) {
    long idle = System.nanoTime() - idleSince;
    long next = LOOK_NANOS;
    if (commands.isEmpty() && !retired) {
      next = Math.min(CHECK_NANOS, idleNanos - idle);
      next = shrunk < commandsTaken ? Math.min(next, SHRINK_NANOS - idle) : next;
    }
    long deadline = System.nanoTime() + next;
    try {
      for (long left = next; !changed && left > 0; left = deadline - System.nanoTime()) {
        wait(Math.max(1, Duration.ofNanos(left).toMillis()));
      }
    } catch (InterruptedException e) {
      retired = true;
    }
    changed = false;
  }

  private synchronized void change() {
    changed = true;
    notifyAll();
  }
}
