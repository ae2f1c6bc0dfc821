package dev.millrace.runtime;

import dev.millrace.cache.Action;
import dev.millrace.cache.ActionCache;
import dev.millrace.cache.ActionResult;
import dev.millrace.content.Artifact;
import dev.millrace.content.MissingBlobException;
import dev.millrace.digest.Digest;
import dev.millrace.executor.ExecutionOutcome;
import dev.millrace.executor.ExecutionRequest;
import dev.millrace.executor.ResourceUsage;
import dev.millrace.pipeline.CacheSpec;
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

/** The sandbox of one attempt, from what the attempt needs to what it left. */
sealed interface AttemptSandbox {

  /** It could not be made. */
  record Refused(AttemptReport report) implements AttemptSandbox {}

  /** It is ready for its command. */
  record Made(Factory factory, Assignment assignment, Sandbox sandbox, ExecutionRequest request)
      implements AttemptSandbox {

    /** Removes it before its command was started. */
    AttemptReport discard() {
      factory.remove(sandbox);
      return new AttemptReport.Stopped();
    }

    /** Takes over what the attempt left, and removes the sandbox. */
    AttemptReport finish(ExecutionOutcome outcome) {
      try {
        return factory.report(this, outcome);
      } catch (IOException | RuntimeException | Error e) {
        return new AttemptReport.Broken(
            Failure.of(FailureKind.ENGINE, "its results could not be stored: " + e));
      } finally {
        factory.remove(sandbox);
      }
    }
  }

  /** Makes sandboxes and stores what attempts leave. Safe for use by many threads. */
  final class Factory {
    private static final List<String> SHELL = List.of("/bin/sh", "-eu", "-c");

    private final EngineConfig config;
    private final SandboxSource sandboxes;
    private final ResultReader results;
    private final ActionCache cache;
    private final String worker;

    Factory(
        EngineConfig config,
        SandboxSource sandboxes,
        ResultReader results,
        ActionCache cache,
        String worker) {
      this.config = config;
      this.sandboxes = sandboxes;
      this.results = results;
      this.cache = cache;
      this.worker = worker;
    }

    /** Opens the directory of sandboxes when the first one is needed: a cached run needs none. */
    interface SandboxSource {
      SandboxRoot open() throws IOException;
    }

    AttemptSandbox prepare(Assignment assignment) {
      PreparedTask task = assignment.prepared();
      Map<String, String> secrets = new HashMap<>();
      for (Map.Entry<String, String> secret : task.secrets().entrySet()) {
        String value = config.secrets().get(secret.getValue());
        if (value == null) {
          return new Refused(
              broken(FailureKind.USER, "secret " + secret.getValue() + " is not set"));
        }
        secrets.put(secret.getKey(), value);
      }
      try {
        SortedMap<String, Artifact> inputs = task.action().inputs();
        String name = task.run() + "-" + task.task() + "-" + assignment.attempt();
        Sandbox sandbox = sandboxes.open().create(name, inputs, task.action().outputs());
        return new Made(this, assignment, sandbox, request(assignment, sandbox, secrets));
      } catch (MissingBlobException e) {
        return new Refused(new AttemptReport.InputGone(e.digest()));
      } catch (IOException e) {
        return new Refused(broken(FailureKind.LOST, "no sandbox could be made: " + e.getMessage()));
      } catch (IllegalArgumentException e) {
        return new Refused(broken(FailureKind.USER, String.valueOf(e.getMessage())));
      }
    }

    private static AttemptReport broken(FailureKind kind, String message) {
      return new AttemptReport.Broken(Failure.of(kind, message));
    }

    private ExecutionRequest request(
        Assignment assignment, Sandbox sandbox, Map<String, String> secrets) {
      PreparedTask task = assignment.prepared();
      Map<String, String> environment = new HashMap<>(sandbox.environment(config.searchPath()));
      environment.putAll(task.action().environment());
      environment.putAll(secrets);
      environment.put("MILLRACE_RUN", task.run());
      environment.put("MILLRACE_STEP", task.step());
      environment.put("MILLRACE_TASK", task.name());
      environment.put("MILLRACE_ATTEMPT", assignment.attemptId());
      return new ExecutionRequest(
          assignment.attemptId(),
          argv(task.action().command()),
          environment,
          sandbox.workingDirectory(),
          sandbox.stdout(),
          sandbox.stderr(),
          task.timeout(),
          task.image(),
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
      Digest stdout = log(made, made.sandbox.stdout());
      Digest stderr = log(made, made.sandbox.stderr());
      return new AttemptReport.Broken(new Failure(kind, message, exitCode, stdout, stderr));
    }

    private AttemptReport succeeded(Made made, ResourceUsage usage) throws IOException {
      PreparedTask task = made.assignment.prepared();
      return switch (made.sandbox.collect()) {
        case Collected.Failed failed -> failed(made, FailureKind.USER, failed.message(), 0);
        case Collected.Outputs(var outputs) -> {
          SortedMap<String, Double> metrics;
          try {
            metrics = results.check(task.outputs(), outputs);
          } catch (IllegalArgumentException e) {
            yield failed(made, FailureKind.USER, String.valueOf(e.getMessage()), 0);
          }
          ActionResult result =
              new ActionResult(
                  outputs,
                  metrics,
                  0,
                  log(made, made.sandbox.stdout()),
                  log(made, made.sandbox.stderr()),
                  new ActionResult.Producer(
                      task.run(), task.name(), made.assignment.attempt(), worker),
                  Instant.now(),
                  usage);
          record(task, result);
          yield new AttemptReport.Done(result);
        }
      };
    }

    /**
     * Records the result. Its commit is not waited for: the fact that the attempt succeeded goes
     * through the same group commit after it, so the record is durable before the fact is.
     */
    private void record(PreparedTask task, ActionResult result) {
      if (task.mode() != CacheSpec.Mode.OFF) {
        cache.put(task.key(), task.action(), task.subject(), result);
      }
    }

    private Digest log(Made made, Path file) throws IOException {
      List<String> values = new ArrayList<>();
      for (String secret : made.assignment.prepared().secrets().values()) {
        values.add(config.secrets().getOrDefault(secret, ""));
      }
      if (!values.isEmpty()) {
        SecretMask.apply(file, values);
      }
      return made.sandbox.takeLog(file);
    }

    private void remove(Sandbox sandbox) {
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
