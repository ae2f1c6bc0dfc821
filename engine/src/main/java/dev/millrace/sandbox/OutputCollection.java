package dev.millrace.sandbox;

import dev.millrace.cache.Action.OutputPath;
import dev.millrace.content.Artifact;
import dev.millrace.content.FileStamp;
import dev.millrace.content.RefusedContentException;
import dev.millrace.content.Trees;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Takes the outputs of an attempt that has ended into the store. Nothing is reached through a link
 * that leads out of the sandbox: each directory on the way to an output is looked at itself.
 */
final class OutputCollection {
  private final Path work;
  private final Trees trees;
  private final Set<String> inputs;
  private final List<String> missing = new ArrayList<>();
  private final List<String> refused = new ArrayList<>();

  OutputCollection(Path work, Trees trees, Set<String> inputs) {
    this.work = work;
    this.trees = trees;
    this.inputs = inputs;
  }

  /**
   * A declared output that is there.
   *
   * @param shown its path as declared
   * @param file where its bytes are
   * @param own whether no other output can want the same file, so that it can be moved away
   */
  private record Found(String shown, Path file, FileStamp stamp, boolean own) {}

  Collected collect(SortedMap<String, OutputPath> outputs) throws IOException {
    Map<String, Found> found = new LinkedHashMap<>();
    Set<String> nested =
        outputs.size() < 2
            ? Set.of()
            : SandboxPaths.nested(outputs.values().stream().map(OutputCollection::path).toList());
    for (Map.Entry<String, OutputPath> output : outputs.entrySet()) {
      String path = path(output.getValue());
      Found one = find(output.getKey(), path, !nested.contains(path));
      if (one != null) {
        found.put(output.getKey(), one);
      } else if (!output.getValue().optional()) {
        missing.add(output.getKey() + " (" + path + ")");
      }
    }
    SortedMap<String, Artifact> taken = new TreeMap<>();
    if (missing.isEmpty() && refused.isEmpty()) {
      take(found, taken);
    }
    return missing.isEmpty() && refused.isEmpty() ? new Collected.Outputs(taken) : failed();
  }

  private static String path(OutputPath output) {
    return SandboxPaths.normalize(output.path());
  }

  /** Returns what lies at the path; null if nothing does, or if it was refused. */
  private @Nullable Found find(String name, String path, boolean alone) throws IOException {
    try {
      for (int at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
        FileStamp parent = FileStamp.of(work.resolve(path.substring(0, at)));
        if (!parent.isDirectory()) {
          return refuse(name, path, "'" + path.substring(0, at) + "' is not a directory");
        }
      }
      Path file = work.resolve(path);
      FileStamp stamp = FileStamp.of(file);
      if (stamp.isLink()) {
        return follow(name, path, file);
      }
      if (!stamp.isRegularFile() && !stamp.isDirectory()) {
        return refuse(name, path, "it is neither a file nor a directory");
      }
      return new Found(path, file, stamp, alone);
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private @Nullable Found refuse(String name, String path, String why) {
    refused.add("cannot take output " + name + " (" + path + "): " + why);
    return null;
  }

  /** An output may be a link to something else that the step made. */
  private @Nullable Found follow(String name, String path, Path link) throws IOException {
    Path real;
    try {
      real = link.toRealPath();
    } catch (NoSuchFileException e) {
      return refuse(
          name, path, "it is a link to '" + Files.readSymbolicLink(link) + "', where nothing is");
    }
    if (!real.startsWith(work) || real.equals(work)) {
      return refuse(
          name, path, "it is a link out of the sandbox, to '" + Files.readSymbolicLink(link) + "'");
    }
    return new Found(path, real, FileStamp.of(real), false);
  }

  private void take(Map<String, Found> found, SortedMap<String, Artifact> taken)
      throws IOException {
    for (Map.Entry<String, Found> entry : found.entrySet()) {
      Found output = entry.getValue();
      try {
        taken.put(entry.getKey(), take(output));
      } catch (RefusedContentException e) {
        refused.addAll(e.problems());
      } catch (AccessDeniedException e) {
        refuse(entry.getKey(), output.shown(), "it cannot be read: " + e.getFile());
      }
    }
  }

  private Artifact take(Found output) throws IOException {
    Path file = output.file();
    if (output.stamp().isDirectory()) {
      return output.own()
          ? trees.adopt(file, output.shown())
          : trees.putDirectory(file, output.shown());
    }
    if (!output.stamp().isRegularFile()) {
      throw new RefusedContentException(
          List.of("cannot take output " + output.shown() + ": it leads to a special file"));
    }
    boolean executable = output.stamp().isExecutable();
    return new Artifact(
        executable ? Artifact.Kind.EXECUTABLE : Artifact.Kind.FILE,
        output.own() ? trees.store().adopt(file) : trees.store().putFile(file));
  }

  private Collected failed() throws IOException {
    Listing listing = Listing.of(work, inputs);
    return new Collected.Failed(missing, refused, listing.paths(), listing.more());
  }
}
