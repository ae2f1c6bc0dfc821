package dev.millrace.cache;

import dev.millrace.content.Artifact;
import dev.millrace.content.Tree;
import dev.millrace.content.Trees;
import dev.millrace.digest.Digest;
import java.io.IOException;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Looks into directories that were recorded. */
@FunctionalInterface
public interface TreeEntries {

  /**
   * Returns the entries of a tree by name, one level of it. A link counts as a file that holds its
   * target. Null where the tree cannot be had any more.
   */
  @Nullable SortedMap<String, Artifact> of(Digest tree);

  /** Looks into the trees of a store. */
  static TreeEntries in(Trees trees) {
    return tree -> {
      try {
        return entries(trees.read(tree));
      } catch (IOException e) {
        return null;
      }
    };
  }

  private static SortedMap<String, Artifact> entries(Tree tree) {
    SortedMap<String, Artifact> entries = new TreeMap<>();
    for (Tree.Entry entry : tree.entries()) {
      Artifact artifact =
          switch (entry) {
            case Tree.FileEntry(_, Digest digest, boolean executable) ->
                executable ? new Artifact(Artifact.Kind.EXECUTABLE, digest) : Artifact.file(digest);
            case Tree.TreeEntry(_, Digest digest) -> Artifact.tree(digest);
            case Tree.LinkEntry(_, String target) -> Artifact.file(Digest.of(target));
          };
      entries.put(entry.name(), artifact);
    }
    return entries;
  }
}
