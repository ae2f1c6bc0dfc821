package dev.millrace.sandbox;

import dev.millrace.cache.Action.OutputPath;
import dev.millrace.content.Artifact;
import dev.millrace.content.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Fills a clean sandbox: directories for outputs, then inputs. Makes each directory once. */
final class Furnishing {
  private static final Set<PosixFilePermission> READ_ONLY =
      PosixFilePermissions.fromString("r-xr-xr-x");

  private final Path work;
  private final Trees trees;
  private final Set<String> made = new HashSet<>();

  Furnishing(Path work, Trees trees) {
    this.work = work;
    this.trees = trees;
    made.add("");
    made.add(CleanDirectories.TMP);
  }

  void furnish(SortedMap<String, Artifact> inputs, SortedMap<String, OutputPath> outputs)
      throws IOException {
    SortedMap<String, Artifact> placed = new TreeMap<>();
    inputs.forEach((path, artifact) -> placed.put(SandboxPaths.normalize(path), artifact));
    if (placed.size() != inputs.size() || !SandboxPaths.nested(placed.keySet()).isEmpty()) {
      throw new IllegalArgumentException("an input lies inside another: " + inputs.keySet());
    }
    for (OutputPath output : outputs.values()) {
      String parent = SandboxPaths.parent(SandboxPaths.normalize(output.path()));
      makeDirectory(parent, placed.keySet());
    }
    Set<String> writable = Set.copyOf(made);
    for (Map.Entry<String, Artifact> input : placed.entrySet()) {
      makeDirectory(SandboxPaths.parent(input.getKey()), Set.of());
      trees.place(input.getValue(), work.resolve(input.getKey()));
    }
    for (String directory : made) {
      boolean ofInputs =
          directory.equals(CleanDirectories.INPUTS)
              || directory.startsWith(CleanDirectories.INPUTS + "/");
      if (ofInputs && !writable.contains(directory)) {
        Files.setPosixFilePermissions(work.resolve(directory), READ_ONLY);
      }
    }
  }

  private void makeDirectory(String path, Set<String> taken) throws IOException {
    if (taken.contains(path)) {
      throw new IllegalArgumentException("an output lies inside the input '" + path + "'");
    }
    if (made.add(path)) {
      makeDirectory(SandboxPaths.parent(path), taken);
      if (!path.equals(CleanDirectories.INPUTS)) {
        Files.createDirectory(work.resolve(path));
      }
    }
  }
}
