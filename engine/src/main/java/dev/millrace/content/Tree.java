package dev.millrace.content;

import dev.millrace.digest.Digest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * A directory as content: names and what they lead to. It holds no times, owners or permissions
 * beyond "can be run", so that equal directories have equal digests wherever they were made.
 *
 * @param entries sorted by name (as {@link String#compareTo} does), each name once
 */
public record Tree(List<Entry> entries) {

  /** The directory that holds nothing. */
  public static final Tree EMPTY = new Tree(List.of());

  /**
   * Takes entries that are sorted.
   *
   * @throws IllegalArgumentException if they are not, or one comes twice
   */
  public Tree {
    entries = List.copyOf(entries);
    for (int i = 1; i < entries.size(); i++) {
      String name = entries.get(i).name();
      if (entries.get(i - 1).name().compareTo(name) >= 0) {
        throw new IllegalArgumentException("tree entry out of order: " + name);
      }
    }
  }

  /**
   * Returns a tree of these entries, in any order.
   *
   * @throws IllegalArgumentException if a name comes twice
   */
  public static Tree of(Collection<? extends Entry> entries) {
    List<Entry> sorted = new ArrayList<>(entries);
    sorted.sort(Comparator.comparing(Entry::name));
    return new Tree(sorted);
  }

  /** A name in a directory and what it leads to. */
  public sealed interface Entry {
    /** Returns the name: one component of a path. */
    String name();
  }

  /** A regular file. */
  public record FileEntry(String name, Digest digest, boolean executable) implements Entry {
    public FileEntry {
      TreeNames.requireName(name);
    }
  }

  /**
   * A directory.
   *
   * @param digest of its own tree
   */
  public record TreeEntry(String name, Digest digest) implements Entry {
    public TreeEntry {
      TreeNames.requireName(name);
    }
  }

  /**
   * A symbolic link.
   *
   * @param target a relative path that stays within the outermost tree: any number of {@code ..},
   *     then names. {@code ..} after a name is refused, because the name could itself be a link
   */
  public record LinkEntry(String name, String target) implements Entry {
    public LinkEntry {
      TreeNames.requireName(name);
      TreeNames.requireTarget(target);
    }
  }

  /** Returns an entry that gives the artifact a name. */
  public static Entry entry(String name, Artifact artifact) {
    return switch (artifact.kind()) {
      case FILE -> new FileEntry(name, artifact.digest(), false);
      case EXECUTABLE -> new FileEntry(name, artifact.digest(), true);
      case TREE -> new TreeEntry(name, artifact.digest());
    };
  }
}
