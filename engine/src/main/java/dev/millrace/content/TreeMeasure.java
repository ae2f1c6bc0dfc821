package dev.millrace.content;

import dev.millrace.content.Tree.Entry;
import dev.millrace.content.Tree.TreeEntry;
import dev.millrace.digest.Digest;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * Finds out how much a tree would be, spread out on a disk, before anybody does that. Trees share
 * their parts: a few blobs of a stranger's can stand for more files than there are atoms.
 */
public final class TreeMeasure {
  private static final long MOST_ENTRIES = 10_000_000;
  private static final int MOST_DEPTH = 200;
  private static final long LARGEST_LIST = 64 << 20;

  private final Trees trees;
  private final Map<Digest, Size> known = new HashMap<>();

  private TreeMeasure(Trees trees) {
    this.trees = trees;
  }

  private record Size(long entries, int height) {}

  /**
   * Checks a tree that came from outside, as far as its parts are in the store.
   *
   * @throws IllegalArgumentException if it is none, or too large
   * @throws IOException if the store cannot be read
   */
  public static void check(Trees trees, Digest tree) throws IOException {
    Size _ = new TreeMeasure(trees).measure(tree, 1);
  }

  private Size measure(Digest tree, int depth) throws IOException {
    Size before = known.get(tree);
    int height = before == null ? 0 : before.height;
    if (depth + height > MOST_DEPTH) {
      throw new IllegalArgumentException(
          "a directory has more than " + MOST_DEPTH + " levels below each other");
    }
    if (before != null) {
      return before;
    }
    Size measured = new Size(1, 1);
    if (tree.size() > LARGEST_LIST) {
      throw new IllegalArgumentException("a directory's list has " + tree.size() + " bytes");
    }
    Tree content;
    try {
      content = trees.read(tree);
    } catch (MissingBlobException e) {
      return measured; // told by who looks for what is missing
    }
    long entries = 1;
    int highest = 0;
    for (Entry entry : content.entries()) {
      entries++;
      if (entry instanceof TreeEntry below) {
        Size size = measure(below.digest(), depth + 1);
        entries += size.entries;
        highest = Math.max(highest, size.height);
      }
      if (entries > MOST_ENTRIES) {
        throw new IllegalArgumentException(
            "a directory has more than " + MOST_ENTRIES + " entries, all levels counted");
      }
    }
    measured = new Size(entries, highest + 1);
    known.put(tree, measured);
    return measured;
  }
}
