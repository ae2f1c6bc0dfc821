package dev.millrace.sandbox;

import dev.millrace.cache.Action.OutputPath;
import dev.millrace.content.Artifact;
import dev.millrace.content.Artifact.Kind;
import dev.millrace.content.FileCalls;
import dev.millrace.content.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Fills a clean workspace: directories for outputs, then inputs. Makes each directory once. */
final class Furnishing {
  private static final int READ_ONLY = 0555;

  private final Workspace workspace;
  private final Trees trees;
  private final SpareFiles spares;
  private final Set<String> forOutputs = new HashSet<>();
  private final Set<String> forInputs = new HashSet<>();

  Furnishing(Workspace workspace, Trees trees, SpareFiles spares) {
    this.workspace = workspace;
    this.trees = trees;
    this.spares = spares;
    forOutputs.add("");
    forOutputs.add(Workspace.TMP);
  }

  void furnish(SortedMap<String, Artifact> inputs, SortedMap<String, OutputPath> outputs)
      throws IOException {
    SortedMap<String, Artifact> placed = normalized(inputs);
    for (OutputPath output : outputs.values()) {
      makeDirectory(SandboxPaths.parent(SandboxPaths.normalize(output.path())), placed);
    }
    for (Map.Entry<String, Artifact> input : placed.entrySet()) {
      makeInputDirectory(SandboxPaths.parent(input.getKey()));
      place(input.getValue(), resolve(input.getKey()));
    }
    for (String directory : forInputs) {
      if (directory.equals(Workspace.INPUTS) || directory.startsWith(Workspace.INPUTS + "/")) {
        FileCalls.now().setMode(resolve(directory), READ_ONLY);
      }
    }
  }

  private static SortedMap<String, Artifact> normalized(SortedMap<String, Artifact> inputs) {
    if (inputs.isEmpty()) {
      return inputs;
    }
    SortedMap<String, Artifact> normalized = new TreeMap<>();
    inputs.forEach((path, artifact) -> normalized.put(SandboxPaths.normalize(path), artifact));
    if (normalized.size() != inputs.size() || !SandboxPaths.nested(normalized.keySet()).isEmpty()) {
      throw new IllegalArgumentException("an input lies inside another: " + inputs.keySet());
    }
    return normalized;
  }

  private void makeDirectory(String path, Map<String, Artifact> inputs) throws IOException {
    if (inputs.containsKey(path)) {
      throw new IllegalArgumentException("an output lies inside the input '" + path + "'");
    }
    if (forOutputs.add(path)) {
      makeDirectory(SandboxPaths.parent(path), inputs);
      make(path);
    }
  }

  private void makeInputDirectory(String path) throws IOException {
    if (!forOutputs.contains(path) && forInputs.add(path)) {
      makeInputDirectory(SandboxPaths.parent(path));
      make(path);
    }
  }

  private void place(Artifact input, Path target) throws IOException {
    boolean small = input.kind() != Kind.TREE && input.digest().size() <= SpareFiles.LARGEST;
    boolean placed =
        small
            && spares.isReady()
            && spares.place(
                trees.readBlob(input.digest()), target, input.kind() == Kind.EXECUTABLE);
    if (!placed) {
      trees.place(input, target);
    }
  }

  private void make(String path) throws IOException {
    if (!path.equals(Workspace.INPUTS)) {
      Files.createDirectory(resolve(path));
    }
  }

  private Path resolve(String path) {
    return path.equals(Workspace.INPUTS) ? workspace.inputs() : workspace.directory().resolve(path);
  }
}
