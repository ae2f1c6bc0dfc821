package dev.millrace.content;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.content.Tree.FileEntry;
import dev.millrace.content.Tree.LinkEntry;
import dev.millrace.content.Tree.TreeEntry;
import dev.millrace.digest.Digest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TreeTest {
  private static final Digest ONE = Digest.of("one");

  private static Tree example() {
    return Tree.of(
        List.of(
            new FileEntry("b.csv", ONE, false),
            new FileEntry("run me", Digest.EMPTY, true),
            new TreeEntry("a", Digest.of("sub")),
            new LinkEntry("latest", "../x/b.csv"),
            new FileEntry("zürich\n\uD83D\uDE00", ONE, false)));
  }

  @Test
  void equalDirectoriesHaveOneForm() {
    List<Tree.Entry> shuffled = new ArrayList<>(example().entries());
    for (long seed = 0; seed < 20; seed++) {
      Collections.shuffle(shuffled, new Random(seed));
      assertEquals(
          Digest.of(TreeCodec.encode(example())), Digest.of(TreeCodec.encode(Tree.of(shuffled))));
    }
    assertEquals(example(), TreeCodec.decode(TreeCodec.encode(example())));
    assertEquals(Tree.EMPTY, TreeCodec.decode(TreeCodec.encode(Tree.EMPTY)));
  }

  @Test
  void theFormNeverChanges() {
    assertEquals(
        "millrace-tree 1\0f " + ONE.hex() + " 3 a\0l b\0a\0",
        new String(
            TreeCodec.encode(
                Tree.of(List.of(new LinkEntry("b", "a"), new FileEntry("a", ONE, false)))),
            StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "a/b", "/", "nul\0", "\uFFFD", "half \uD83D"})
  void refusesHostileNames(String name) {
    assertThrows(IllegalArgumentException.class, () -> new FileEntry(name, ONE, false));
    assertThrows(IllegalArgumentException.class, () -> new TreeEntry(name, ONE));
    assertThrows(IllegalArgumentException.class, () -> new LinkEntry(name, "a"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/etc/passwd", "a/../b", "../a/..", "nul\0"})
  void refusesHostileTargets(String target) {
    assertThrows(IllegalArgumentException.class, () -> new LinkEntry("a", target));
  }

  @Test
  void knowsWhereALinkLeads() {
    assertEquals("../../a", new LinkEntry("l", "../../a").target());
    assertTrue(TreeNames.escapes("../../a", 1));
    assertEquals(false, TreeNames.escapes("../../a", 2));
    assertEquals(false, TreeNames.escapes("./a/b", 0));
  }

  @Test
  void refusesOneNameTwice() {
    List<Tree.Entry> twice =
        List.of(new FileEntry("a", ONE, false), new FileEntry("a", Digest.EMPTY, false));
    assertThrows(IllegalArgumentException.class, () -> Tree.of(twice));
  }

  @Test
  void refusesWhatIsNotCanonical() {
    String hex = ONE.hex();
    for (String form :
        List.of(
            "",
            "millrace-tree 2\0",
            "millrace-tree 1",
            "millrace-tree 1\0f " + hex + " 3 b\0f " + hex + " 3 a\0",
            "millrace-tree 1\0f " + hex.toUpperCase(Locale.ROOT) + " 3 b\0",
            "millrace-tree 1\0f " + hex + " 03 b\0",
            "millrace-tree 1\0f " + hex + " +3 b\0",
            "millrace-tree 1\0f " + hex + " -3 b\0",
            "millrace-tree 1\0q " + hex + " 3 b\0",
            "millrace-tree 1\0f " + hex + " 3 ..\0",
            "millrace-tree 1\0f " + hex + "\0",
            "millrace-tree 1\0f\0",
            "millrace-tree 1\0l a\0",
            "millrace-tree 1\0l a\0/etc\0",
            "millrace-tree 1\0\0",
            "millrace-tree 1\0f " + hex + " 3 a")) {
      assertThrows(
          IllegalArgumentException.class,
          () -> TreeCodec.decode(form.getBytes(StandardCharsets.UTF_8)),
          form);
    }
    byte[] notText = TreeCodec.encode(Tree.of(List.of(new FileEntry("a", ONE, false))));
    notText[notText.length - 2] = (byte) 0xff;
    assertThrows(IllegalArgumentException.class, () -> TreeCodec.decode(notText));
  }

  @Test
  void anyDamageIsRefusedOrChangesTheDigest() {
    byte[] form = TreeCodec.encode(example());
    Digest digest = Digest.of(form);
    Random random = new Random(7);
    for (int i = 0; i < 2000; i++) {
      byte[] damaged = form.clone();
      damaged[random.nextInt(damaged.length)] ^= (byte) (1 + random.nextInt(255));
      try {
        Tree read = TreeCodec.decode(damaged);
        assertEquals(Digest.of(damaged), Digest.of(TreeCodec.encode(read)));
      } catch (IllegalArgumentException e) {
        assertTrue(!Digest.of(damaged).equals(digest));
      }
    }
  }
}
