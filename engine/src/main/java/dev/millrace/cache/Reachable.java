package dev.millrace.cache;

import dev.millrace.content.Artifact;
import dev.millrace.content.MissingBlobException;
import dev.millrace.content.Tree;
import dev.millrace.content.Trees;
import dev.millrace.digest.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/** Finds the blobs that artifacts need: their own, and all below a directory. */
final class Reachable {
  private final Trees trees;

  Reachable(Trees trees) {
    this.trees = trees;
  }

  /**
   * Returns the blobs that the artifacts need and that are not in {@code known}. A tree that is
   * known is taken as known in all its parts. One that is missing counts as a blob only.
   *
   * @throws UncheckedIOException if a tree that is there cannot be read
   */
  Set<Digest> beyond(Set<Digest> known, Collection<Artifact> artifacts) {
    Set<Digest> found = new HashSet<>();
    Deque<Digest> open = new ArrayDeque<>();
    for (Artifact artifact : artifacts) {
      boolean fresh = !known.contains(artifact.digest()) && found.add(artifact.digest());
      if (fresh && artifact.kind() == Artifact.Kind.TREE) {
        open.push(artifact.digest());
      }
    }
    while (!open.isEmpty()) {
      for (Tree.Entry entry : entries(open.pop())) {
        switch (entry) {
          case Tree.FileEntry file -> {
            if (!known.contains(file.digest())) {
              found.add(file.digest());
            }
          }
          case Tree.TreeEntry sub -> {
            if (!known.contains(sub.digest()) && found.add(sub.digest())) {
              open.push(sub.digest());
            }
          }
          case Tree.LinkEntry _ -> {}
        }
      }
    }
    return found;
  }

  private Collection<Tree.Entry> entries(Digest tree) {
    try {
      return trees.read(tree).entries();
    } catch (MissingBlobException e) {
      return Set.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
