package dev.millrace.cli;

import dev.millrace.cli.RunSummary.Output;
import dev.millrace.content.Artifact;
import dev.millrace.content.ContentStore;
import dev.millrace.json.JsonException;
import dev.millrace.json.JsonReader;
import dev.millrace.json.JsonText;
import dev.millrace.pipeline.OutputSpec;
import dev.millrace.plan.Plan;
import dev.millrace.run.RunStatus;
import dev.millrace.runtime.Engine;
import dev.millrace.runtime.RunEnd;
import dev.millrace.runtime.RunHandle;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is done with a run of an engine in this process from its begin to its end.
 *
 * @param export where its outputs are put
 * @param begunNanos when the command began
 */
record Following(Plan plan, Engine engine, OutputExport export, long begunNanos) {
  private static final int SHORT = 160;
  private static final int SMALL = 4096;

  /** Takes a run up that was read from the archive before. */
  interface TakingUp {
    RunHandle handle() throws IOException;
  }

  /** Takes a run up; refuses it where it has ended before this process had the state. */
  static RunHandle takeUp(TakingUp up) throws Refusal, IOException {
    try {
      return up.handle();
    } catch (IllegalArgumentException e) {
      throw Refusal.badInput(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Shows the run until it has ended, puts its outputs where they belong, and sums it up.
   *
   * @return the exit code
   */
  int toEnd(RunHandle handle, RunFollower follower, RunDisplay display) throws IOException {
    display.begin(
        new RunStart(
            handle.id(),
            plan.pipeline().name(),
            handle.continued(),
            handle.tasksBefore(),
            handle.endedBefore()));
    Progress progress;
    RunEnd end;
    try (Interrupts _ = new Interrupts(handle::cancel, display::end)) {
      progress = follower.showTo(display, handle.done());
      end = handle.done().toCompletableFuture().join();
    }
    List<Output> outputs = outputs(end);
    long wallMillis = (System.nanoTime() - begunNanos) / 1_000_000;
    RunSummary summary =
        new RunSummary(
            handle.id(),
            end.status(),
            progress,
            wallMillis,
            outputs,
            follower.failures(engine.store()));
    display.summary(summary);
    return summary.exitCode();
  }

  private List<Output> outputs(RunEnd end) throws IOException {
    boolean exported = end.status() == RunStatus.SUCCEEDED && !plan.pipeline().outputs().isEmpty();
    Map<String, Path> places =
        exported ? export.write(plan, end.outputs(), engine.trees()) : Map.of();
    List<Output> outputs = new ArrayList<>();
    for (String name : plan.pipeline().outputs().keySet()) {
      Artifact artifact = end.outputs().get(name);
      if (artifact != null) {
        String content = content(name, artifact, engine.store());
        outputs.add(new Output(name, artifact, places.get(name), content));
      }
    }
    return outputs;
  }

  private @Nullable String content(String name, Artifact artifact, ContentStore store) {
    OutputSpec spec = OutputExport.spec(plan, name);
    boolean json =
        spec != null
            && (spec.kind() == OutputSpec.Kind.JSON || spec.kind() == OutputSpec.Kind.METRICS);
    if (!json || artifact.kind() == Artifact.Kind.TREE || artifact.digest().size() > SMALL) {
      return null;
    }
    try {
      String text = JsonText.compact(JsonReader.read(store.read(artifact.digest())));
      return text.length() <= SHORT ? text : text.substring(0, SHORT - 1) + "…";
    } catch (IOException | JsonException e) {
      return null;
    }
  }
}
