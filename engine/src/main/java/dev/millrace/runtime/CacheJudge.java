package dev.millrace.runtime;

import dev.millrace.cache.ActionCache;
import dev.millrace.cache.ActionDiff;
import dev.millrace.cache.ActionKey;
import dev.millrace.cache.ActionResult;
import dev.millrace.cache.Explanation;
import dev.millrace.content.Artifact;
import dev.millrace.content.Tree;
import dev.millrace.content.Trees;
import dev.millrace.digest.Digest;
import dev.millrace.pipeline.CacheSpec;
import dev.millrace.pipeline.OutputSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Decides whether recorded results are taken, and says why not. Safe for use by many threads. */
final class CacheJudge {
  private final ActionCache cache;
  private final Trees trees;
  private final boolean refresh;

  /** Outputs of the whole pipeline, as {@code step.output}. */
  private final Set<String> published;

  CacheJudge(ActionCache cache, Trees trees, boolean refresh, Set<String> published) {
    this.cache = cache;
    this.trees = trees;
    this.refresh = refresh;
    this.published = Set.copyOf(published);
  }

  /** Looks all tasks up at once. */
  List<Preparation> judge(List<PreparedTask> tasks) throws IOException {
    List<ActionKey> keys = new ArrayList<>(tasks.size());
    for (PreparedTask task : tasks) {
      if (reads(task)) {
        keys.add(task.key());
      }
    }
    Map<ActionKey, ActionResult> recorded = keys.isEmpty() ? Map.of() : cache.lookup(keys);
    List<Preparation> decisions = new ArrayList<>(tasks.size());
    for (PreparedTask task : tasks) {
      decisions.add(judge(task, recorded.get(task.key())));
    }
    return decisions;
  }

  private boolean reads(PreparedTask task) {
    return task.mode() == CacheSpec.Mode.ON && !refresh;
  }

  private Preparation judge(PreparedTask task, @Nullable ActionResult recorded) throws IOException {
    if (task.mode() == CacheSpec.Mode.OFF) {
      return new Preparation.Miss(task, new Explanation.Off());
    }
    if (!reads(task)) {
      return new Preparation.Miss(task, new Explanation.Refresh());
    }
    if (recorded == null) {
      return new Preparation.Miss(task, whyMissed(task));
    }
    Set<Digest> missing = missing(task, recorded);
    if (!missing.isEmpty()) {
      return new Preparation.Miss(
          task, new Explanation.Incomplete(recorded.producer(), List.copyOf(missing)));
    }
    return new Preparation.Hit(
        task.task(), task.key(), recorded, new Explanation.Hit(recorded.producer()));
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

  private Explanation whyMissed(PreparedTask task) {
    Optional<ActionCache.Recorded> nearest = cache.nearest(task.subject());
    if (nearest.isEmpty() || isSibling(task, nearest.get())) {
      return new Explanation.FirstTime();
    }
    List<Explanation.Change> changes =
        ActionDiff.between(nearest.get().action(), task.action(), this::entries);
    return changes.isEmpty()
        ? new Explanation.Dropped()
        : new Explanation.Changed(nearest.get().result().producer(), changes);
  }

  /** Another task of the same step in this very run is no earlier action to compare with. */
  private static boolean isSibling(PreparedTask task, ActionCache.Recorded nearest) {
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
