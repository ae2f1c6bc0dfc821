package dev.millrace.executors.process;

import dev.millrace.executor.ExecutionOutcome;
import dev.millrace.executor.ExecutionOutcome.NotStartable;
import dev.millrace.executor.ExecutionRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Launches with posix_spawn(3) of the GNU C library: 2.4 times the rate of {@link ProcessBuilder},
 * which executes a second program in between, and every process leads a session of its own, which
 * {@code ProcessBuilder} cannot give.
 *
 * <p>A text file that another launch's child, between its fork and its exec, still holds open for
 * writing cannot be executed (ETXTBSY) although this process has closed it: so that error is tried
 * again for a while.
 */
final class PosixSpawnLauncher implements ProcessLauncher {
  private static final int FILE_MODE = 0600;
  private static final int BUSY_TRIES = 10;
  private static final byte[] DEV_NULL = NativeMemory.encode("/dev/null");

  private final CommandLookup lookup = new CommandLookup();
  private final AdoptedProcesses adopted;
  private final EngineGuard guard;

  PosixSpawnLauncher(EngineMark mark) {
    this.adopted = AdoptedProcesses.ofThisProcess();
    this.guard = new EngineGuard(mark);
  }

  /** Tells whether this machine has what the launcher needs. */
  static boolean isAvailable() {
    return Libc.isSupported() && Libc.isComplete() && AdoptedProcesses.ofThisProcess().isActive();
  }

  @Override
  public Launch launch(ExecutionRequest request, String mark) {
    String program =
        lookup.find(request.argv().getFirst(), request.environment(), request.workingDirectory());
    if (program == null) {
      return new Launch.Refused(LaunchFailure.notFound(request));
    }
    String unusable = LaunchFailure.unusableText(request);
    if (unusable != null) {
      return new Launch.Refused(new NotStartable(unusable));
    }
    ExecutionOutcome noGuard = guard.ensureStarted();
    if (noGuard != null) {
      return new Launch.Refused(noGuard);
    }
    NativeMemory memory = NativeMemory.ofThread();
    int errno = spawn(memory, request, program, mark);
    for (int i = 1; errno == LaunchFailure.ETXTBSY && i < BUSY_TRIES; i++) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1L << i));
      errno = spawn(memory, request, program, mark);
    }
    if (errno != 0) {
      return new Launch.Refused(LaunchFailure.explain(errno, request, program));
    }
    int pid = memory.bytes().getInt(NativeMemory.PID);
    return new Launch.Started(new SpawnedProcess(pid, new Traces(pid, mark, request), adopted));
  }

  /** Returns 0 or an error number; the output files may be there then, but are empty. */
  private static int spawn(
      NativeMemory memory, ExecutionRequest request, String program, String mark) {
    List<byte[]> argv = encodeAll(request.argv());
    List<byte[]> environment = encodeEnvironment(request.environment(), mark);
    byte[] file = NativeMemory.encode(program);
    byte[] stdout = NativeMemory.encode(request.stdout().toString());
    byte[] stderr = NativeMemory.encode(request.stderr().toString());
    byte[] directory = NativeMemory.encode(request.workingDirectory().toString());
    List<byte[]> paths = List.of(file, stdout, stderr, directory, DEV_NULL);
    memory.clearStrings(
        NativeMemory.roomOf(argv) + NativeMemory.roomOf(environment) + NativeMemory.roomOf(paths));
    memory.readyAttributes();
    int output = Libc.O_WRONLY | Libc.O_CREAT | Libc.O_NOFOLLOW;
    Libc.initActions(memory);
    Libc.addOpen(memory, 0, memory.put(DEV_NULL), Libc.O_RDONLY, 0);
    Libc.addOpen(memory, 1, memory.put(stdout), output, FILE_MODE);
    Libc.addOpen(memory, 2, memory.put(stderr), output, FILE_MODE);
    Libc.addChdir(memory, memory.put(directory));
    Libc.addCloseFrom(memory, 3);
    int errno =
        Libc.spawn(memory, memory.put(file), memory.putAll(argv), memory.putAll(environment));
    Libc.destroyActions(memory);
    return errno;
  }

  private static List<byte[]> encodeAll(List<String> strings) {
    List<byte[]> encoded = new ArrayList<>(strings.size());
    for (String string : strings) {
      encoded.add(NativeMemory.encode(string));
    }
    return encoded;
  }

  private static List<byte[]> encodeEnvironment(Map<String, String> environment, String mark) {
    List<byte[]> encoded = new ArrayList<>(environment.size() + 1);
    for (Map.Entry<String, String> variable : environment.entrySet()) {
      if (!variable.getKey().equals(EngineMark.VARIABLE)) {
        encoded.add(NativeMemory.encode(variable.getKey() + "=" + variable.getValue()));
      }
    }
    encoded.add(NativeMemory.encode(EngineMark.VARIABLE + "=" + mark));
    return encoded;
  }

  @Override
  public void tidy() {
    adopted.reapEnded(NativeMemory.ofThread());
  }

  @Override
  public void close() {
    guard.close();
  }
}
