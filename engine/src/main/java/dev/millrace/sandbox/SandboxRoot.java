package dev.millrace.sandbox;

import dev.millrace.cache.Action.OutputPath;
import dev.millrace.content.Artifact;
import dev.millrace.content.Trees;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Where an engine makes its sandboxes:
 *
 * <pre>
 * ENGINE.lock            locked as long as the engine lives
 * ENGINE/NAME            working directory of an attempt
 * ENGINE/NAME.stdout     its stdout; NAME.stderr likewise
 * kept/ENGINE-NAME       a sandbox that was kept for its user, with .stdout and .stderr beside it
 * </pre>
 *
 * Safe for use by many threads; any number of engines can share a directory.
 */
public final class SandboxRoot implements AutoCloseable {
  private static final String LOCK = ".lock";
  private static final String KEPT = "kept";

  private final Path root;
  private final Path own;
  private final OwnerLock lock;
  private final Trees trees;
  private final CleanDirectories clean = new CleanDirectories();

  private SandboxRoot(Path root, Path own, OwnerLock lock, Trees trees) {
    this.root = root;
    this.own = own;
    this.lock = lock;
    this.trees = trees;
  }

  /**
   * Opens the directory, which is made if it does not exist, and removes what dead engines left in
   * it. Their attempts' processes must have been ended before.
   *
   * @param root on the file system of the content store, if outputs are to be taken over by rename;
   *     a short path, because some programs cannot deal with long ones
   * @param trees where inputs come from and outputs go to
   */
  public static SandboxRoot open(Path root, Trees trees) throws IOException {
    Files.createDirectories(root);
    Path real = root.toRealPath();
    OwnerLock lock = null;
    String name = "";
    while (lock == null) {
      int random = ThreadLocalRandom.current().nextInt(0x1000, 0x10000);
      name = ProcessHandle.current().pid() + "-" + Integer.toHexString(random);
      lock = OwnerLock.create(real.resolve(name + LOCK));
    }
    SandboxRoot opened = new SandboxRoot(real, real.resolve(name), lock, trees);
    Files.createDirectory(opened.own);
    opened.sweep();
    return opened;
  }

  /**
   * Makes a sandbox: its inputs in place and read-only, {@code tmp/}, and the directories of its
   * outputs. It looks new, but its directory may have been another attempt's that was emptied.
   *
   * @param name unique among this engine's sandboxes; letters, digits, {@code .}, {@code -} and
   *     {@code _}, beginning with a letter or digit
   * @param inputs by path in the sandbox
   * @param outputs by declared name
   * @throws dev.millrace.content.MissingBlobException if an input is not complete in the store;
   *     nothing is left of the sandbox
   * @throws IllegalArgumentException if a path leaves the sandbox, or one input lies inside another
   */
  public Sandbox create(
      String name, SortedMap<String, Artifact> inputs, SortedMap<String, OutputPath> outputs)
      throws IOException {
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}")) {
      throw new IllegalArgumentException("not a name for a sandbox: '" + name + "'");
    }
    return Sandbox.create(this, own.resolve(name), trees, inputs, outputs);
  }

  CleanDirectories clean() {
    return clean;
  }

  /** Returns where the working directory of a sandbox that is kept goes. */
  Path keptName(Path work) {
    return root.resolve(KEPT).resolve(own.getFileName() + "-" + work.getFileName());
  }

  /**
   * Removes the sandboxes of engines that are dead. Kept ones stay.
   *
   * @return how many engines had left some
   */
  public int sweep() throws IOException {
    List<String> dead = new ArrayList<>();
    try (DirectoryStream<Path> locks = Files.newDirectoryStream(root, "*" + LOCK)) {
      for (Path file : locks) {
        String name = String.valueOf(file.getFileName());
        dead.add(name.substring(0, name.length() - LOCK.length()));
      }
    }
    int swept = 0;
    for (String name : dead) {
      try (OwnerLock taken = OwnerLock.takeOver(root.resolve(name + LOCK))) {
        if (taken != null) {
          Removal.remove(root.resolve(name));
          swept++;
        }
      }
    }
    return swept;
  }

  /** Removes all sandboxes of this engine that were not kept. */
  @Override
  public void close() throws IOException {
    try (lock) {
      Removal.remove(own);
    }
  }
}
