package dev.millrace.cache;

import dev.millrace.cache.ActionCache.Recorded;
import dev.millrace.content.Artifact;
import dev.millrace.digest.Digest;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Goes from an artifact back through the actions that made it and their inputs, down to the
 * sources. Each action is followed once. Of several actions that made the same bytes the newest
 * counts, but never one that the path has come through: a step may pass its input on unchanged.
 */
public final class Lineage {
  /** Paths longer than this are cut. */
  public static final int MAX_DEPTH = 500;

  private static final int CANDIDATES = 16;

  private final ActionCache cache;
  private final TreeEntries trees;
  private final Set<ActionKey> followed = new HashSet<>();
  private final Set<ActionKey> path = new HashSet<>();
  private int left;

  private Lineage(ActionCache cache, TreeEntries trees, int nodes) {
    this.cache = cache;
    this.trees = trees;
    this.left = nodes;
  }

  /**
   * Returns the lineage of an artifact.
   *
   * @param trees looks into directories that no action made, for outputs in them
   * @param nodes the most nodes that the tree may have, the cut ones not counted
   */
  public static LineageNode of(Artifact artifact, ActionCache cache, TreeEntries trees, int nodes) {
    return new Lineage(cache, trees, nodes).follow(artifact, 0);
  }

  private LineageNode follow(Artifact artifact, int depth) {
    if (left <= 0 || depth > MAX_DEPTH) {
      return new LineageNode.Cut(artifact);
    }
    left--;
    Recorded producer = producer(artifact.digest());
    if (producer == null) {
      return assembled(artifact, depth);
    }
    if (!followed.add(producer.key())) {
      return new LineageNode.Repeated(artifact, producer);
    }
    path.add(producer.key());
    SortedMap<String, LineageNode> inputs = followAll(producer.action().inputs(), depth);
    path.remove(producer.key());
    return new LineageNode.Made(artifact, producer, inputs);
  }

  private SortedMap<String, LineageNode> followAll(
      SortedMap<String, Artifact> artifacts, int depth) {
    SortedMap<String, LineageNode> nodes = new TreeMap<>();
    for (Map.Entry<String, Artifact> entry : artifacts.entrySet()) {
      nodes.put(entry.getKey(), follow(entry.getValue(), depth + 1));
    }
    return nodes;
  }

  private @Nullable Recorded producer(Digest artifact) {
    for (Recorded candidate : cache.producersOf(artifact, CANDIDATES)) {
      if (!path.contains(candidate.key())) {
        return candidate;
      }
    }
    return null;
  }

  private LineageNode assembled(Artifact artifact, int depth) {
    SortedMap<String, Artifact> entries =
        artifact.kind() == Artifact.Kind.TREE ? trees.of(artifact.digest()) : null;
    if (entries == null || !holdsOutputs(entries)) {
      return new LineageNode.Source(artifact);
    }
    return new LineageNode.Assembled(artifact, followAll(entries, depth));
  }

  /**
   * Returns whether an entry was made by an action. Directories of the engine's making hold outputs
   * at their first level, or one level down for each name of a path; so the first entry decides
   * which sub-directory is looked into, and a source tree of many levels costs little.
   */
  private boolean holdsOutputs(SortedMap<String, Artifact> entries) {
    for (Artifact entry : entries.values()) {
      if (producer(entry.digest()) != null) {
        return true;
      }
    }
    for (Artifact entry : entries.values()) {
      if (entry.kind() == Artifact.Kind.TREE) {
        SortedMap<String, Artifact> below = trees.of(entry.digest());
        return below != null && holdsOutputs(below);
      }
    }
    return false;
  }
}
