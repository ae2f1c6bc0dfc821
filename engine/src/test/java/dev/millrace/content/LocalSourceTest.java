package dev.millrace.content;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.digest.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LocalSourceTest {
  @TempDir Path directory;
  private final InMemoryContentStore store = new InMemoryContentStore();
  private final Trees trees = new Trees(store);
  private Path project = Path.of("");

  @BeforeEach
  void makeProject() throws IOException {
    project = Files.createDirectory(directory.resolve("project"));
    Files.createDirectory(project.resolve("src"));
    Files.writeString(project.resolve("src/train.py"), "train");
    Files.writeString(project.resolve("src/run.sh"), "run");
    assertTrue(project.resolve("src/run.sh").toFile().setExecutable(true));
  }

  /** A source whose clock runs ahead, so that files made just now are old enough to be trusted. */
  private LocalSource source() {
    InstantSource later = InstantSource.offset(InstantSource.system(), Duration.ofSeconds(10));
    return new LocalSource(trees, new FileHashMemory(directory.resolve("hashes"), later));
  }

  private static Digest digest(String text) {
    return Digest.of(text);
  }

  @Test
  void storesFilesAndDirectories() throws IOException {
    assertEquals(
        Artifact.file(digest("train")),
        source().snapshot(project.resolve("src/train.py"), "src/train.py"));
    assertEquals(
        Artifact.Kind.EXECUTABLE,
        source().snapshot(project.resolve("src/run.sh"), "src/run.sh").kind());
    assertEquals(
        trees.ofReferences(
            Map.of(
                "train.py",
                Artifact.file(digest("train")),
                "run.sh",
                new Artifact(Artifact.Kind.EXECUTABLE, digest("run")))),
        source().snapshot(project.resolve("src"), "src"));
  }

  @Test
  void leavesOutWhatChangesByItself() throws IOException {
    Artifact before = source().snapshot(project, "project");
    for (String name : List.of(".git", ".millrace", "src/__pycache__")) {
      Files.createDirectory(project.resolve(name));
      Files.writeString(project.resolve(name).resolve("x"), "x");
    }

    assertEquals(before, source().snapshot(project, "project"));
    Files.writeString(project.resolve(".hidden"), "x");
    assertNotEquals(before, source().snapshot(project, "project"));
  }

  @Test
  void readsOnlyWhatItDoesNotRemember() throws IOException {
    LocalSource source = source();
    Path file = project.resolve("src/train.py");
    Artifact before = source.snapshot(file, "f");
    FileStamp stamp = FileStamp.of(file);

    Digest digest = Digest.of("other");
    store.put("other".getBytes(StandardCharsets.UTF_8));
    FileHashMemory lying = new FileHashMemory(directory.resolve("lies"), InstantSource.system());
    lying.remember(stamp, digest, Long.MAX_VALUE);

    assertEquals(Artifact.file(digest), new LocalSource(trees, lying).snapshot(file, "f"));
    assertEquals(before, source.snapshot(file, "f"));
    store.lose(digest);
    assertEquals(before, new LocalSource(trees, lying).snapshot(file, "f"));
  }

  @Test
  void seesAChangeThatKeepsSizeAndTime() throws IOException {
    LocalSource source = source();
    Path file = project.resolve("src/train.py");
    FileTime time = FileTime.from(Instant.now().minusSeconds(1000));
    Files.setLastModifiedTime(file, time);
    source.snapshot(file, "f");
    long before = FileStamp.of(file).changedNanos();
    while (FileStamp.of(file).changedNanos() == before) {
      Files.writeString(file, "TRAIN");
      Files.setLastModifiedTime(file, time);
    }

    assertEquals(Artifact.file(digest("TRAIN")), source.snapshot(file, "f"));
  }

  @Test
  void storesAgainWhatTheStoreHasLost() throws IOException {
    LocalSource source = source();
    Artifact tree = source.snapshot(project, "p");
    store.lose(digest("train"));
    store.lose(tree.digest());

    assertEquals(tree, source.snapshot(project, "p"));
    assertTrue(trees.missing(List.of(tree)).isEmpty());
  }

  @Test
  void saysWhatIsWrong() throws Exception {
    assertEquals(
        List.of("data.csv does not exist"), problems(project.resolve("data.csv"), "data.csv"));
    Files.createSymbolicLink(project.resolve("a"), Path.of("/etc/passwd"));
    Files.createSymbolicLink(project.resolve("src/up"), Path.of("../../x"));
    List<String> problems = problems(project, "p");
    assertEquals(2, problems.size(), problems.toString());
    assertTrue(problems.get(0).startsWith("cannot store p/a: "), problems.toString());
    assertTrue(problems.get(1).startsWith("cannot store p/src/up: "), problems.toString());
  }

  private List<String> problems(Path path, String shown) {
    return assertThrows(RefusedContentException.class, () -> source().snapshot(path, shown))
        .problems();
  }

  @Test
  void thePathItselfMayBeALink() throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("link"), project.resolve("src"));
    assertEquals(source().snapshot(project.resolve("src"), "a"), source().snapshot(link, "b"));
  }
}
