package dev.millrace.content;

import dev.millrace.content.Tree.Entry;
import dev.millrace.content.Tree.FileEntry;
import dev.millrace.content.Tree.LinkEntry;
import dev.millrace.content.Tree.TreeEntry;
import dev.millrace.digest.Digest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Directories in a content store. Safe for use by many threads. None of its methods recurses: a
 * tree may be as deep as its blobs say.
 */
public final class Trees {
  private static final int MOST_COMPLETE = 100_000;

  private final ContentStore store;
  private final Set<Digest> complete = ConcurrentHashMap.newKeySet();

  public Trees(ContentStore store) {
    this.store = store;
  }

  /** Returns the store that holds the trees. */
  public ContentStore store() {
    return store;
  }

  /** Stores the tree's own blob; those it refers to are the caller's. */
  public Digest put(Tree tree) throws IOException {
    return store.put(TreeCodec.encode(tree));
  }

  /**
   * Reads a tree.
   *
   * @throws MissingBlobException if its blob is not there, or is no tree
   */
  public Tree read(Digest digest) throws IOException {
    try {
      return TreeCodec.decode(readBlob(digest));
    } catch (IllegalArgumentException e) {
      MissingBlobException missing = new MissingBlobException(digest, e.getMessage() + "");
      missing.initCause(e);
      throw missing;
    }
  }

  /**
   * Reads a whole blob, such as a small file's.
   *
   * @throws MissingBlobException if it is not there
   */
  public byte[] readBlob(Digest digest) throws IOException {
    try {
      return store.read(digest);
    } catch (MissingBlobException e) {
      complete.clear();
      throw e;
    }
  }

  /**
   * Returns a way to store a directory by taking its files over; once that has begun, what is left
   * of the directory must not be used any more.
   *
   * @param shown how messages call it
   */
  public TreeCapture adopting(Path directory, String shown) {
    return new TreeCapture(directory, shown, this, store::adopt, Set.of(), 1);
  }

  /**
   * Returns a way to store a copy of a directory.
   *
   * @param shown how messages call it
   */
  public TreeCapture copying(Path directory, String shown) {
    TreeCapture.Intake copy = (file, _) -> store.putFile(file);
    return new TreeCapture(directory, shown, this, copy, Set.of(), 1);
  }

  /**
   * Stores a copy of a directory.
   *
   * @param shown how messages call it
   * @throws RefusedContentException if something in it cannot be stored
   */
  public Artifact putDirectory(Path directory, String shown) throws IOException {
    return copying(directory, shown).store();
  }

  /**
   * Makes a directory of what is in the store already: nothing is copied.
   *
   * @param entries by name, each one component of a path
   * @throws IllegalArgumentException if a name is none
   */
  public Artifact ofReferences(Map<String, Artifact> entries) throws IOException {
    List<Entry> references = new ArrayList<>(entries.size());
    entries.forEach((name, artifact) -> references.add(Tree.entry(name, artifact)));
    return Artifact.tree(put(Tree.of(references)));
  }

  /**
   * Places an artifact read-only: a file, or a directory with all that is in it.
   *
   * @param target does not exist; its parent does
   * @throws MissingBlobException if a blob is not there
   */
  public void place(Artifact artifact, Path target) throws IOException {
    try {
      switch (artifact.kind()) {
        case FILE -> store.place(artifact.digest(), target, false);
        case EXECUTABLE -> store.place(artifact.digest(), target, true);
        case TREE -> TreePlacement.place(this, artifact.digest(), target, true);
      }
    } catch (MissingBlobException e) {
      complete.clear();
      throw e;
    }
  }

  /**
   * Copies an artifact to where its owner may change it.
   *
   * @param target a file is replaced; a directory must not exist
   * @throws MissingBlobException if a blob is not there
   */
  public void export(Artifact artifact, Path target) throws IOException {
    switch (artifact.kind()) {
      case FILE -> store.export(artifact.digest(), target, false);
      case EXECUTABLE -> store.export(artifact.digest(), target, true);
      case TREE -> TreePlacement.place(this, artifact.digest(), target, false);
    }
  }

  /**
   * Returns the blobs that the artifacts need and that are not in the store: their own and all
   * below them. A tree that was found complete once is believed to be for the life of this object,
   * or until a blob is found missing.
   */
  public Set<Digest> missing(Collection<Artifact> artifacts) throws IOException {
    Set<Digest> files = new HashSet<>();
    Set<Digest> seen = new HashSet<>();
    Deque<Digest> open = new ArrayDeque<>();
    for (Artifact artifact : artifacts) {
      switch (artifact.kind()) {
        case FILE, EXECUTABLE -> files.add(artifact.digest());
        case TREE -> enter(artifact.digest(), seen, open);
      }
    }
    Set<Digest> missing = new HashSet<>();
    while (!open.isEmpty()) {
      Digest next = open.pop();
      if (store.contains(next)) {
        collect(next, files, seen, open, missing);
      } else {
        missing.add(next);
      }
    }
    missing.addAll(store.missing(files));
    if (missing.isEmpty()) {
      remember(seen);
    }
    return missing;
  }

  private void enter(Digest tree, Set<Digest> seen, Deque<Digest> open) {
    if (!complete.contains(tree) && seen.add(tree)) {
      open.push(tree);
    }
  }

  private void collect(
      Digest tree, Set<Digest> files, Set<Digest> seen, Deque<Digest> open, Set<Digest> missing)
      throws IOException {
    Tree content;
    try {
      content = read(tree);
    } catch (MissingBlobException e) {
      missing.add(tree);
      return;
    }
    for (Entry entry : content.entries()) {
      switch (entry) {
        case FileEntry file -> files.add(file.digest());
        case TreeEntry sub -> enter(sub.digest(), seen, open);
        case LinkEntry _ -> {}
      }
    }
  }

  private void remember(Set<Digest> trees) {
    if (complete.size() > MOST_COMPLETE) {
      complete.clear();
    }
    complete.addAll(trees);
  }

  /** Is told what a tree holds. */
  @FunctionalInterface
  public interface Visitor {
    /**
     * Called for each file and link, and for each directory before what is in it.
     *
     * @param path from the outermost tree, with slashes
     */
    void visit(String path, Entry entry) throws IOException;
  }

  private record Inside(String prefix, Digest tree) {}

  /**
   * Calls {@code visitor} for all that the tree holds, at any depth. Entries of one directory come
   * in the order of their names; sub-directories come after it.
   *
   * @throws MissingBlobException if a tree's blob is not there
   */
  public void walk(Digest tree, Visitor visitor) throws IOException {
    Deque<Inside> open = new ArrayDeque<>();
    open.push(new Inside("", tree));
    while (!open.isEmpty()) {
      Inside next = open.pop();
      for (Entry entry : read(next.tree()).entries()) {
        String path = next.prefix() + entry.name();
        visitor.visit(path, entry);
        if (entry instanceof TreeEntry sub) {
          open.push(new Inside(path + "/", sub.digest()));
        }
      }
    }
  }
}
