package dev.millrace.cache;

import dev.millrace.cache.ActionCache.Recorded;
import dev.millrace.content.Artifact;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** Where an artifact comes from: a node of the tree that {@link Lineage} makes. */
public sealed interface LineageNode {

  /** Returns the artifact in question. */
  Artifact artifact();

  /**
   * It is an output of an action.
   *
   * @param by the action, which tells command, environment and platform, and its result, which
   *     tells who ran it
   * @param inputs where the action's inputs come from, by their paths in the sandbox
   */
  record Made(Artifact artifact, Recorded by, SortedMap<String, LineageNode> inputs)
      implements LineageNode {
    public Made {
      inputs = Collections.unmodifiableSortedMap(new TreeMap<>(inputs));
    }
  }

  /**
   * It is a directory that the engine put together from outputs.
   *
   * @param entries where its entries come from, by name
   */
  record Assembled(Artifact artifact, SortedMap<String, LineageNode> entries)
      implements LineageNode {
    public Assembled {
      entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
    }
  }

  /** No recorded action made it: a source file or directory, a parameter's value. */
  record Source(Artifact artifact) implements LineageNode {}

  /**
   * It is an output of an action that stands elsewhere in the tree with its inputs.
   *
   * @param by that action
   */
  record Repeated(Artifact artifact, Recorded by) implements LineageNode {}

  /** The tree was cut here because it has grown too large. */
  record Cut(Artifact artifact) implements LineageNode {}
}
