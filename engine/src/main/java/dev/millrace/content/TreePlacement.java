package dev.millrace.content;

import dev.millrace.content.Tree.Entry;
import dev.millrace.content.Tree.FileEntry;
import dev.millrace.content.Tree.LinkEntry;
import dev.millrace.content.Tree.TreeEntry;
import dev.millrace.digest.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/** Writes a tree into a new directory, with a stack of its own. */
final class TreePlacement {
  private static final Set<PosixFilePermission> READ_ONLY =
      PosixFilePermissions.fromString("r-xr-xr-x");

  /** A directory that is still to be made. */
  private record Open(Digest tree, Path directory, int depth) {}

  private final Trees trees;
  private final boolean readOnly;
  private final List<Path> made = new ArrayList<>();
  private final Deque<Open> open = new ArrayDeque<>();

  private TreePlacement(Trees trees, boolean readOnly) {
    this.trees = trees;
    this.readOnly = readOnly;
  }

  /**
   * Makes {@code target} and all that the tree holds.
   *
   * @param readOnly whether files and directories are read-only; if not, their owner may write them
   */
  static void place(Trees trees, Digest tree, Path target, boolean readOnly) throws IOException {
    new TreePlacement(trees, readOnly).run(tree, target);
  }

  private void run(Digest tree, Path target) throws IOException {
    try {
      make(tree, target);
    } catch (IOException e) {
      removeAfter(e);
      throw StorageUnavailableException.blame(StorageUnavailableException.directoryOf(target), e);
    }
  }

  private void make(Digest tree, Path target) throws IOException {
    open.push(new Open(tree, target, 0));
    while (!open.isEmpty()) {
      Open next = open.pop();
      Tree content = trees.read(next.tree());
      Files.createDirectory(next.directory());
      made.add(next.directory());
      for (Entry entry : content.entries()) {
        place(entry, next);
      }
    }
    if (readOnly) {
      for (Path directory : made) {
        Files.setPosixFilePermissions(directory, READ_ONLY);
      }
    }
  }

  /** Removes what was made; a directory comes after those that it lies in. */
  private void removeAfter(IOException failure) {
    for (Path directory : made.reversed()) {
      try {
        for (Path child : DirectoryListing.of(directory)) {
          Files.delete(child);
        }
        Files.delete(directory);
      } catch (IOException e) {
        failure.addSuppressed(e);
      }
    }
  }

  private void place(Entry entry, Open in) throws IOException {
    Path target = in.directory().resolve(entry.name());
    switch (entry) {
      case FileEntry file -> {
        if (readOnly) {
          trees.store().place(file.digest(), target, file.executable());
        } else {
          trees.store().export(file.digest(), target, file.executable());
        }
      }
      case TreeEntry sub -> open.push(new Open(sub.digest(), target, in.depth() + 1));
      case LinkEntry link -> {
        if (TreeNames.escapes(link.target(), in.depth())) {
          throw new RefusedContentException(
              List.of("link " + target + " leads out of its tree: '" + link.target() + "'"));
        }
        Files.createSymbolicLink(target, target.getFileSystem().getPath(link.target()));
      }
    }
  }
}
