package dev.millrace.sandbox;

import dev.millrace.cache.Action.OutputPath;
import dev.millrace.content.Artifact;
import dev.millrace.content.FileCalls;
import dev.millrace.content.StorageUnavailableException;
import dev.millrace.content.Trees;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Where an engine makes its sandboxes:
 *
 * <pre>
 * ENGINE.lock            locked as long as the engine lives
 * ENGINE/N               working directory of one attempt after another
 * ENGINE/N.stdout        its stdout; N.stderr likewise
 * kept/ENGINE-NAME       a sandbox that was kept for its user, with .stdout and .stderr beside it
 * </pre>
 *
 * Safe for use by many threads; any number of engines can share a directory.
 */
public final class SandboxRoot implements AutoCloseable {
  private static final String LOCK = ".lock";
  private static final String KEPT = "kept";
  private static final int LONGEST_NAME = 100;

  private final Path root;
  private final Path own;
  private final OwnerLock lock;
  private final Trees trees;
  private final Workspaces workspaces;

  private SandboxRoot(Path root, Path own, OwnerLock lock, Trees trees) {
    this.root = root;
    this.own = own;
    this.lock = lock;
    this.trees = trees;
    workspaces = new Workspaces(own);
  }

  /** Returns where the engines of a state directory make their sandboxes. */
  public static Path of(Path stateDirectory) {
    return stateDirectory.resolve("sandboxes");
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
    return open(root, trees, Set.of());
  }

  /**
   * Opens the directory likewise, but leaves those sandboxes of dead engines that {@link #adopt}
   * may be asked for.
   *
   * @param kept their working directories
   */
  public static SandboxRoot open(Path root, Trees trees, Set<Path> kept) throws IOException {
    try {
      return openUnsafe(root, trees, kept);
    } catch (IOException e) {
      throw StorageUnavailableException.blame(root, e);
    }
  }

  private static SandboxRoot openUnsafe(Path root, Trees trees, Set<Path> kept) throws IOException {
    FileCalls.expectMany();
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
    opened.sweep(kept);
    return opened;
  }

  /**
   * Makes a sandbox: its inputs in place and read-only, {@code tmp/}, and the directories of its
   * outputs. It looks new, but its directory may have been another attempt's that was emptied.
   *
   * @param name what it is called if it is kept, unique among this engine's sandboxes; letters,
   *     digits, {@code .}, {@code -} and {@code _}, beginning with a letter or digit
   * @param inputs by path in the sandbox
   * @param outputs by declared name
   * @throws dev.millrace.content.MissingBlobException if an input is not complete in the store;
   *     nothing is left of the sandbox
   * @throws StorageUnavailableException if there is no room for it now, or no permission; nothing
   *     is left of it either
   * @throws IllegalArgumentException if a path leaves the sandbox, or one input lies inside another
   */
  public Sandbox create(
      String name, SortedMap<String, Artifact> inputs, SortedMap<String, OutputPath> outputs)
      throws IOException {
    if (!isName(name)) {
      throw new IllegalArgumentException("not a name for a sandbox: '" + name + "'");
    }
    try {
      Workspace workspace = workspaces.take();
      furnish(workspace, inputs, outputs);
      return new Sandbox(this, name, workspace, trees, inputs, outputs);
    } catch (IOException e) {
      throw StorageUnavailableException.blame(own, e);
    }
  }

  /**
   * Takes over a sandbox that a dead engine made. It is not looked at: its attempt may still run.
   *
   * @param directory its working directory
   * @param inputs as it was made with
   * @param outputs likewise
   */
  public Sandbox adopt(
      String name,
      Path directory,
      SortedMap<String, Artifact> inputs,
      SortedMap<String, OutputPath> outputs) {
    return new Sandbox(this, name, Workspace.at(directory), trees, inputs, outputs);
  }

  private void furnish(
      Workspace workspace,
      SortedMap<String, Artifact> inputs,
      SortedMap<String, OutputPath> outputs)
      throws IOException {
    try {
      new Furnishing(workspace, trees, workspaces.spares()).furnish(inputs, outputs);
    } catch (IOException | RuntimeException e) {
      workspaces.giveBack(workspace);
      throw e;
    }
  }

  private static boolean isName(String name) {
    boolean good =
        !name.isEmpty() && name.length() <= LONGEST_NAME && isAlphanumeric(name.charAt(0));
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      good &= isAlphanumeric(c) || c == '.' || c == '-' || c == '_';
    }
    return good;
  }

  private static boolean isAlphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  Workspaces workspaces() {
    return workspaces;
  }

  /** Returns where the working directory of a sandbox that is kept goes. */
  Path keptDirectory(String name) throws IOException {
    Path kept = Files.createDirectories(root.resolve(KEPT));
    return kept.resolve(own.getFileName() + "-" + name);
  }

  /**
   * Removes the sandboxes of engines that are dead. Kept ones stay.
   *
   * @return how many engines had left some
   */
  public int sweep() throws IOException {
    return sweep(Set.of());
  }

  private int sweep(Set<Path> kept) throws IOException {
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
          sweep(root.resolve(name), kept);
          swept++;
        }
      }
    }
    return swept;
  }

  /** What is kept keeps its directory; that goes with a later engine, when nothing is kept. */
  private static void sweep(Path dead, Set<Path> kept) throws IOException {
    Set<Path> left = new HashSet<>();
    for (Path directory : kept) {
      if (dead.equals(directory.getParent())) {
        Workspace workspace = Workspace.at(directory);
        left.addAll(List.of(workspace.directory(), workspace.stdout(), workspace.stderr()));
      }
    }
    if (left.isEmpty()) {
      Removal.remove(dead);
      return;
    }
    try (DirectoryStream<Path> children = Files.newDirectoryStream(dead)) {
      for (Path child : children) {
        if (!left.contains(child)) {
          Removal.remove(child);
        }
      }
    }
  }

  /** Removes all sandboxes of this engine that were not kept. */
  @Override
  public void close() throws IOException {
    try (lock) {
      workspaces.close();
      Removal.remove(own);
    }
  }
}
