package dev.millrace.cli;

import dev.millrace.cli.RunSummary.Output;
import dev.millrace.content.Artifact;
import dev.millrace.content.ContentStore;
import dev.millrace.content.Trees;
import dev.millrace.json.JsonException;
import dev.millrace.json.JsonReader;
import dev.millrace.json.JsonText;
import dev.millrace.pipeline.OutputSpec;
import dev.millrace.plan.Plan;
import dev.millrace.run.RunStatus;
import dev.millrace.runtime.RunEnd;
import dev.millrace.runtime.RunHandle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What is done with a run from its begin to its end.
 *
 * @param trees of the store that has what the run makes
 * @param export where its outputs are put, or null where they stay in the store
 * @param wallMillis how long it took by now
 */
record Following(Plan plan, Trees trees, @Nullable OutputExport export, LongSupplier wallMillis) {
  private static final int SHORT = 160;
  private static final int SMALL = 4096;

  /** Returns how long ago something was. */
  static LongSupplier since(long begunNanos) {
    return () -> (System.nanoTime() - begunNanos) / 1_000_000;
  }

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
  int toEnd(RunInProgress run, RunFollower follower, RunDisplay display, Signals signals)
      throws IOException {
    display.begin(run.start());
    Progress progress;
    RunEnd end;
    Consumer<Boolean> cancel = run.cancel();
    if (cancel == null) {
      progress = follower.showTo(display, run.done(), signals);
      end = await(run.done());
    } else {
      try (Interrupts _ = new Interrupts(signals, cancel, display::end)) {
        progress = follower.showTo(display, run.done(), signals);
        end = await(run.done());
      }
    }
    List<Output> outputs = outputs(end);
    RunSummary summary =
        new RunSummary(
            run.start().run(),
            end.status(),
            progress,
            wallMillis.getAsLong(),
            outputs,
            follower.failures(trees.store()));
    display.summary(summary);
    return summary.exitCode();
  }

  /** Waits for the end, and says what kept it from being known as it was said. */
  private static RunEnd await(CompletionStage<RunEnd> done) throws IOException {
    try {
      return done.toCompletableFuture().join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      if (e.getCause() instanceof UncheckedIOException io) {
        throw io.getCause();
      }
      throw e;
    }
  }

  private List<Output> outputs(RunEnd end) throws IOException {
    boolean exported = end.status() == RunStatus.SUCCEEDED && !plan.pipeline().outputs().isEmpty();
    Map<String, Path> places =
        exported && export != null ? export.write(plan, end.outputs(), trees) : Map.of();
    List<Output> outputs = new ArrayList<>();
    for (String name : plan.pipeline().outputs().keySet()) {
      Artifact artifact = end.outputs().get(name);
      if (artifact != null) {
        String content = content(name, artifact, trees.store());
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
