package dev.millrace.sandbox;

import dev.millrace.cache.Action.OutputPath;
import dev.millrace.content.Artifact;
import dev.millrace.content.ContentStore;
import dev.millrace.content.FileStamp;
import dev.millrace.content.RefusedContentException;
import dev.millrace.content.StorageUnavailableException;
import dev.millrace.content.TreeCapture;
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
 *
 * <p>What was taken is remembered, since it is not in the sandbox any more: {@link #collect} goes
 * on where it was when the store became unavailable.
 */
final class OutputCollection {
  private final Path work;
  private final Trees trees;
  private final Set<String> inputs;
  private final SortedMap<String, OutputPath> outputs;
  private final List<String> missing = new ArrayList<>();
  private final List<String> refused = new ArrayList<>();
  private final Map<String, Found> found = new LinkedHashMap<>();
  private final SortedMap<String, Artifact> taken = new TreeMap<>();
  private boolean complete;

  /**
   * Prepares to take outputs.
   *
   * @param inputs their paths in the sandbox
   * @param outputs by declared name
   */
  OutputCollection(
      Path work, Trees trees, Set<String> inputs, SortedMap<String, OutputPath> outputs) {
    this.work = work;
    this.trees = trees;
    this.inputs = inputs;
    this.outputs = outputs;
  }

  /** How a declared output that is there gets into the store; may be called until it succeeds. */
  @FunctionalInterface
  private interface Intake {
    Artifact take() throws IOException;
  }

  private record Found(String shown, Intake intake) {}

  Collected collect() throws IOException {
    if (!complete) {
      find();
      complete = true;
    }
    if (missing.isEmpty() && refused.isEmpty()) {
      take();
    }
    return missing.isEmpty() && refused.isEmpty() ? new Collected.Outputs(taken) : failed();
  }

  private void find() throws IOException {
    missing.clear();
    refused.clear();
    Set<String> nested = SandboxPaths.nested(paths());
    for (Map.Entry<String, OutputPath> output : outputs.entrySet()) {
      String name = output.getKey();
      String path = path(output.getValue());
      Intake intake = find(name, path, !nested.contains(path));
      if (intake != null) {
        found.put(name, new Found(path, intake));
      } else if (!output.getValue().optional()) {
        missing.add(name + " (" + path + ")");
      }
    }
  }

  private List<String> paths() {
    List<String> paths = new ArrayList<>(outputs.size());
    for (OutputPath output : outputs.values()) {
      paths.add(path(output));
    }
    return paths;
  }

  private static String path(OutputPath output) {
    return SandboxPaths.normalize(output.path());
  }

  /**
   * Returns how to take what lies at the path; null if nothing does, or if it was refused.
   *
   * @param alone whether no other output can want the same file, so that it can be moved away
   */
  private @Nullable Intake find(String name, String path, boolean alone) throws IOException {
    try {
      for (int at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
        FileStamp parent = FileStamp.of(work.resolve(path.substring(0, at)));
        if (!parent.isDirectory()) {
          return refuse(name, path, "'" + path.substring(0, at) + "' is not a directory");
        }
      }
      Path file = work.resolve(path);
      FileStamp stamp = FileStamp.of(file);
      return stamp.isLink() ? follow(name, path, file) : intake(name, path, file, stamp, alone);
    } catch (NoSuchFileException e) {
      return null;
    } catch (AccessDeniedException e) {
      return refuse(name, path, "it cannot be read: " + e.getFile());
    } catch (IOException e) {
      throw StorageUnavailableException.blame(work, e);
    }
  }

  private @Nullable Intake refuse(String name, String path, String why) {
    refused.add("cannot take output " + name + " (" + path + "): " + why);
    return null;
  }

  /** An output may be a link to something else that the step made. */
  private @Nullable Intake follow(String name, String path, Path link) throws IOException {
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
    return intake(name, path, real, FileStamp.of(real), false);
  }

  private @Nullable Intake intake(
      String name, String path, Path file, FileStamp stamp, boolean own) {
    if (stamp.isDirectory()) {
      TreeCapture capture = own ? trees.adopting(file, path) : trees.copying(file, path);
      return capture::store;
    }
    if (!stamp.isRegularFile()) {
      return refuse(name, path, "it is neither a file nor a directory");
    }
    Artifact.Kind kind = stamp.isExecutable() ? Artifact.Kind.EXECUTABLE : Artifact.Kind.FILE;
    ContentStore store = trees.store();
    return () -> new Artifact(kind, own ? store.adopt(file, stamp) : store.putFile(file));
  }

  private void take() throws IOException {
    for (Map.Entry<String, Found> entry : found.entrySet()) {
      String name = entry.getKey();
      if (taken.containsKey(name)) {
        continue;
      }
      Found output = entry.getValue();
      try {
        taken.put(name, output.intake().take());
      } catch (RefusedContentException e) {
        refused.addAll(e.problems());
      } catch (AccessDeniedException e) {
        refuse(name, output.shown(), "it cannot be read: " + e.getFile());
      }
    }
  }

  private Collected failed() throws IOException {
    try {
      Listing listing = Listing.of(work, inputs);
      return new Collected.Failed(missing, refused, listing.paths(), listing.more());
    } catch (IOException e) {
      throw StorageUnavailableException.blame(work, e);
    }
  }
}
