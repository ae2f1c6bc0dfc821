package dev.millrace.executors.process;

import dev.millrace.executor.ExecutionOutcome.NotStartable;
import dev.millrace.executor.ExecutionRequest;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Launches with {@link ProcessBuilder}, where {@link PosixSpawnLauncher} cannot.
 *
 * <p>Guarantees less. Commands share the engine's session, so Ctrl-C on a terminal reaches them.
 * There is no guard: what a killed engine leaves dies when the next one starts. What detached
 * itself is found by its mark where there is a {@code /proc}, at the cost of reading all of it for
 * each attempt; elsewhere (macOS) only timeout and cancel find the command's descendants, and a
 * daemon or a background child that outlives its command is not found. CPU time and memory are not
 * known.
 */
final class PortableLauncher implements ProcessLauncher {
  private static final Pattern ERROR = Pattern.compile("error[:=] ?(\\d+)");
  private static final File DEV_NULL = new File("/dev/null");

  private final CommandLookup lookup = new CommandLookup();

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
    try {
      return new Launch.Started(new Running(builder(request, program, mark).start(), mark));
    } catch (IOException e) {
      return refused(errno(e), request, program);
    } catch (OutOfMemoryError e) {
      // Thrown too where the process runs, and there is no thread to wait for it.
      LeftoverProcesses.killValues(mark::equals);
      throw e;
    }
  }

  private static Launch refused(int errno, ExecutionRequest request, String program) {
    return new Launch.Refused(LaunchFailure.explain(errno, request, program));
  }

  private static int errno(IOException failure) {
    String message = String.valueOf(failure.getMessage());
    Matcher matcher = ERROR.matcher(message);
    if (matcher.find()) {
      return Integer.parseInt(matcher.group(1));
    }
    return message.contains("Too many open files") ? LaunchFailure.EMFILE : 0;
  }

  private static ProcessBuilder builder(ExecutionRequest request, String program, String mark) {
    List<String> command = new ArrayList<>(request.argv());
    command.set(0, program);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(request.workingDirectory().toFile())
            .redirectInput(DEV_NULL)
            .redirectOutput(request.stdout().toFile())
            .redirectError(request.stderr().toFile());
    builder.environment().clear();
    builder.environment().putAll(request.environment());
    builder.environment().put(EngineMark.VARIABLE, mark);
    return builder;
  }

  @Override
  public void tidy() {}

  @Override
  public void close() {}

  /** A command and what is known of its descendants. */
  private static final class Running implements AttemptProcess {
    private final Process process;
    private final String mark;
    private final Set<ProcessHandle> seen = ConcurrentHashMap.newKeySet();

    Running(Process process, String mark) {
      this.process = process;
      this.mark = mark;
    }

    @Override
    public void terminate() {
      noteDescendants();
      process.destroy();
      seen.forEach(ProcessHandle::destroy);
    }

    @Override
    public void kill() {
      noteDescendants();
      process.destroyForcibly();
    }

    private void noteDescendants() {
      process.descendants().forEach(seen::add);
    }

    @Override
    public void awaitExit() {
      boolean interrupted = false;
      while (true) {
        try {
          process.waitFor();
          break;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public End finish() {
      LeftoverProcesses.kill(seen);
      LeftoverProcesses.killValues(mark::equals);
      return new End(process.exitValue(), -1, -1);
    }
  }
}
