package dev.millrace.run;

import dev.millrace.run.StepNode.Link;
import java.util.HashSet;
import java.util.Set;

/** What a reopened run takes back, found by asking again and again until nothing is added. */
final class GoingBack {
  private final RunState state;
  private final boolean[] back;
  private final Set<Integer> touched = new HashSet<>();

  private GoingBack(RunState state) {
    this.state = state;
    back = new boolean[state.tasks()];
  }

  static boolean[] find(RunState state) {
    GoingBack finder = new GoingBack(state);
    boolean more = true;
    while (more) {
      more = false;
      for (int step = 0; step < state.steps.nodes.size(); step++) {
        more |= finder.touch(step);
      }
    }
    return finder.back;
  }

  private boolean touch(int step) {
    StepNode node = state.steps.nodes.get(step);
    boolean more = node.listFrom() >= 0 && touched.contains(node.listFrom()) && touched.add(step);
    for (int task = state.firstTask(step);
        task < state.firstTask(step) + state.size(step);
        task++) {
      if (!back[task] && goesBack(task, node)) {
        back[task] = true;
        touched.add(step);
        more = true;
      }
    }
    return more;
  }

  private boolean goesBack(int task, StepNode node) {
    TaskPhase phase = state.status(task).phase();
    if (phase == TaskPhase.FAILED || phase == TaskPhase.CANCELLED) {
      return true;
    }
    for (Link link : node.upstream()) {
      if (link.joined()
          ? back[state.firstTask(link.step()) + state.indexInStep(task)]
          : touched.contains(link.step())) {
        return true;
      }
    }
    return false;
  }
}
