package dev.millrace.cache;

import dev.millrace.content.Artifact;
import dev.millrace.digest.Digest;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Looks into directories that were recorded. */
@FunctionalInterface
public interface TreeEntries {

  /**
   * Returns the entries of a tree by name, one level of it. A link counts as a file that holds its
   * target. Null where the tree cannot be had any more.
   */
  @Nullable SortedMap<String, Artifact> of(Digest tree);
}
