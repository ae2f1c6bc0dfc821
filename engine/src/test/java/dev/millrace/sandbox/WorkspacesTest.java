package dev.millrace.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.content.Artifact;
import dev.millrace.content.DiskContentStore;
import dev.millrace.content.FileStamp;
import dev.millrace.content.Trees;
import dev.millrace.digest.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an attempt may find of those before it in the same workspace: nothing. */
final class WorkspacesTest {
  private static final SortedMap<String, Artifact> NO_INPUTS = new TreeMap<>();

  @TempDir Path directory;
  private DiskContentStore store;
  private SandboxRoot root;
  private int attempts;

  @BeforeEach
  void open() throws IOException {
    store = DiskContentStore.open(directory.resolve("store"));
    root = SandboxRoot.open(directory.resolve("sb"), new Trees(store));
  }

  @AfterEach
  void close() throws IOException {
    root.close();
  }

  private Sandbox next(SortedMap<String, Artifact> inputs) throws IOException {
    return root.create("1." + ++attempts, inputs, new TreeMap<>());
  }

  private Sandbox next(String... namesAndTexts) throws IOException {
    SortedMap<String, Artifact> inputs = new TreeMap<>();
    for (int i = 0; i < namesAndTexts.length; i += 2) {
      byte[] text = namesAndTexts[i + 1].getBytes(StandardCharsets.UTF_8);
      inputs.put("inputs/" + namesAndTexts[i], Artifact.file(store.put(text)));
    }
    return next(inputs);
  }

  private void remove(Sandbox sandbox) throws InterruptedException {
    sandbox.remove();
    root.workspaces().awaitEmptied();
  }

  private static List<String> paths(Sandbox sandbox) throws IOException {
    Path work = sandbox.workingDirectory();
    try (Stream<Path> files = Files.walk(work)) {
      return files.map(path -> work.relativize(path).toString()).sorted().toList();
    }
  }

  private static Path inputs(Sandbox sandbox) {
    return sandbox.workingDirectory().resolve("inputs");
  }

  private static void allow(Path path, String permissions) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }

  @Test
  void aWorkspaceIsUsedAgain() throws Exception {
    Sandbox first = next("a", "a");
    remove(first);
    Sandbox second = next();
    Sandbox third = next();

    assertEquals(first.workingDirectory(), second.workingDirectory());
    assertNotEquals(first.workingDirectory(), third.workingDirectory());
    assertEquals(List.of("", "inputs", "tmp"), paths(second));
  }

  @Test
  void isEmptyHoweverTheLastAttemptLeftIt() throws Exception {
    for (int attempt = 0; attempt < 10; attempt++) {
      boolean withInput = attempt % 2 == 0;
      Sandbox sandbox = withInput ? next("a", "a") : next();
      Path work = sandbox.workingDirectory();
      assertEquals(
          withInput ? List.of("", "inputs", "inputs/a", "tmp") : List.of("", "inputs", "tmp"),
          paths(sandbox));
      Files.createDirectories(work.resolve("tmp/x/y"));
      allow(work.resolve("inputs"), "rwx------");
      Files.writeString(work.resolve("inputs/b"), "b");
      Files.writeString(work.resolve(".c"), "c");
      if (attempt == 4) {
        Removal.remove(work.resolve("tmp"));
        Files.createSymbolicLink(work.resolve("tmp"), directory);
      }
      if (attempt == 7) {
        Removal.remove(work);
      } else {
        allow(work.resolve(attempt == 4 ? "inputs" : "tmp"), "r--------");
        allow(work, "r--------");
      }
      remove(sandbox);
      assertTrue(Files.exists(directory.resolve("store")));
    }
  }

  @Test
  void nothingOfAnInputIsLeftInTheNext() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    int[] sizes = {0, 1, 100, 4096, 65_535, 65_536, 65_537, 200_000};
    for (int attempt = 0; attempt < 50; attempt++) {
      SortedMap<String, Artifact> inputs = new TreeMap<>();
      List<byte[]> contents = new ArrayList<>();
      for (int i = 0; i < 1 + random.nextInt(3); i++) {
        byte[] content = new byte[sizes[random.nextInt(sizes.length)]];
        random.nextBytes(content);
        contents.add(content);
        Artifact.Kind kind = i == 1 ? Artifact.Kind.EXECUTABLE : Artifact.Kind.FILE;
        inputs.put("inputs/" + i, new Artifact(kind, store.put(content)));
      }
      Sandbox sandbox = next(inputs);
      for (int i = 0; i < contents.size(); i++) {
        Path placed = inputs(sandbox).resolve(Integer.toString(i));
        assertEquals(Digest.of(contents.get(i)), Digest.of(Files.readAllBytes(placed)));
        assertEquals(i == 1 ? 0555 : 0444, FileStamp.of(placed).mode() & 07777);
      }
      assertEquals(3 + contents.size(), paths(sandbox).size());
      remove(sandbox);
    }
  }

  @Test
  void anInputWithASecondNameIsNotUsedAgain() throws Exception {
    Sandbox sandbox = next("a", "from the store");
    Path outside = Files.createLink(directory.resolve("outside"), inputs(sandbox).resolve("a"));
    remove(sandbox);
    remove(next("b", "another text"));

    assertEquals("from the store", Files.readString(outside));
  }

  @Test
  void anInputThatBecameALinkIsNotWrittenThrough() throws Exception {
    Path precious = Files.writeString(directory.resolve("precious"), "precious");
    Sandbox sandbox = next("a", "a");
    allow(inputs(sandbox), "rwx------");
    Files.delete(inputs(sandbox).resolve("a"));
    Files.createSymbolicLink(inputs(sandbox).resolve("a"), precious);
    remove(sandbox);

    Sandbox second = next("a", "b");

    assertEquals("b", Files.readString(inputs(second).resolve("a")));
    assertEquals("precious", Files.readString(precious));
  }

  @Test
  void emptyTextsAreLeftForTheNextAndOthersAreNot() throws Exception {
    Sandbox first = next();
    Files.createFile(first.stdout());
    Files.writeString(first.stderr(), "not taken");
    FileStamp made = FileStamp.of(first.stdout());
    remove(first);

    Sandbox second = next();

    assertEquals(made.inode(), FileStamp.of(second.stdout()).inode());
    assertFalse(Files.exists(second.stderr()));
  }

  @Test
  void aTextThatBecameSomethingElseIsNotUsedAgain() throws Exception {
    Sandbox first = next();
    Path empty = Files.createFile(directory.resolve("empty"));
    Files.createSymbolicLink(first.stdout(), empty);
    Files.createLink(first.stderr(), empty);
    remove(first);

    Sandbox second = next();

    assertEquals(first.stdout(), second.stdout());
    assertFalse(Files.exists(second.stdout(), LinkOption.NOFOLLOW_LINKS));
    assertFalse(Files.exists(second.stderr(), LinkOption.NOFOLLOW_LINKS));
    assertTrue(Files.exists(empty));
  }

  @Test
  void directoriesHaveTheirModesAgain() throws Exception {
    Sandbox first = next();
    FileStamp work = FileStamp.of(first.workingDirectory());
    for (String path : List.of("tmp", "inputs", ".")) {
      allow(first.workingDirectory().resolve(path), "r--------");
    }
    remove(first);

    Sandbox second = next();

    assertEquals(first.workingDirectory(), second.workingDirectory());
    for (String path : List.of("tmp", "inputs", ".")) {
      Path directory = second.workingDirectory().resolve(path);
      assertEquals(work.mode(), FileStamp.of(directory).mode(), path);
    }
  }

  @Test
  void manyMayBeRemovedAtOnce() throws Exception {
    List<Sandbox> all = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      Sandbox sandbox = next("a", "text " + i);
      Files.writeString(sandbox.workingDirectory().resolve("made"), "x");
      all.add(sandbox);
    }
    for (Sandbox sandbox : all) {
      sandbox.remove();
    }
    root.workspaces().awaitEmptied();

    for (int i = 0; i < 100; i++) {
      assertEquals(List.of("", "inputs", "tmp"), paths(next(NO_INPUTS)));
    }
  }
}
