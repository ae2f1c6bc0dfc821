package dev.millrace.executors.process;

import dev.millrace.executor.ExecutionOutcome;
import dev.millrace.executor.ExecutionOutcome.NoRoom;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A shell that outlives the engine, should the engine be killed, and then kills the engine's
 * attempts.
 *
 * <p>It reads from a pipe whose writing end only the engine has. A word means an orderly end; the
 * end of the file means that the engine is dead, whatever killed it. Then the shell kills every
 * process whose environment carries the engine's mark, and the group that it leads, until several
 * searches in a row find none: a child between its fork and its exec shows its mark only later. It
 * leads a session of its own and ignores the signals of a terminal, holds neither the terminal nor
 * the engine's output, and is started anew should someone kill it. {@link LeftoverProcesses} does
 * what remains when both are killed.
 */
final class EngineGuard implements AutoCloseable {
  private static final String SHELL = "/bin/sh";
  private static final String SCRIPT =
      """
      trap '' HUP INT QUIT TERM TSTP
      read -r word && exit 0
      quiet=0 rounds=0
      while [ $quiet -lt 5 ] && [ $rounds -lt 1000 ]; do
        quiet=$((quiet + 1)) rounds=$((rounds + 1))
        for file in $(grep -lF "$1" /proc/[0-9]*/environ 2>/dev/null); do
          pid=${file#/proc/}
          pid=${pid%/environ}
          kill -9 "-$pid" 2>/dev/null
          kill -9 "$pid" 2>/dev/null && quiet=0
        done
        sleep 0.05 2>/dev/null || sleep 1
      done
      """;
  private static final long TOO_SHORT_A_LIFE = TimeUnit.SECONDS.toNanos(1);
  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long CLOSE_MILLIS = 5_000;

  private final EngineMark mark;
  private volatile boolean settled;
  private volatile boolean closed;
  private int readingEnd = -1;
  private int writingEnd = -1;
  private @Nullable Thread keeper;

  EngineGuard(EngineMark mark) {
    this.mark = mark;
  }

  /**
   * Makes sure that the guard is there before the first attempt is. A machine without a shell goes
   * on without a guard.
   *
   * @return null, or why no attempt can be started now
   */
  @Nullable ExecutionOutcome ensureStarted() {
    return settled ? null : start();
  }

  private synchronized @Nullable ExecutionOutcome start() {
    if (settled || closed) {
      return null;
    }
    NativeMemory memory = NativeMemory.ofThread();
    if (!Libc.pipe(memory)) {
      return new NoRoom("no file descriptor for the guard of attempts");
    }
    readingEnd = memory.bytes().getInt(NativeMemory.PIPE);
    writingEnd = memory.bytes().getInt(NativeMemory.PIPE + Integer.BYTES);
    boolean roomy = false;
    try {
      CompletableFuture<Integer> started = new CompletableFuture<>();
      keeper = Thread.ofPlatform().daemon().name("millrace-guard").start(() -> keep(started));
      int errno = started.join();
      roomy = !LaunchFailure.isLackOfRoom(errno);
    } finally {
      if (!roomy) {
        closePipe(memory);
      }
    }
    settled = roomy;
    return roomy ? null : new NoRoom("no process for the guard of attempts can be started now");
  }

  /** On a thread of its own, since a child whose thread ends passes for an orphan. */
  private void keep(CompletableFuture<Integer> started) {
    int errno = LaunchFailure.ENOMEM;
    try {
      NativeMemory memory = NativeMemory.ofThread();
      long lived;
      do {
        errno = launch(memory);
        while (started.isDone() && !closed && LaunchFailure.isLackOfRoom(errno)) {
          LockSupport.parkNanos(PAUSE);
          errno = launch(memory);
        }
        started.complete(errno);
        long start = System.nanoTime();
        if (errno != 0) {
          return;
        }
        Libc.reap(memory, memory.bytes().getInt(NativeMemory.PID), 0);
        lived = System.nanoTime() - start;
      } while (!closed && lived > TOO_SHORT_A_LIFE);
    } finally {
      started.complete(errno);
    }
  }

  private int launch(NativeMemory memory) {
    String wanted = EngineMark.VARIABLE + "=" + mark.value() + ".";
    List<byte[]> argv =
        List.of(
            NativeMemory.encode(SHELL),
            NativeMemory.encode("-c"),
            NativeMemory.encode(SCRIPT),
            NativeMemory.encode("millrace-guard"),
            NativeMemory.encode(wanted));
    List<byte[]> environment = List.of(NativeMemory.encode("PATH=/usr/local/bin:/usr/bin:/bin"));
    List<byte[]> paths =
        List.of(
            NativeMemory.encode(SHELL), NativeMemory.encode("/dev/null"), NativeMemory.encode("/"));
    memory.clearStrings(
        NativeMemory.roomOf(argv) + NativeMemory.roomOf(environment) + NativeMemory.roomOf(paths));
    memory.readyAttributes();
    long program = memory.put(paths.get(0));
    long devNull = memory.put(paths.get(1));
    Libc.initActions(memory);
    Libc.addDup2(memory, readingEnd, 0);
    Libc.addOpen(memory, 1, devNull, Libc.O_WRONLY, 0);
    Libc.addOpen(memory, 2, devNull, Libc.O_WRONLY, 0);
    Libc.addChdir(memory, memory.put(paths.get(2)));
    Libc.addCloseFrom(memory, 3);
    int errno = Libc.spawn(memory, program, memory.putAll(argv), memory.putAll(environment));
    Libc.destroyActions(memory);
    return errno;
  }

  /** Tells the guard that the engine ends in order, and waits until it is gone. */
  @Override
  public synchronized void close() {
    closed = true;
    Thread keeping = keeper;
    if (keeping == null || writingEnd < 0) {
      return;
    }
    NativeMemory memory = NativeMemory.ofThread();
    Libc.writeLine(memory, writingEnd, "end");
    try {
      keeping.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    closePipe(memory);
  }

  private void closePipe(NativeMemory memory) {
    Libc.close(memory, readingEnd);
    Libc.close(memory, writingEnd);
    readingEnd = -1;
    writingEnd = -1;
  }
}
