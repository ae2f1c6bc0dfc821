package dev.millrace.runtime;

import dev.millrace.cache.ActionCache;
import dev.millrace.cache.ActionCache.Recorded;
import dev.millrace.cache.ActionDiff;
import dev.millrace.cache.ActionKey;
import dev.millrace.cache.ActionResult;
import dev.millrace.cache.Explanation;
import dev.millrace.content.Artifact;
import dev.millrace.content.Tree;
import dev.millrace.content.Trees;
import dev.millrace.digest.Digest;
import dev.millrace.dispatch.PreparedTask;
import dev.millrace.dispatch.PreparedTask.Comparison;
import dev.millrace.pipeline.CacheSpec;
import dev.millrace.pipeline.OutputSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Decides whether recorded results are taken, and says why not. Safe for use by many threads. */
final class CacheJudge {
  private final ActionCache cache;
  private final Trees trees;
  private final boolean refresh;

  /** The share of recorded results that are verified. */
  private final double verify;

  /** Outputs of the whole pipeline, as {@code step.output}. */
  private final Set<String> published;

  CacheJudge(ActionCache cache, Trees trees, Submission submission, Set<String> published) {
    this.cache = cache;
    this.trees = trees;
    refresh = submission.refresh();
    verify = submission.verify();
    this.published = Set.copyOf(published);
  }

  /** Looks all tasks up at once. */
  List<Preparation> judge(List<PreparedTask> tasks) throws IOException {
    List<ActionKey> keys = new ArrayList<>(tasks.size());
    for (PreparedTask task : tasks) {
      if (task.mode() != CacheSpec.Mode.OFF) {
        keys.add(task.key());
      }
    }
    Map<ActionKey, ActionResult> recorded = keys.isEmpty() ? Map.of() : cache.lookup(keys);
    Map<String, Recorded> nearest = nearest(tasks, recorded);
    List<Preparation> decisions = new ArrayList<>(tasks.size());
    for (PreparedTask task : tasks) {
      decisions.add(judge(task, recorded.get(task.key()), nearest.get(task.subject())));
    }
    return decisions;
  }

  /** Returns what the tasks that nothing is recorded of can be compared with. */
  private Map<String, Recorded> nearest(
      List<PreparedTask> tasks, Map<ActionKey, ActionResult> recorded) {
    List<String> subjects = new ArrayList<>();
    for (PreparedTask task : tasks) {
      if (reads(task) && !recorded.containsKey(task.key())) {
        subjects.add(task.subject());
      }
    }
    return subjects.isEmpty() ? Map.of() : cache.nearest(subjects);
  }

  private boolean reads(PreparedTask task) {
    return task.mode() == CacheSpec.Mode.ON && !refresh;
  }

  private Preparation judge(
      PreparedTask task, @Nullable ActionResult recorded, @Nullable Recorded nearest)
      throws IOException {
    if (task.mode() == CacheSpec.Mode.OFF) {
      return new Preparation.Miss(task, new Explanation.Off());
    }
    if (recorded == null) {
      return new Preparation.Miss(
          task, reads(task) ? whyMissed(task, nearest) : new Explanation.Refresh());
    }
    PreparedTask replacing = task.comparedWith(new Comparison(recorded, false));
    if (!reads(task)) {
      return new Preparation.Miss(replacing, new Explanation.Refresh());
    }
    Set<Digest> missing = missing(task, recorded);
    if (!missing.isEmpty()) {
      return new Preparation.Miss(
          replacing, new Explanation.Incomplete(recorded.producer(), List.copyOf(missing)));
    }
    if (verifies(task, recorded)) {
      return new Preparation.Miss(
          task.comparedWith(new Comparison(recorded, true)),
          new Explanation.Verify(recorded.producer()));
    }
    return new Preparation.Hit(
        task.task(), task.key(), recorded, new Explanation.Hit(recorded.producer()));
  }

  /**
   * Tells whether a task is among those that are verified. Drawn by a hash of the run and the
   * action, so that a run that goes on after a crash verifies the same ones. What this very run has
   * made is not made again.
   */
  private boolean verifies(PreparedTask task, ActionResult recorded) {
    if (verify <= 0 || recorded.producer().run().equals(task.run())) {
      return false;
    }
    long mixed = task.key().digest().word0() ^ Digest.of(task.run()).word0();
    return (mixed >>> 11) * 0x1.0p-53 < verify;
  }

  /**
   * Returns the blobs of a result that are not there. Those that will be read outside of a sandbox
   * (by expressions, or by whoever gets the pipeline's outputs) are read whole here, because later
   * there is no task left that could be sent back for them; others are verified when they are
   * placed.
   */
  private Set<Digest> missing(PreparedTask task, ActionResult result) throws IOException {
    List<Artifact> needed = new ArrayList<>(result.outputs().values());
    needed.add(Artifact.file(result.stdout()));
    needed.add(Artifact.file(result.stderr()));
    Set<Digest> missing = new HashSet<>(trees.missing(needed));
    for (OutputSpec output : task.outputs()) {
      Artifact artifact = result.outputs().get(output.name());
      if (artifact != null && missing.isEmpty() && leavesTheEngine(task, output)) {
        missing.addAll(WholeArtifact.lost(artifact, trees));
      }
    }
    return missing;
  }

  private boolean leavesTheEngine(PreparedTask task, OutputSpec output) {
    return output.kind() == OutputSpec.Kind.JSON
        || published.contains(task.step() + "." + output.name());
  }

  private Explanation whyMissed(PreparedTask task, @Nullable Recorded nearest) {
    if (nearest == null || isSibling(task, nearest)) {
      return new Explanation.FirstTime();
    }
    List<Explanation.Change> changes =
        ActionDiff.between(nearest.action(), task.action(), this::entries);
    return changes.isEmpty()
        ? new Explanation.Dropped()
        : new Explanation.Changed(nearest.result().producer(), changes);
  }

  /** Another task of the same step in this very run is no earlier action to compare with. */
  private static boolean isSibling(PreparedTask task, Recorded nearest) {
    return !nearest.subject().equals(task.subject())
        && nearest.result().producer().run().equals(task.run());
  }

  private @Nullable SortedMap<String, Artifact> entries(Digest tree) {
    try {
      SortedMap<String, Artifact> entries = new TreeMap<>();
      for (Tree.Entry entry : trees.read(tree).entries()) {
        switch (entry) {
          case Tree.FileEntry(var name, var digest, var executable) ->
              entries.put(
                  name,
                  new Artifact(executable ? Artifact.Kind.EXECUTABLE : Artifact.Kind.FILE, digest));
          case Tree.TreeEntry(var name, var digest) -> entries.put(name, Artifact.tree(digest));
          case Tree.LinkEntry(var name, var target) ->
              entries.put(name, Artifact.file(Digest.of(target)));
        }
      }
      return entries;
    } catch (IOException e) {
      return null;
    }
  }
}
