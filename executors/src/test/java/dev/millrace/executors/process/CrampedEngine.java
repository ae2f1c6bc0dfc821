package dev.millrace.executors.process;

import dev.millrace.executor.ExecutionOutcome;
import dev.millrace.executor.ExecutionRequest;
import dev.millrace.executor.OutcomeRecorder;
import java.io.FileInputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/**
 * An engine on a machine that has no room for another process, and then has. Writes down how each
 * attempt ended.
 */
final class CrampedEngine {
  /** The file of notes in its folder, one a line. */
  static final String NOTES = "notes";

  private static final Duration UNSEEN = Duration.ofMillis(300);
  private static final int RLIMIT_NPROC = 6;

  private final Path folder;
  private final ProcessTaskExecutor executor;
  private final List<String> notes = new ArrayList<>();
  private int count;

  private CrampedEngine(Path folder) {
    this.folder = folder;
    executor = new ProcessTaskExecutor(folder);
  }

  /** Takes what is to be lacking, and a folder for everything. */
  public static void main(String[] args) throws Throwable {
    CrampedEngine engine = new CrampedEngine(Path.of(args[1]));
    switch (args[0]) {
      case "files" -> engine.lackFiles(args[2]);
      case "processes" -> engine.lackProcesses();
      default -> engine.start(engine.request("exit 7"));
    }
    engine.executor.close();
    Files.write(engine.folder.resolve(NOTES), engine.notes);
  }

  private void lackFiles(String token) throws IOException {
    ExecutionRequest first = request("exit 3");
    // Made before, since its class comes from a jar that the JVM opens when it first needs it.
    OutcomeRecorder recorder = new OutcomeRecorder();
    Deque<FileInputStream> taken = takeAllFiles();
    start(first);
    run(first);
    release(taken, taken.size());
    start(first);
    ExecutionRequest daemon = request("setsid sleep " + token + " & exit 4");
    taken = takeAllFiles();
    var _ = executor.start(daemon, recorder);
    long until = System.nanoTime() + UNSEEN.toNanos();
    while (!recorder.isEnded() && System.nanoTime() < until) {
      Thread.onSpinWait();
    }
    note(recorder.isEnded() ? "ended unseen" : "not ended");
    release(taken, taken.size());
    note(recorder.await());
  }

  private static Deque<FileInputStream> takeAllFiles() {
    Deque<FileInputStream> taken = new ArrayDeque<>();
    try {
      while (true) {
        taken.add(new FileInputStream("/dev/null"));
      }
    } catch (IOException e) {
      return taken;
    }
  }

  private static void release(Deque<FileInputStream> taken, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      taken.remove().close();
    }
  }

  private void lackProcesses() throws Throwable {
    ExecutionRequest first = request("exit 3");
    long most = limitProcesses(1);
    start(first);
    run(first);
    limitProcesses(most);
    start(first);
    ExecutionRequest second = request("exit 4");
    limitProcesses(1);
    start(second);
    run(second);
    limitProcesses(most);
    run(second);
  }

  /** Sets how many processes and threads this user may have; returns how many there could be. */
  @SuppressWarnings("restricted")
  private static long limitProcesses(long most) throws Throwable {
    Linker linker = Linker.nativeLinker();
    FunctionDescriptor signature =
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment limit = arena.allocate(ValueLayout.JAVA_LONG, 2);
      var get = linker.downcallHandle(linker.defaultLookup().findOrThrow("getrlimit"), signature);
      var set = linker.downcallHandle(linker.defaultLookup().findOrThrow("setrlimit"), signature);
      int got = (int) get.invokeExact(RLIMIT_NPROC, limit);
      long before = limit.getAtIndex(ValueLayout.JAVA_LONG, 0);
      limit.setAtIndex(ValueLayout.JAVA_LONG, 0, most);
      int done = (int) set.invokeExact(RLIMIT_NPROC, limit);
      if (got != 0 || done != 0) {
        throw new IllegalStateException("the limit of processes cannot be set");
      }
      return before;
    }
  }

  private void start(ExecutionRequest request) {
    OutcomeRecorder recorder = new OutcomeRecorder();
    var _ = executor.start(request, recorder);
    note(recorder.await());
  }

  private void run(ExecutionRequest request) {
    OutcomeRecorder recorder = new OutcomeRecorder();
    executor.run(request, handle -> {}, recorder);
    note(recorder.await());
  }

  private void note(ExecutionOutcome outcome) {
    note(
        outcome instanceof ExecutionOutcome.Exited(int code, _)
            ? "Exited " + code
            : outcome.getClass().getSimpleName());
  }

  private void note(String text) {
    notes.add(text);
  }

  private ExecutionRequest request(String script) throws IOException {
    count++;
    Path sandbox = Files.createDirectories(folder.resolve("sandbox-" + count));
    return new ExecutionRequest(
        "run/0/" + count,
        List.of("sh", "-c", script),
        Map.of("PATH", "/usr/bin:/bin"),
        sandbox,
        folder.resolve("out-" + count),
        folder.resolve("err-" + count),
        null,
        null,
        Map.of());
  }
}
