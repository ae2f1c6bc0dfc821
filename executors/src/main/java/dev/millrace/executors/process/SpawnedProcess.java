package dev.millrace.executors.process;

/**
 * A process that leads its own session, and what it starts.
 *
 * <p>No signal can hit a stranger. Until {@link #finish} reaps the leader, at the end, it stays a
 * zombie at least, and so its number names nothing else, be it as process, group or session. All
 * processes that are killed by their own number are children of this process (adopted ones), whose
 * numbers are theirs until they are reaped, and only {@link AdoptedProcesses} reaps them.
 */
final class SpawnedProcess implements AttemptProcess {
  private static final long KIB = 1024;
  private static final long MICROS = 1_000_000;

  private final int pid;
  private final Traces traces;
  private final AdoptedProcesses adopted;
  private final long floorKib;

  SpawnedProcess(int pid, Traces traces, AdoptedProcesses adopted) {
    this.pid = pid;
    this.traces = traces;
    this.adopted = adopted;
    NativeMemory memory = NativeMemory.ofThread();
    Libc.ownUsage(memory);
    this.floorKib = maxRssKib(memory);
  }

  @Override
  public void terminate() {
    NativeMemory memory = NativeMemory.ofThread();
    Libc.kill(memory, -pid, Libc.SIGTERM);
    Libc.kill(memory, -pid, Libc.SIGCONT);
  }

  /**
   * Those that left the group die in {@link #finish}, which knows them by having been seen here.
   */
  @Override
  public void kill() {
    adopted.noteDescendants(pid, traces);
    Libc.kill(NativeMemory.ofThread(), -pid, Libc.SIGKILL);
  }

  @Override
  public void awaitExit() {
    Libc.awaitExit(NativeMemory.ofThread(), pid);
  }

  @Override
  public End finish() {
    NativeMemory memory = NativeMemory.ofThread();
    if (!adopted.isNone(memory)) {
      Libc.kill(memory, -pid, Libc.SIGKILL);
      adopted.removeAll(memory, traces);
    }
    if (Libc.reap(memory, pid, 0) != pid) {
      throw new IllegalStateException("process " + pid + " was waited for by someone else");
    }
    return end(memory);
  }

  private End end(NativeMemory memory) {
    int status = memory.bytes().getInt(NativeMemory.STATUS);
    int signal = status & 0x7f;
    int exitCode = signal == 0 ? (status >> 8) & 0xff : 128 + signal;
    long user = timeMicros(memory, NativeMemory.RUSAGE);
    long system = timeMicros(memory, NativeMemory.RUSAGE + 2 * Long.BYTES);
    return new End(exitCode, (user + system) / 1_000, maxRssBytes(memory));
  }

  private static long timeMicros(NativeMemory memory, int place) {
    return memory.bytes().getLong(place) * MICROS + memory.bytes().getLong(place + Long.BYTES);
  }

  private static long maxRssKib(NativeMemory memory) {
    return memory.bytes().getLong(NativeMemory.RUSAGE + 4 * Long.BYTES);
  }

  /**
   * The kernel counts the memory that a process borrowed from its parent before its exec: that of
   * this virtual machine. A figure no larger than that says nothing of the command.
   */
  private long maxRssBytes(NativeMemory memory) {
    long kib = maxRssKib(memory);
    return kib > floorKib ? kib * KIB : -1;
  }
}
