package dev.millrace.content;

import dev.millrace.content.Tree.Entry;
import dev.millrace.content.Tree.FileEntry;
import dev.millrace.content.Tree.LinkEntry;
import dev.millrace.content.Tree.TreeEntry;
import dev.millrace.digest.Digest;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/**
 * Stores a directory as a tree. The directories under work are a stack of their own, so that a deep
 * one cannot overflow the thread's.
 */
final class TreeCapture {
  private static final int MOST_PROBLEMS = 20;

  /** How a file comes into the store. */
  @FunctionalInterface
  interface Intake {
    Digest take(Path file, FileStamp stamp) throws IOException;
  }

  /** A directory of which some entries are done. */
  private static final class Level {
    final String name;
    final String path;
    final Iterator<Path> rest;
    final List<Entry> entries = new ArrayList<>();

    Level(String name, String path, Iterator<Path> rest) {
      this.name = name;
      this.path = path;
      this.rest = rest;
    }
  }

  private final Trees trees;
  private final Intake intake;
  private final Set<String> ignored;
  private final List<String> problems = new ArrayList<>();
  private final Deque<Level> levels = new ArrayDeque<>();

  private TreeCapture(Trees trees, Intake intake, Set<String> ignored) {
    this.trees = trees;
    this.intake = intake;
    this.ignored = ignored;
  }

  /**
   * Stores a directory.
   *
   * @param shown how messages call the directory
   * @param ignored names that are left out wherever they stand
   * @throws RefusedContentException if something in it cannot be stored
   */
  static Digest capture(
      Path directory, String shown, Trees trees, Intake intake, Set<String> ignored)
      throws IOException {
    return new TreeCapture(trees, intake, ignored).run(directory, shown);
  }

  private Digest run(Path directory, String shown) throws IOException {
    levels.push(new Level("", shown, list(directory)));
    while (true) {
      Level level = levels.element();
      if (level.rest.hasNext()) {
        add(level, level.rest.next());
        continue;
      }
      levels.pop();
      if (levels.isEmpty()) {
        failOnProblems();
        return trees.put(Tree.of(level.entries));
      }
      if (problems.isEmpty()) {
        Digest digest = trees.put(Tree.of(level.entries));
        levels.element().entries.add(new TreeEntry(level.name, digest));
      }
    }
  }

  private void failOnProblems() throws RefusedContentException {
    if (!problems.isEmpty()) {
      throw new RefusedContentException(problems);
    }
  }

  private static Iterator<Path> list(Path directory) throws IOException {
    List<Path> children = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      stream.forEach(children::add);
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    children.sort(null);
    return children.iterator();
  }

  private void add(Level level, Path child) throws IOException {
    String name = String.valueOf(child.getFileName());
    if (ignored.contains(name)) {
      return;
    }
    String path = level.path + "/" + name;
    String wrong = TreeNames.problemOfName(name);
    if (wrong != null) {
      refuse(path, "its name " + wrong);
      return;
    }
    FileStamp stamp = FileStamp.of(child);
    if (stamp.isDirectory()) {
      levels.push(new Level(name, path, list(child)));
    } else if (stamp.isLink()) {
      addLink(level, name, path, Files.readSymbolicLink(child).toString());
    } else if (!stamp.isRegularFile()) {
      refuse(path, "it is neither a file, a directory nor a link");
    } else if (problems.isEmpty()) {
      level.entries.add(new FileEntry(name, intake.take(child, stamp), stamp.isExecutable()));
    }
  }

  private void addLink(Level level, String name, String path, String target)
      throws RefusedContentException {
    String wrong = TreeNames.problemOfTarget(target);
    if (wrong != null) {
      refuse(path, "it is a link, and its target '" + target + "' " + wrong);
    } else if (TreeNames.escapes(target, levels.size() - 1)) {
      refuse(path, "it is a link that leads out of the directory: '" + target + "'");
    } else {
      level.entries.add(new LinkEntry(name, target));
    }
  }

  private void refuse(String path, String why) throws RefusedContentException {
    problems.add("cannot store " + path + ": " + why);
    if (problems.size() == MOST_PROBLEMS) {
      problems.add("(there may be more)");
      failOnProblems();
    }
  }
}
