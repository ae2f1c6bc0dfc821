package dev.millrace.content;

import dev.millrace.content.Tree.Entry;
import dev.millrace.content.Tree.FileEntry;
import dev.millrace.content.Tree.LinkEntry;
import dev.millrace.content.Tree.TreeEntry;
import dev.millrace.digest.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Stores a directory as a tree: looks at everything in it first, level by level, then takes the
 * files, then puts the trees from the bottom up. So nothing is stored of what cannot be stored as a
 * whole, each pass can use many threads, and no depth overflows a stack.
 *
 * <p>What is done is remembered: {@link #store} can be called again when the store was unavailable,
 * although files that were taken over are not in the directory any more.
 */
public final class TreeCapture {
  private static final int MOST_PROBLEMS = 20;

  /** How a file comes into the store. */
  @FunctionalInterface
  interface Intake {
    Digest take(Path file, FileStamp stamp) throws IOException;
  }

  /** A directory and what was found in it. */
  private static final class Directory {
    final Path path;
    final String shown;
    final int depth;
    List<Child> children = List.of();
    @Nullable Digest digest;

    Directory(Path path, String shown, int depth) {
      this.path = path;
      this.shown = shown;
      this.depth = depth;
    }
  }

  /** Something in a directory. Each is looked at and taken by one thread. */
  private static final class Child {
    final Directory parent;
    final String name;
    @Nullable FileStamp file;
    @Nullable Directory directory;
    @Nullable Entry entry;

    Child(Directory parent, String name) {
      this.parent = parent;
      this.name = name;
    }

    Path path() {
      return parent.path.resolve(name);
    }

    String shown() {
      return parent.shown + "/" + name;
    }
  }

  private final Trees trees;
  private final Intake intake;
  private final Set<String> ignored;
  private final int threads;
  private final Directory top;
  private final List<String> problems = Collections.synchronizedList(new ArrayList<>());
  private final List<List<Directory>> levels = new ArrayList<>();

  /**
   * Prepares to store a directory; nothing is looked at yet.
   *
   * @param shown how messages call the directory
   * @param ignored names that are left out wherever they stand
   * @param threads how many to use at most
   */
  TreeCapture(
      Path directory, String shown, Trees trees, Intake intake, Set<String> ignored, int threads) {
    this.trees = trees;
    this.intake = intake;
    this.ignored = ignored;
    this.threads = threads;
    top = new Directory(directory, shown, 0);
  }

  /**
   * Stores the directory, or the rest of it.
   *
   * @throws RefusedContentException if something in it cannot be stored
   * @throws StorageUnavailableException if the store cannot take it now
   */
  public Artifact store() throws IOException {
    if (levels.isEmpty()) {
      look();
    }
    List<Child> files = new ArrayList<>();
    for (List<Directory> level : levels) {
      for (Directory directory : level) {
        for (Child child : directory.children) {
          if (child.file != null && child.entry == null) {
            files.add(child);
          }
        }
      }
    }
    InParallel.forEach(files, threads, this::take);
    for (List<Directory> level : levels.reversed()) {
      InParallel.forEach(level, threads, this::put);
    }
    return Artifact.tree(digest(top));
  }

  private static Digest digest(Directory directory) {
    Digest digest = directory.digest;
    if (digest == null) {
      throw new IllegalStateException("not stored: " + directory.path);
    }
    return digest;
  }

  private void look() throws IOException {
    List<List<Directory>> found = new ArrayList<>();
    problems.clear();
    for (List<Directory> level = List.of(top); !level.isEmpty(); level = below(level)) {
      found.add(level);
      InParallel.forEach(level, threads, this::list);
      List<Child> children = new ArrayList<>();
      level.forEach(directory -> children.addAll(directory.children));
      InParallel.forEach(children, threads, this::look);
    }
    if (!problems.isEmpty()) {
      throw new RefusedContentException(problems.stream().sorted().toList());
    }
    levels.addAll(found);
  }

  private static List<Directory> below(List<Directory> level) {
    List<Directory> below = new ArrayList<>();
    for (Directory directory : level) {
      for (Child child : directory.children) {
        if (child.directory != null) {
          below.add(child.directory);
        }
      }
    }
    return below;
  }

  private void list(Directory directory) throws IOException {
    List<Child> children = new ArrayList<>();
    try {
      for (Path path : DirectoryListing.of(directory.path)) {
        String name = String.valueOf(path.getFileName());
        if (!ignored.contains(name)) {
          children.add(new Child(directory, name));
        }
      }
    } catch (IOException e) {
      throw StorageUnavailableException.blameUnlessTheirs(directory.path, e);
    }
    directory.children = children;
  }

  private void look(Child child) throws IOException {
    String wrong = TreeNames.problemOfName(child.name);
    if (wrong != null) {
      refuse(child, "its name " + wrong);
      return;
    }
    Path path = child.path();
    try {
      FileStamp stamp = FileStamp.of(path);
      if (stamp.isDirectory()) {
        child.directory = new Directory(path, child.shown(), child.parent.depth + 1);
      } else if (stamp.isLink()) {
        lookAtLink(child, Files.readSymbolicLink(path).toString());
      } else if (stamp.isRegularFile()) {
        child.file = stamp;
      } else {
        refuse(child, "it is neither a file, a directory nor a link");
      }
    } catch (IOException e) {
      throw StorageUnavailableException.blameUnlessTheirs(path, e);
    }
  }

  private void lookAtLink(Child child, String target) throws RefusedContentException {
    String wrong = TreeNames.problemOfTarget(target);
    if (wrong != null) {
      refuse(child, "it is a link, and its target '" + target + "' " + wrong);
    } else if (TreeNames.escapes(target, child.parent.depth)) {
      refuse(child, "it is a link that leads out of the directory: '" + target + "'");
    } else {
      child.entry = new LinkEntry(child.name, target);
    }
  }

  private void refuse(Child child, String why) throws RefusedContentException {
    problems.add("cannot store " + child.shown() + ": " + why);
    if (problems.size() >= MOST_PROBLEMS) {
      List<String> some = new ArrayList<>(List.copyOf(problems));
      some.sort(null);
      some.add("(there may be more)");
      throw new RefusedContentException(some);
    }
  }

  private void take(Child child) throws IOException {
    FileStamp stamp = child.file;
    if (stamp != null) {
      Digest digest = intake.take(child.path(), stamp);
      child.entry = new FileEntry(child.name, digest, stamp.isExecutable());
    }
  }

  private void put(Directory directory) throws IOException {
    if (directory.digest != null) {
      return;
    }
    List<Entry> entries = new ArrayList<>(directory.children.size());
    for (Child child : directory.children) {
      if (child.directory != null) {
        entries.add(new TreeEntry(child.name, digest(child.directory)));
      } else if (child.entry != null) {
        entries.add(child.entry);
      }
    }
    directory.digest = trees.put(Tree.of(entries));
  }
}
