package dev.millrace.content;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.content.Tree.LinkEntry;
import dev.millrace.content.Tree.TreeEntry;
import dev.millrace.digest.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TreesTest {
  @TempDir Path directory;
  private final InMemoryContentStore store = new InMemoryContentStore();
  private final Trees trees = new Trees(store);

  private Artifact file(String text) throws IOException {
    return Artifact.file(store.put(text.getBytes(StandardCharsets.UTF_8)));
  }

  private Path example() throws IOException {
    Path top = Files.createDirectory(directory.resolve("example"));
    Files.createDirectories(top.resolve("a/b/empty"));
    Files.writeString(top.resolve("a/b/f"), "f");
    Files.writeString(top.resolve("a b\nc"), "odd");
    Files.writeString(top.resolve("tool"), "tool");
    assertTrue(top.resolve("tool").toFile().setExecutable(true));
    Files.createSymbolicLink(top.resolve("a/b/up"), Path.of("../../tool"));
    return top;
  }

  @Test
  void placesWhatItStored() throws IOException {
    Artifact tree = trees.putDirectory(example(), "example");
    Path copy = directory.resolve("copy");

    trees.place(tree, copy);

    assertEquals(tree, trees.putDirectory(copy, "copy"));
    assertEquals("tool", Files.readString(copy.resolve("a/b/up")));
    assertEquals(0, FileStamp.of(copy.resolve("a/b")).mode() & 0222);
    assertEquals(0, FileStamp.of(copy.resolve("a/b/f")).mode() & 0222);
    Path own = directory.resolve("own");
    trees.export(tree, own);
    Files.writeString(own.resolve("a/b/f"), "mine");
    assertEquals(tree, trees.putDirectory(copy, "copy"));
  }

  @Test
  void takesADirectoryOver() throws IOException {
    Path example = example();
    Artifact tree = trees.putDirectory(example, "example");
    assertEquals(tree, trees.adopting(example, "example").store());
    assertFalse(Files.exists(example.resolve("a/b/f")));
  }

  @Test
  void unchangedDirectoriesAreStoredOnce() throws IOException {
    Path example = example();
    trees.putDirectory(example, "example");
    int before = store.size();
    Files.writeString(example.resolve("new"), "new");
    trees.putDirectory(example, "example");

    assertEquals(before + 2, store.size(), "the new file and the top directory");
  }

  @Test
  void tellsWhichBlobsAreMissing() throws IOException {
    Artifact tree = trees.putDirectory(example(), "example");
    Artifact lone = file("lone");
    List<Artifact> all = List.of(tree, lone);
    assertEquals(Set.of(), new Trees(store).missing(all));

    store.lose(Digest.of("f"));
    store.lose(lone.digest());
    assertEquals(Set.of(Digest.of("f"), lone.digest()), new Trees(store).missing(all));

    Digest sub = ((TreeEntry) trees.read(tree.digest()).entries().get(0)).digest();
    store.lose(sub);
    assertEquals(Set.of(sub, lone.digest()), new Trees(store).missing(all));
    assertThrows(
        MissingBlobException.class, () -> trees.place(tree, directory.resolve("incomplete")));
  }

  @Test
  void remembersCompleteTreesUntilABlobIsFoundMissing() throws IOException {
    Artifact tree = trees.putDirectory(example(), "example");
    assertEquals(Set.of(), trees.missing(List.of(tree)));
    store.lose(Digest.of("f"));
    assertEquals(Set.of(), trees.missing(List.of(tree)), "remembered");

    assertThrows(MissingBlobException.class, () -> trees.place(tree, directory.resolve("t")));

    assertEquals(Set.of(Digest.of("f")), trees.missing(List.of(tree)));
  }

  @Test
  void aBlobThatIsNoTreeCountsAsMissing() throws IOException {
    Artifact wrong = Artifact.tree(file("no tree").digest());
    assertThrows(MissingBlobException.class, () -> trees.read(wrong.digest()));
    assertEquals(Set.of(wrong.digest()), trees.missing(List.of(wrong)));
  }

  @Test
  void walksAllThatIsInATree() throws IOException {
    Artifact tree = trees.putDirectory(example(), "example");
    List<String> paths = new ArrayList<>();
    trees.walk(tree.digest(), (path, _) -> paths.add(path));
    assertEquals(List.of("a", "a b\nc", "tool", "a/b", "a/b/empty", "a/b/f", "a/b/up"), paths);
  }

  @Test
  void copiesNothingForATreeOfReferences() throws IOException {
    Artifact sub = trees.putDirectory(example(), "example");
    int before = store.size();

    Artifact tree = trees.ofReferences(Map.of("0-depth=4", sub, "index.json", file("{}")));

    assertEquals(before + 2, store.size());
    trees.place(tree, directory.resolve("t"));
    assertEquals("f", Files.readString(directory.resolve("t/0-depth=4/a/b/f")));
    Artifact content = file("x");
    assertThrows(IllegalArgumentException.class, () -> trees.ofReferences(Map.of("../x", content)));
  }

  @Test
  void aTreeThatLeadsOutIsNotPlaced() throws IOException {
    Digest sub = trees.put(Tree.of(List.of(new LinkEntry("l", "../../x"))));
    Artifact tree = Artifact.tree(trees.put(Tree.of(List.of(new TreeEntry("sub", sub)))));

    assertThrows(RefusedContentException.class, () -> trees.place(tree, directory.resolve("t")));
  }

  @Test
  void deepTreesDoNotOverflowTheStack() throws IOException {
    Digest tree = trees.put(Tree.EMPTY);
    int depth = 20_000;
    for (int i = 0; i < depth; i++) {
      tree = trees.put(Tree.of(List.of(new TreeEntry("d", tree))));
    }
    int[] count = new int[1];
    trees.walk(tree, (_, _) -> count[0]++);
    assertEquals(depth, count[0]);
    assertEquals(Set.of(), trees.missing(List.of(Artifact.tree(tree))));

    Path deep = Files.createDirectories(directory.resolve("deep/" + "d/".repeat(200)));
    Files.writeString(deep.resolve("f"), "f");
    Artifact stored = trees.putDirectory(directory.resolve("deep"), "deep");
    trees.place(stored, directory.resolve("placed"));
    assertEquals(stored, trees.putDirectory(directory.resolve("placed"), "placed"));
  }
}
