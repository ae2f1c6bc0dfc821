package dev.millrace.runtime;

import dev.millrace.cache.Action;
import dev.millrace.cache.ActionCache;
import dev.millrace.cache.ActionResult;
import dev.millrace.content.MissingBlobException;
import dev.millrace.content.StorageUnavailableException;
import dev.millrace.content.Trees;
import dev.millrace.digest.Digest;
import dev.millrace.dispatch.Assignment;
import dev.millrace.dispatch.AttemptReport;
import dev.millrace.dispatch.PreparedTask;
import dev.millrace.executor.ExecutionOutcome;
import dev.millrace.executor.ExecutionRequest;
import dev.millrace.executor.ResourceUsage;
import dev.millrace.executor.TaskExecutor;
import dev.millrace.pipeline.OutputSpec;
import dev.millrace.run.Failure;
import dev.millrace.run.FailureKind;
import dev.millrace.sandbox.Collected;
import dev.millrace.sandbox.Sandbox;
import dev.millrace.sandbox.SandboxRoot;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The sandbox of one attempt, from what the attempt needs to what it left. */
sealed interface AttemptSandbox {

  /** It could not be made. */
  record Refused(AttemptReport report) implements AttemptSandbox {}

  /**
   * It is ready for its command.
   *
   * @param sandbox null where the executor uses none
   */
  record Made(
      Factory factory, Assignment assignment, @Nullable Sandbox sandbox, ExecutionRequest request)
      implements AttemptSandbox {

    /** Removes it before its command was started: there is nothing to look at in it. */
    AttemptReport discard() {
      if (sandbox != null) {
        sandbox.remove();
      }
      return new AttemptReport.Stopped();
    }

    /** Returns it for those who want to see what its command writes. */
    LiveAttempt live() {
      return new LiveAttempt(
          assignment.attempt(), request, factory.secretValues(assignment.prepared()));
    }

    /**
     * Takes over what the attempt left, and removes the sandbox.
     *
     * @throws StorageUnavailableException if it cannot be stored now; the sandbox is still there,
     *     and the call can be made again
     */
    AttemptReport finish(ExecutionOutcome outcome) throws StorageUnavailableException {
      AttemptReport report;
      try {
        report = factory.report(this, outcome);
      } catch (StorageUnavailableException e) {
        throw e;
      } catch (IOException | RuntimeException | Error e) {
        report =
            new AttemptReport.Broken(
                Failure.of(FailureKind.ENGINE, "its results could not be stored: " + e));
      }
      factory.remove(sandbox);
      return report;
    }
  }

  /** Makes sandboxes and stores what attempts leave. Safe for use by many threads. */
  final class Factory {
    private static final Path NOWHERE = Path.of("");
    private static final List<String> SHELL = List.of("/bin/sh", "-eu", "-c");

    private final EngineConfig config;
    private final SandboxSource sandboxes;
    private final ResultReader results;
    private final ResultRecorder recorder;
    private final Trees trees;
    private final String worker;
    private volatile boolean emptyBlobStored;

    Factory(
        EngineConfig config,
        SandboxSource sandboxes,
        ResultReader results,
        ActionCache cache,
        Trees trees,
        String worker) {
      this.config = config;
      this.sandboxes = sandboxes;
      this.results = results;
      recorder = new ResultRecorder(cache, false);
      this.trees = trees;
      this.worker = worker;
    }

    /** Opens the directory of sandboxes when the first one is needed: a cached run needs none. */
    interface SandboxSource {
      SandboxRoot open() throws IOException;
    }

    /** Opens the directory of sandboxes ahead; if that fails, the first attempt says why. */
    void openRoot() {
      try {
        var _ = sandboxes.open();
      } catch (IOException | RuntimeException e) {
        // Tried again then.
      }
    }

    /**
     * Makes the sandbox of an attempt.
     *
     * @throws StorageUnavailableException if it cannot be made now; the call can be made again
     */
    AttemptSandbox prepare(Assignment assignment, TaskExecutor executor)
        throws StorageUnavailableException {
      if (!executor.usesSandbox()) {
        return made(assignment, executor, null);
      }
      try {
        Action action = assignment.prepared().action();
        Sandbox sandbox =
            sandboxes.open().create(name(assignment), action.inputs(), action.outputs());
        return made(assignment, executor, sandbox);
      } catch (StorageUnavailableException e) {
        throw e;
      } catch (MissingBlobException e) {
        return new Refused(new AttemptReport.InputGone(e.digest()));
      } catch (IOException e) {
        return new Refused(broken(FailureKind.LOST, "no sandbox could be made: " + e.getMessage()));
      } catch (IllegalArgumentException e) {
        return new Refused(broken(FailureKind.USER, String.valueOf(e.getMessage())));
      }
    }

    /**
     * Takes over the sandbox of an attempt that a dead engine began.
     *
     * @param directory its working directory
     * @throws IOException if no sandbox can be had now
     */
    AttemptSandbox adopt(Assignment assignment, TaskExecutor executor, Path directory)
        throws IOException {
      Action action = assignment.prepared().action();
      SandboxRoot root = sandboxes.open();
      return made(
          assignment,
          executor,
          root.adopt(name(assignment), directory, action.inputs(), action.outputs()));
    }

    private static String name(Assignment assignment) {
      PreparedTask task = assignment.prepared();
      return task.run() + "-" + task.task() + "-" + assignment.attempt();
    }

    private AttemptSandbox made(
        Assignment assignment, TaskExecutor executor, @Nullable Sandbox sandbox) {
      Map<String, String> secrets = new HashMap<>();
      for (Map.Entry<String, String> secret : assignment.prepared().secrets().entrySet()) {
        String value = config.secrets().get(secret.getValue());
        if (value == null) {
          remove(sandbox);
          return new Refused(
              broken(FailureKind.USER, "secret " + secret.getValue() + " is not set"));
        }
        secrets.put(secret.getKey(), value);
      }
      return new Made(this, assignment, sandbox, request(assignment, executor, sandbox, secrets));
    }

    private static AttemptReport broken(FailureKind kind, String message) {
      return new AttemptReport.Broken(Failure.of(kind, message));
    }

    private ExecutionRequest request(
        Assignment assignment,
        TaskExecutor executor,
        @Nullable Sandbox sandbox,
        Map<String, String> secrets) {
      PreparedTask task = assignment.prepared();
      Map<String, String> environment = new HashMap<>();
      if (sandbox != null) {
        Path seen = executor.seenAt(sandbox.workingDirectory());
        environment.putAll(Sandbox.environment(seen));
        if (!executor.bringsSearchPath()) {
          environment.put("PATH", config.searchPath());
        }
      }
      environment.putAll(task.action().environment());
      environment.putAll(secrets);
      environment.put("MILLRACE_RUN", task.run());
      environment.put("MILLRACE_STEP", task.step());
      environment.put("MILLRACE_TASK", task.name());
      environment.put("MILLRACE_ATTEMPT", assignment.ref().toString());
      return new ExecutionRequest(
          assignment.ref().toString(),
          argv(task.action().command()),
          environment,
          sandbox == null ? NOWHERE : sandbox.workingDirectory(),
          sandbox == null ? NOWHERE : sandbox.stdout(),
          sandbox == null ? NOWHERE : sandbox.stderr(),
          task.timeout(),
          task.container(),
          task.demand().amounts());
    }

    private static List<String> argv(Action.Command command) {
      return switch (command) {
        case Action.Command.Argv(var arguments) -> arguments;
        case Action.Command.Script(var text) -> {
          List<String> argv = new ArrayList<>(SHELL);
          argv.add(text);
          yield argv;
        }
      };
    }

    private AttemptReport report(Made made, ExecutionOutcome outcome) throws IOException {
      return switch (outcome) {
        case ExecutionOutcome.Exited(int exitCode, var usage) when exitCode == 0 ->
            succeeded(made, usage);
        case ExecutionOutcome.Exited(int exitCode, _) ->
            failed(made, FailureKind.USER, "exit code " + exitCode, exitCode);
        case ExecutionOutcome.TimedOut _ ->
            failed(
                made, FailureKind.TIMEOUT, "timeout of " + made.request.timeout() + " passed", -1);
        case ExecutionOutcome.OutOfMemory _ -> failed(made, FailureKind.OOM, "out of memory", -1);
        case ExecutionOutcome.Cancelled _ -> new AttemptReport.Stopped();
        case ExecutionOutcome.NotStartable(var message) ->
            failed(made, FailureKind.USER, message, -1);
        case ExecutionOutcome.NoRoom(var message) -> failed(made, FailureKind.LOST, message, -1);
        case ExecutionOutcome.Lost(var message) -> failed(made, FailureKind.LOST, message, -1);
      };
    }

    private AttemptReport failed(Made made, FailureKind kind, String message, int exitCode)
        throws IOException {
      Logs logs = logs(made);
      return new AttemptReport.Broken(
          new Failure(kind, message, exitCode, logs.stdout, logs.stderr));
    }

    private AttemptReport succeeded(Made made, ResourceUsage usage) throws IOException {
      PreparedTask task = made.assignment.prepared();
      return switch (collect(made)) {
        case Collected.Failed failed -> failed(made, FailureKind.USER, failed.message(), 0);
        case Collected.Outputs(var outputs) -> {
          SortedMap<String, Double> metrics;
          try {
            metrics = results.check(task.outputs(), outputs);
          } catch (IllegalArgumentException e) {
            yield failed(made, FailureKind.USER, String.valueOf(e.getMessage()), 0);
          }
          Logs logs = logs(made);
          ActionResult result =
              new ActionResult(
                  outputs,
                  metrics,
                  0,
                  logs.stdout,
                  logs.stderr,
                  new ActionResult.Producer(
                      task.run(), task.name(), made.assignment.attempt(), worker),
                  Instant.now(),
                  usage);
          yield recorder.record(task, result);
        }
      };
    }

    private static Collected collect(Made made) throws IOException {
      if (made.sandbox != null) {
        return made.sandbox.collect();
      }
      List<String> missing =
          made.assignment.prepared().outputs().stream()
              .filter(output -> !output.optional())
              .map(OutputSpec::name)
              .toList();
      if (!missing.isEmpty()) {
        return new Collected.Failed(missing, List.of(), List.of(), false);
      }
      return new Collected.Outputs(new TreeMap<>());
    }

    private record Logs(Digest stdout, Digest stderr) {}

    private Logs logs(Made made) throws IOException {
      Sandbox sandbox = made.sandbox;
      if (sandbox == null) {
        storeEmptyBlob();
        return new Logs(Digest.EMPTY, Digest.EMPTY);
      }
      return new Logs(log(made, sandbox, sandbox.stdout()), log(made, sandbox, sandbox.stderr()));
    }

    /** A hit is complete only if its logs are there, empty ones as well. */
    private void storeEmptyBlob() throws IOException {
      if (!emptyBlobStored) {
        trees.store().put(new byte[0]);
        emptyBlobStored = true;
      }
    }

    private Digest log(Made made, Sandbox sandbox, Path file) throws IOException {
      List<String> values = secretValues(made.assignment.prepared());
      if (!values.isEmpty()) {
        SecretMask.apply(file, values);
      }
      return sandbox.takeLog(file);
    }

    private List<String> secretValues(PreparedTask task) {
      List<String> values = new ArrayList<>();
      for (String secret : task.secrets().values()) {
        values.add(config.secrets().getOrDefault(secret, ""));
      }
      return values;
    }

    private void remove(@Nullable Sandbox sandbox) {
      if (sandbox == null) {
        return;
      }
      try {
        if (config.keepSandboxes()) {
          sandbox.keep();
        } else {
          sandbox.remove();
        }
      } catch (IOException e) {
        // What is left is removed when an engine opens the directory next.
      }
    }
  }
}
