package dev.millrace.sandbox;

import dev.millrace.cache.Action.OutputPath;
import dev.millrace.content.Artifact;
import dev.millrace.content.FileCalls;
import dev.millrace.content.StorageUnavailableException;
import dev.millrace.content.Trees;
import dev.millrace.digest.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;

/**
 * The directory in which one attempt runs.
 *
 * <p>The working directory holds {@code tmp/}, {@code inputs/} and the inputs at their paths, all
 * read-only, and the directories of the declared outputs. stdout and stderr lie beside it, out of
 * the step's way. For use by one thread at a time.
 */
public final class Sandbox implements AutoCloseable {

  /** The command search path of an attempt where the engine sets no other. */
  public static final String DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin";

  private final SandboxRoot root;
  private final String name;
  private final Workspace workspace;
  private final Trees trees;
  private final OutputCollection collection;
  private final Map<Path, Digest> texts = new HashMap<>();
  private boolean gone;

  Sandbox(
      SandboxRoot root,
      String name,
      Workspace workspace,
      Trees trees,
      SortedMap<String, Artifact> inputs,
      SortedMap<String, OutputPath> outputs) {
    this.root = root;
    this.name = name;
    this.workspace = workspace;
    this.trees = trees;
    collection = new OutputCollection(workspace.directory(), trees, inputs.keySet(), outputs);
  }

  /** Returns where the command runs: an absolute path without links. */
  public Path workingDirectory() {
    return workspace.directory();
  }

  /** Returns the file for the command's stdout; it is empty, or made when the command starts. */
  public Path stdout() {
    return workspace.stdout();
  }

  /** Returns the file for the command's stderr; it is empty, or made when the command starts. */
  public Path stderr() {
    return workspace.stderr();
  }

  /**
   * Returns the variables that each attempt has: {@code HOME}, {@code TMPDIR} and {@code LANG}.
   * Home is the directory for temporary files: what programs leave in it is nobody's output.
   *
   * @param directory where the command finds its working directory
   */
  public static Map<String, String> environment(Path directory) {
    String tmp = directory.resolve(Workspace.TMP).toString();
    return Map.of("HOME", tmp, "TMPDIR", tmp, "LANG", "C.UTF-8");
  }

  /**
   * Moves the declared outputs into the content store, where they are regular files or directories
   * that lie in the sandbox. All processes of the attempt have ended.
   *
   * @throws dev.millrace.content.StorageUnavailableException if the store cannot take them now; all
   *     that the step made is still there or stored, and the same call goes on with the rest
   */
  public Collected collect() throws IOException {
    return collection.collect();
  }

  /**
   * Takes a file of text, such as {@link #stdout()}, into the store; one never made is empty. One
   * that was taken before is not taken again.
   *
   * @throws dev.millrace.content.StorageUnavailableException if the store cannot take it now; the
   *     file is as it was
   */
  public Digest takeLog(Path file) throws IOException {
    try {
      FileCalls.Found found = FileCalls.now().find(file);
      if (found != null && found.size() > 0) {
        texts.put(file, trees.store().adopt(file));
      }
      return texts.getOrDefault(file, Digest.EMPTY);
    } catch (IOException e) {
      throw StorageUnavailableException.blame(StorageUnavailableException.directoryOf(file), e);
    }
  }

  /** Removes the sandbox soon, whatever the step made of it; a second call changes nothing. */
  public void remove() {
    if (!gone) {
      gone = true;
      root.workspaces().giveBack(workspace);
    }
  }

  /**
   * Moves the sandbox to where nothing removes it, for its user to look at.
   *
   * @return its new working directory; the texts are beside it
   */
  public Path keep() throws IOException {
    try {
      Path kept = root.keptDirectory(name);
      Files.move(workspace.directory(), kept, StandardCopyOption.ATOMIC_MOVE);
      gone = true;
      keep(workspace.stdout(), Path.of(kept + Workspace.STDOUT));
      keep(workspace.stderr(), Path.of(kept + Workspace.STDERR));
      return kept;
    } catch (IOException e) {
      throw StorageUnavailableException.blame(workingDirectory(), e);
    }
  }

  private static void keep(Path log, Path to) throws IOException {
    try {
      Files.move(log, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      // The command never started, or the text is in the store.
    }
  }

  /** Removes the sandbox. */
  @Override
  public void close() {
    remove();
  }
}
