package dev.millrace.content;

import dev.millrace.content.Tree.Entry;
import dev.millrace.content.Tree.FileEntry;
import dev.millrace.content.Tree.LinkEntry;
import dev.millrace.content.Tree.TreeEntry;
import dev.millrace.digest.Digest;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The canonical form of a tree: UTF-8 text, each field ended by a NUL, which no name can hold, so
 * that nothing is ever escaped and one tree has one form. {@code tr '\0' '\n'} shows it.
 *
 * <pre>
 * millrace-tree 1 NUL
 * f HASH SIZE NAME NUL          a file
 * x HASH SIZE NAME NUL          a file that can be run
 * t HASH SIZE NAME NUL          a directory: the blob of its tree
 * l NAME NUL TARGET NUL         a symbolic link
 * </pre>
 *
 * HASH is 64 lower-case hex digits, SIZE decimal without leading zeros, and the entries are sorted
 * by name. What deviates in any way is refused when read.
 */
public final class TreeCodec {
  private static final String HEADER = "millrace-tree 1";
  private static final int HASH_START = 2;
  private static final int HASH_END = HASH_START + 64;

  private TreeCodec() {}

  /** Returns the canonical form. */
  public static byte[] encode(Tree tree) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(64 + 128 * tree.entries().size());
    write(out, HEADER);
    for (Entry entry : tree.entries()) {
      switch (entry) {
        case FileEntry file ->
            write(out, (file.executable() ? "x " : "f ") + reference(file.digest(), file.name()));
        case TreeEntry sub -> write(out, "t " + reference(sub.digest(), sub.name()));
        case LinkEntry link -> {
          write(out, "l " + link.name());
          write(out, link.target());
        }
      }
    }
    return out.toByteArray();
  }

  private static String reference(Digest digest, String name) {
    return digest.hex() + " " + digest.size() + " " + name;
  }

  private static void write(ByteArrayOutputStream out, String field) {
    out.writeBytes(field.getBytes(StandardCharsets.UTF_8));
    out.write(0);
  }

  /**
   * Reads the canonical form.
   *
   * @throws IllegalArgumentException if the bytes are not the canonical form of a tree
   */
  public static Tree decode(byte[] bytes) {
    List<String> fields = fields(bytes);
    if (fields.isEmpty() || !fields.get(0).equals(HEADER)) {
      throw new IllegalArgumentException("not a tree: it does not begin with " + HEADER);
    }
    List<Entry> entries = new ArrayList<>(fields.size() - 1);
    for (int i = 1; i < fields.size(); i++) {
      String field = fields.get(i);
      if (!field.startsWith("l ")) {
        entries.add(entry(field));
      } else if (++i < fields.size()) {
        entries.add(new LinkEntry(field.substring(2), fields.get(i)));
      } else {
        throw new IllegalArgumentException("not a tree: a link without a target");
      }
    }
    return new Tree(entries);
  }

  private static Entry entry(String field) {
    int sizeEnd = field.indexOf(' ', HASH_END + 1);
    if (sizeEnd < 0 || field.charAt(1) != ' ' || field.charAt(HASH_END) != ' ') {
      throw new IllegalArgumentException("not an entry of a tree: " + field);
    }
    Digest digest = digest(field, field.substring(HASH_END + 1, sizeEnd));
    String name = field.substring(sizeEnd + 1);
    return switch (field.charAt(0)) {
      case 'f' -> new FileEntry(name, digest, false);
      case 'x' -> new FileEntry(name, digest, true);
      case 't' -> new TreeEntry(name, digest);
      default -> throw new IllegalArgumentException("no such kind of entry: " + field);
    };
  }

  private static Digest digest(String field, String size) {
    String hash = field.substring(HASH_START, HASH_END);
    Digest digest = Digest.parse(hash, Long.parseLong(size));
    if (!digest.hex().equals(hash) || !Long.toString(digest.size()).equals(size)) {
      throw new IllegalArgumentException("not in canonical form: " + field);
    }
    return digest;
  }

  private static List<String> fields(byte[] bytes) {
    List<String> fields = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == 0) {
        fields.add(text(bytes, start, i));
        start = i + 1;
      }
    }
    if (start != bytes.length) {
      throw new IllegalArgumentException("not a tree: the last field has no end");
    }
    return fields;
  }

  private static String text(byte[] bytes, int start, int end) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, start, end - start))
          .toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("not a tree: not UTF-8 text at byte " + start, e);
    }
  }
}
