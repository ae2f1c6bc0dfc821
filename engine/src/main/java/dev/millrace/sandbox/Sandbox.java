package dev.millrace.sandbox;

import dev.millrace.cache.Action.OutputPath;
import dev.millrace.content.Artifact;
import dev.millrace.content.Trees;
import dev.millrace.digest.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
  private final Path work;
  private final Path stdout;
  private final Path stderr;
  private final Trees trees;
  private final SortedMap<String, Artifact> inputs;
  private final SortedMap<String, OutputPath> outputs;
  private boolean gone;

  private Sandbox(
      SandboxRoot root,
      Path work,
      Trees trees,
      SortedMap<String, Artifact> inputs,
      SortedMap<String, OutputPath> outputs) {
    this.root = root;
    this.work = work;
    this.stdout = work.resolveSibling(work.getFileName() + ".stdout");
    this.stderr = work.resolveSibling(work.getFileName() + ".stderr");
    this.trees = trees;
    this.inputs = inputs;
    this.outputs = outputs;
  }

  static Sandbox create(
      SandboxRoot root,
      Path work,
      Trees trees,
      SortedMap<String, Artifact> inputs,
      SortedMap<String, OutputPath> outputs)
      throws IOException {
    Sandbox sandbox = new Sandbox(root, work, trees, inputs, outputs);
    root.clean().make(work);
    try {
      if (!inputs.isEmpty() || !outputs.isEmpty()) {
        new Furnishing(work, trees).furnish(inputs, outputs);
      }
    } catch (IOException | RuntimeException e) {
      sandbox.removeAfter(e);
      throw e;
    }
    return sandbox;
  }

  private void removeAfter(Exception cause) {
    try {
      remove();
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  /** Returns where the command runs: an absolute path without links. */
  public Path workingDirectory() {
    return work;
  }

  /** Returns the file for the command's stdout; it does not exist until the command starts. */
  public Path stdout() {
    return stdout;
  }

  /** Returns the file for the command's stderr; it does not exist until the command starts. */
  public Path stderr() {
    return stderr;
  }

  /**
   * Returns the variables that each attempt has: {@code PATH}, {@code HOME}, {@code TMPDIR} and
   * {@code LANG}. Home is the directory for temporary files: what programs leave in it is nobody's
   * output.
   *
   * @param path the command search path, such as {@link #DEFAULT_PATH}
   */
  public Map<String, String> environment(String path) {
    String tmp = work.resolve(CleanDirectories.TMP).toString();
    return Map.of("PATH", path, "HOME", tmp, "TMPDIR", tmp, "LANG", "C.UTF-8");
  }

  /**
   * Moves the declared outputs into the content store, where they are regular files or directories
   * that lie in the sandbox. All processes of the attempt have ended. To be called once.
   *
   * @throws IOException if the store cannot take them, for reasons that are not the step's
   */
  public Collected collect() throws IOException {
    return new OutputCollection(work, trees, inputs.keySet()).collect(outputs);
  }

  /** Takes a file of text, such as {@link #stdout()}, into the store; one never made is empty. */
  public Digest takeLog(Path file) throws IOException {
    try {
      return trees.store().adopt(file);
    } catch (NoSuchFileException e) {
      return Digest.EMPTY;
    }
  }

  /** Removes the sandbox, whatever the step made of it; what was removed or kept is no error. */
  public void remove() throws IOException {
    if (gone) {
      return;
    }
    Files.deleteIfExists(stdout);
    Files.deleteIfExists(stderr);
    if (!root.clean().takeBack(work)) {
      Removal.remove(work);
    }
    gone = true;
  }

  /**
   * Moves the sandbox to where nothing removes it, for its user to look at.
   *
   * @return its new working directory; the texts are beside it
   */
  public Path keep() throws IOException {
    Path kept = root.keptName(work);
    Files.createDirectories(kept.resolveSibling(".").normalize());
    Files.move(work, kept, StandardCopyOption.ATOMIC_MOVE);
    gone = true;
    keep(stdout, Path.of(kept + ".stdout"));
    keep(stderr, Path.of(kept + ".stderr"));
    return kept;
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
  public void close() throws IOException {
    remove();
  }
}
