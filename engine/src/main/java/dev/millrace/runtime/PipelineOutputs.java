package dev.millrace.runtime;

import dev.millrace.content.Artifact;
import dev.millrace.content.Trees;
import dev.millrace.pipeline.PipelineOutput;
import dev.millrace.run.RunState;
import dev.millrace.run.TaskStatus;
import java.io.IOException;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a whole pipeline has made. */
final class PipelineOutputs {
  private PipelineOutputs() {}

  /**
   * Returns the outputs by name: that of the step's only task, or a directory of those of all its
   * tasks. Outputs of steps that did not succeed are absent.
   */
  static SortedMap<String, Artifact> of(RunPlan plan, RunState state, Trees trees)
      throws IOException {
    Snapshots snapshots = new Snapshots(plan, state);
    SortedMap<String, Artifact> outputs = new TreeMap<>();
    for (PipelineOutput output : plan.plan().pipeline().outputs().values()) {
      int step = plan.plan().indexOf(output.step());
      if (!state.expanded(step)) {
        continue;
      }
      if (!plan.isSingle(step)) {
        outputs.put(output.name(), snapshots.fanIn(step).directory(output.output(), trees));
      } else if (state.status(state.firstTask(step)) instanceof TaskStatus.Succeeded succeeded) {
        Artifact artifact = succeeded.outputs().get(output.output());
        if (artifact != null) {
          outputs.put(output.name(), artifact);
        }
      }
    }
    return outputs;
  }
}
