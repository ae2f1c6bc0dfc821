package dev.millrace.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.cache.Action.OutputPath;
import dev.millrace.content.Artifact;
import dev.millrace.content.DiskContentStore;
import dev.millrace.content.FileStamp;
import dev.millrace.content.MissingBlobException;
import dev.millrace.content.Trees;
import dev.millrace.digest.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SandboxTest {
  private static final SortedMap<String, Artifact> NO_INPUTS = new TreeMap<>();

  @TempDir Path directory;
  private DiskContentStore store;
  private Trees trees;
  private SandboxRoot root;

  @BeforeEach
  void open() throws IOException {
    store = DiskContentStore.open(directory.resolve("store"));
    trees = new Trees(store);
    root = SandboxRoot.open(directory.resolve("sb"), trees);
  }

  @AfterEach
  void close() throws IOException {
    root.close();
  }

  private Artifact file(String text) throws IOException {
    return Artifact.file(store.put(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static SortedMap<String, OutputPath> outputs(String... namesAndPaths) {
    SortedMap<String, OutputPath> outputs = new TreeMap<>();
    for (int i = 0; i < namesAndPaths.length; i += 2) {
      boolean optional = namesAndPaths[i].endsWith("?");
      outputs.put(namesAndPaths[i], new OutputPath(namesAndPaths[i + 1], optional));
    }
    return outputs;
  }

  private Sandbox sandbox(String... namesAndPaths) throws IOException {
    return root.create("1.1", NO_INPUTS, outputs(namesAndPaths));
  }

  private SortedMap<String, Artifact> collected(Sandbox sandbox) throws IOException {
    return assertInstanceOf(Collected.Outputs.class, sandbox.collect()).byName();
  }

  private static Artifact output(SortedMap<String, Artifact> outputs, String name) {
    return Objects.requireNonNull(outputs.get(name), name);
  }

  private Collected.Failed failed(Sandbox sandbox) throws IOException {
    return assertInstanceOf(Collected.Failed.class, sandbox.collect());
  }

  private String text(Artifact artifact) throws IOException {
    return new String(store.read(artifact.digest()), StandardCharsets.UTF_8);
  }

  @Test
  void hasItsInputsInPlaceAndTheDirectoriesOfItsOutputs() throws Exception {
    Artifact tree = trees.ofReferences(Map.of("a.csv", file("a"), "b.csv", file("b")));
    SortedMap<String, Artifact> inputs =
        new TreeMap<>(Map.of("inputs/table", file("t"), "inputs/all", tree, "./conf/x", file("x")));

    Sandbox sandbox = root.create("7.2", inputs, outputs("m", "out/deep/m.bin", "n", "n"));

    Path work = sandbox.workingDirectory();
    assertEquals("t", Files.readString(work.resolve("inputs/table")));
    assertEquals("b", Files.readString(work.resolve("inputs/all/b.csv")));
    assertEquals("x", Files.readString(work.resolve("conf/x")));
    for (String readOnly : List.of("inputs", "inputs/all", "inputs/table", "inputs/all/a.csv")) {
      assertEquals(0, FileStamp.of(work.resolve(readOnly)).mode() & 0222, readOnly);
    }
    assertTrue(Files.isDirectory(work.resolve("out/deep")));
    assertTrue(Files.isDirectory(work.resolve("tmp")));
    assertFalse(Files.exists(sandbox.stdout()));
    assertFalse(sandbox.stdout().startsWith(work));
    assertEquals(sandbox.stdout().getParent(), sandbox.stderr().getParent());
    sandbox.remove();
    assertNothingIsLeft(sandbox);
  }

  /** Fails if the sandbox, which was removed, is more than an empty workspace now. */
  private void assertNothingIsLeft(Sandbox sandbox) throws Exception {
    root.workspaces().awaitEmptied();
    Path parent = sandbox.workingDirectory().resolveSibling(".").normalize();
    try (Stream<Path> left = Files.walk(parent)) {
      List<Path> files = left.filter(path -> !isEmptySandbox(parent, path)).toList();
      assertEquals(List.of(), files);
    }
  }

  private static boolean isEmptySandbox(Path parent, Path path) {
    Path inside = parent.relativize(path);
    boolean named = inside.endsWith("tmp") || inside.endsWith("inputs");
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      return inside.getNameCount() == 1 || (inside.getNameCount() == 2 && named);
    }
    boolean spare = inside.toString().startsWith("spare-");
    return inside.getNameCount() == 1 && (spare || path.toFile().length() == 0);
  }

  @Test
  void givesTheBasicVariables() throws IOException {
    Sandbox sandbox = sandbox();
    String tmp = sandbox.workingDirectory().resolve("tmp").toString();
    assertEquals(
        Map.of("HOME", tmp, "TMPDIR", tmp, "LANG", "C.UTF-8"),
        Sandbox.environment(sandbox.workingDirectory()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "../x", "/etc/passwd", "a/../../x", "a/..", "nul\0"})
  void refusesPathsThatLeaveIt(String path) throws Exception {
    Artifact content = file("x");
    assertThrows(
        IllegalArgumentException.class,
        () -> root.create("1.1", new TreeMap<>(Map.of(path, content)), outputs()));
    assertThrows(IllegalArgumentException.class, () -> sandbox("out", path));
    Sandbox next = sandbox();
    next.remove();
    assertNothingIsLeft(next);
  }

  @Test
  void refusesInputsAndOutputsThatLieInInputs() throws IOException {
    Artifact content = file("x");
    assertThrows(
        IllegalArgumentException.class,
        () -> root.create("1", new TreeMap<>(Map.of("a", content, "a/b", content)), outputs()));
    assertThrows(
        IllegalArgumentException.class,
        () -> root.create("1", new TreeMap<>(Map.of("a", content)), outputs("o", "a/b/c")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "../x", "a/b", ".hidden", "-x"})
  void refusesHostileNames(String name) {
    assertThrows(IllegalArgumentException.class, () -> root.create(name, NO_INPUTS, outputs()));
  }

  @Test
  void leavesNothingWhenAnInputIsMissing() throws Exception {
    Artifact lost = Artifact.file(Digest.of("lost"));
    SortedMap<String, Artifact> inputs =
        new TreeMap<>(Map.of("inputs/a", file("a"), "inputs/b", lost));

    MissingBlobException missing =
        assertThrows(MissingBlobException.class, () -> root.create("1.1", inputs, outputs()));

    assertEquals(lost.digest(), missing.digest());
    Sandbox next = sandbox();
    next.remove();
    assertNothingIsLeft(next);
  }

  @Test
  void whatAStepWritesIntoItsInputsDoesNotReachTheStore() throws IOException {
    Artifact input = file("input");
    Artifact tree = trees.ofReferences(Map.of("t", input));
    Sandbox sandbox =
        root.create("1.1", new TreeMap<>(Map.of("inputs/a", input, "inputs/b", tree)), outputs());
    Path inputs = sandbox.workingDirectory().resolve("inputs");

    for (String path : List.of("a", "b/t")) {
      Path file = inputs.resolve(path);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxrwxrwx"));
      Files.writeString(file, "changed by a step");
    }

    assertEquals("input", text(input));
    sandbox.remove();
    Sandbox next = root.create("1.2", new TreeMap<>(Map.of("inputs/b", tree)), outputs());
    assertEquals("input", Files.readString(next.workingDirectory().resolve("inputs/b/t")));
  }

  @Test
  void takesFilesExecutablesAndDirectories() throws IOException {
    Sandbox sandbox = sandbox("dir", "made/dir", "exe", "tool", "file", "f.txt", "no?", "absent");
    Path work = sandbox.workingDirectory();
    Files.writeString(work.resolve("f.txt"), "file");
    Files.writeString(work.resolve("tool"), "#!/bin/sh");
    Files.setPosixFilePermissions(
        work.resolve("tool"), PosixFilePermissions.fromString("rwx------"));
    Files.createDirectories(work.resolve("made/dir/sub/empty"));
    Files.writeString(work.resolve("made/dir/sub/x"), "x");
    Files.createSymbolicLink(work.resolve("made/dir/latest"), Path.of("sub/x"));

    SortedMap<String, Artifact> outputs = collected(sandbox);

    assertEquals(Artifact.Kind.FILE, output(outputs, "file").kind());
    assertEquals("file", text(output(outputs, "file")));
    assertEquals(Artifact.Kind.EXECUTABLE, output(outputs, "exe").kind());
    assertFalse(outputs.containsKey("no?"));
    Path copy = directory.resolve("copy");
    trees.export(output(outputs, "dir"), copy);
    assertEquals("x", Files.readString(copy.resolve("latest")));
    assertTrue(Files.isDirectory(copy.resolve("sub/empty")));
    assertTrue(trees.missing(outputs.values()).isEmpty());
  }

  @Test
  void takesAnOutputThatLiesInsideAnother() throws IOException {
    Sandbox sandbox = sandbox("all", "out", "metrics", "out/metrics.json");
    Files.createDirectories(sandbox.workingDirectory().resolve("out"));
    Files.writeString(sandbox.workingDirectory().resolve("out/metrics.json"), "{}");

    SortedMap<String, Artifact> outputs = collected(sandbox);

    assertEquals("{}", text(output(outputs, "metrics")));
    assertEquals(
        trees.ofReferences(Map.of("metrics.json", output(outputs, "metrics"))),
        output(outputs, "all"));
  }

  @Test
  void namesEachMissingOutputAndWhatIsThere() throws IOException {
    Sandbox sandbox = sandbox("model", "out/model.bin", "scores", "scores.csv", "x?", "x");
    Files.writeString(sandbox.workingDirectory().resolve("modle.bin"), "typo");

    Collected.Failed failed = failed(sandbox);

    assertEquals(List.of("model (out/model.bin)", "scores (scores.csv)"), failed.missing());
    assertEquals(List.of("modle.bin", "out/"), failed.found());
    assertEquals(
        "missing outputs model (out/model.bin), scores (scores.csv);"
            + " the sandbox holds modle.bin, out/",
        failed.message());
  }

  @Test
  void listsOnlySomeOfManyFiles() throws IOException {
    Sandbox sandbox = sandbox("out", "out");
    for (int i = 0; i < 100; i++) {
      Files.createDirectories(sandbox.workingDirectory().resolve("d" + i + "/sub"));
    }

    Collected.Failed failed = failed(sandbox);

    assertEquals(20, failed.found().size());
    assertTrue(failed.message().endsWith(" and more"), failed.message());
  }

  @Test
  void followsNoLinkOutOfTheSandbox() throws IOException {
    Path secret = Files.writeString(directory.resolve("secret"), "secret");
    Path outside = Files.createDirectory(directory.resolve("outside"));
    Files.writeString(outside.resolve("f"), "secret");
    Sandbox sandbox =
        sandbox("a", "a", "b", "b/f", "c", "c", "d", "d", "e", "e", "f", "f", "ok", "ok");
    Path work = sandbox.workingDirectory();
    Files.createSymbolicLink(work.resolve("a"), secret);
    Files.delete(work.resolve("b"));
    Files.createSymbolicLink(work.resolve("b"), outside);
    Files.createDirectory(work.resolve("c"));
    Files.createSymbolicLink(work.resolve("c/link"), outside);
    Files.createSymbolicLink(work.resolve("d"), Path.of("gone"));
    Files.createSymbolicLink(work.resolve("e"), Path.of("../../../outside"));
    Files.createSymbolicLink(work.resolve("f"), work);
    Files.writeString(work.resolve("ok"), "ok");

    Collected.Failed failed = failed(sandbox);

    assertEquals(5, failed.refused().size(), failed.message());
    assertTrue(failed.message().contains("output a (a): it is a link out of the sandbox"));
    assertTrue(failed.message().contains("output b (b/f): 'b' is not a directory"));
    assertTrue(failed.message().contains("output d (d): it is a link to 'gone', where nothing is"));
    sandbox.remove();
    assertEquals("secret", Files.readString(outside.resolve("f")));
    assertEquals("secret", Files.readString(secret));
  }

  @Test
  void refusesLinksAndSpecialFilesInADirectory() throws Exception {
    Sandbox sandbox = sandbox("c", "c", "pipe", "pipe");
    Path work = sandbox.workingDirectory();
    Files.createDirectory(work.resolve("c"));
    Files.createSymbolicLink(work.resolve("c/link"), Path.of("../../x"));
    Files.createSymbolicLink(work.resolve("c/abs"), Path.of("/etc"));
    Files.writeString(work.resolve("pipe"), "");
    assertEquals(
        List.of(
            "cannot store c/abs: it is a link, and its target '/etc' is absolute; a link in a tree"
                + " must be relative",
            "cannot store c/link: it is a link that leads out of the directory: '../../x'"),
        failed(sandbox).refused());
  }

  @Test
  void takesALinkToWhatTheStepMade() throws IOException {
    Sandbox sandbox = sandbox("best", "best.bin", "third", "m/3.bin");
    Path work = sandbox.workingDirectory();
    Files.writeString(work.resolve("m/3.bin"), "three");
    Files.createSymbolicLink(work.resolve("best.bin"), Path.of("m/3.bin"));

    assertEquals("three", text(output(collected(sandbox), "best")));
  }

  @Test
  void takesTextsAndStoresNoEmptyOnes() throws Exception {
    Sandbox sandbox = sandbox();
    Files.writeString(sandbox.stdout(), "hello\n");
    Files.createFile(sandbox.stderr());

    assertEquals(Digest.of("hello\n"), sandbox.takeLog(sandbox.stdout()));
    assertEquals(Digest.EMPTY, sandbox.takeLog(sandbox.stderr()));
    assertEquals(Digest.EMPTY, sandbox.takeLog(sandbox.stderr()));
    assertEquals(6, store.totalBytes());
    sandbox.remove();
    assertNothingIsLeft(sandbox);
  }

  @Test
  void removesWhateverTheStepMadeOfIt() throws Exception {
    Sandbox sandbox = sandbox();
    Path work = sandbox.workingDirectory();
    Path outside = Files.createDirectory(directory.resolve("outside"));
    Files.writeString(outside.resolve("precious"), "precious");
    Files.createDirectories(work.resolve("a/b/c"));
    Files.writeString(work.resolve("a/b/c/f"), "f");
    Files.createSymbolicLink(work.resolve("a/b/link"), outside);
    Files.createSymbolicLink(work.resolve("a/self"), work);
    for (String locked : List.of("a/b/c", "a/b", "a", "tmp")) {
      Files.setPosixFilePermissions(
          work.resolve(locked), PosixFilePermissions.fromString("---------"));
    }

    sandbox.remove();
    sandbox.remove();

    assertNothingIsLeft(sandbox);
    assertEquals("precious", Files.readString(outside.resolve("precious")));
  }

  @Test
  void removesDirectoriesWhosePathIsTooLong() throws Exception {
    Sandbox sandbox = sandbox();
    Path work = sandbox.workingDirectory();
    String name = "d".repeat(200);
    Path inner = work.resolve("part0");
    for (int part = 0; part < 5; part++) {
      Path built = work.resolve("part" + part);
      Path bottom = Files.createDirectories(built.resolve((name + "/").repeat(10)));
      Files.writeString(bottom.resolve("f"), "f");
      if (part > 0) {
        Files.move(inner, bottom.resolve("inner"));
      }
      inner = built;
    }

    sandbox.remove();

    assertNothingIsLeft(sandbox);
  }

  @Test
  void aWorkingDirectoryThatBecameALinkIsNotFollowed() throws Exception {
    Sandbox sandbox = sandbox();
    Path outside = Files.createDirectory(directory.resolve("outside"));
    Files.writeString(outside.resolve("precious"), "precious");
    Removal.remove(sandbox.workingDirectory());
    Files.createSymbolicLink(sandbox.workingDirectory(), outside);

    sandbox.remove();
    root.workspaces().awaitEmptied();

    assertFalse(Files.exists(sandbox.workingDirectory(), LinkOption.NOFOLLOW_LINKS));
    assertTrue(Files.exists(outside.resolve("precious")));
  }

  @Test
  void keptSandboxesSurvive() throws IOException {
    Sandbox sandbox = sandbox();
    Files.writeString(sandbox.workingDirectory().resolve("f"), "f");
    Files.writeString(sandbox.stdout(), "said");

    Path kept = sandbox.keep();
    sandbox.remove();
    root.close();
    open();

    assertEquals("f", Files.readString(kept.resolve("f")));
    assertEquals("said", Files.readString(Path.of(kept + ".stdout")));
  }
}
