package dev.millrace.sandbox;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/**
 * What a step left in its sandbox, for a message: a bounded number of paths, its inputs and
 * temporary files left out.
 *
 * @param paths relative to the working directory, sorted; directories end in a slash
 * @param more whether there are more
 */
record Listing(List<String> paths, boolean more) {
  private static final int MOST = 20;
  private static final Set<String> NOT_MADE = Set.of(Workspace.INPUTS, Workspace.TMP);

  static Listing of(Path work, Set<String> inputs) throws IOException {
    List<String> paths = new ArrayList<>();
    Deque<Path> open = new ArrayDeque<>();
    open.push(work);
    while (!open.isEmpty() && paths.size() <= MOST) {
      list(work, open.pop(), inputs, paths, open);
    }
    boolean more = paths.size() > MOST || !open.isEmpty();
    List<String> shown = paths.subList(0, Math.min(MOST, paths.size()));
    return new Listing(shown.stream().sorted().toList(), more);
  }

  private static void list(
      Path work, Path directory, Set<String> inputs, List<String> paths, Deque<Path> open)
      throws IOException {
    int before = paths.size();
    boolean empty = true;
    try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
      for (Path child : children) {
        empty = false;
        String path = work.relativize(child).toString();
        if (NOT_MADE.contains(path) || inputs.contains(path)) {
          continue;
        }
        if (Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
          open.addLast(child);
        } else if (paths.size() - before <= MOST) {
          paths.add(path);
        }
      }
    } catch (AccessDeniedException | DirectoryIteratorException e) {
      empty = true;
    }
    if (empty && !directory.equals(work)) {
      paths.add(work.relativize(directory) + "/");
    }
  }
}
