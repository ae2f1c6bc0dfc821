package dev.millrace.digest;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The name of a blob: the SHA-256 of its bytes and their number.
 *
 * <p>The hash is held as four big-endian words, so that a digest is one flat object of 56 bytes: a
 * run of a million tasks holds millions of them. The size is part of the name (as in the Bazel
 * Remote Execution API), so transfers and disk space can be planned from digests alone.
 *
 * @param size length of the blob in bytes, not negative
 */
public record Digest(long word0, long word1, long word2, long word3, long size)
    implements Comparable<Digest> {

  private static final String PREFIX = "sha256:";
  private static final int HASH_BYTES = 32;

  /** Copied for each use: to look the algorithm up again takes ten times as long. */
  private static final MessageDigest UNUSED = newSha256();

  /** The digest of the empty blob, which every store has at all times. */
  public static final Digest EMPTY = of(new byte[0]);

  public Digest {
    if (size < 0) {
      throw new IllegalArgumentException("negative size " + size);
    }
  }

  /** Returns the digest of {@code content}. */
  public static Digest of(byte[] content) {
    return ofHash(sha256().digest(content), content.length);
  }

  /** Returns the digest of the UTF-8 form of {@code text}. */
  public static Digest of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Makes a digest from a finished hash.
   *
   * @param hash 32 bytes
   * @param size length of the hashed blob in bytes
   */
  public static Digest ofHash(byte[] hash, long size) {
    if (hash.length != HASH_BYTES) {
      throw new IllegalArgumentException("a SHA-256 hash has 32 bytes, not " + hash.length);
    }
    ByteBuffer words = ByteBuffer.wrap(hash);
    return new Digest(words.getLong(), words.getLong(), words.getLong(), words.getLong(), size);
  }

  /**
   * Reads {@code sha256:<64 hex digits>}, the prefix being optional.
   *
   * @throws IllegalArgumentException if the text is not such a hash or the size is negative
   */
  public static Digest parse(String text, long size) {
    String hex = text.startsWith(PREFIX) ? text.substring(PREFIX.length()) : text;
    if (hex.length() != 2 * HASH_BYTES) {
      throw new IllegalArgumentException("not a SHA-256 digest: " + text);
    }
    return ofHash(HexFormat.of().parseHex(hex), size);
  }

  /** Returns a fresh SHA-256 hasher, for blobs that are read in pieces. */
  public static MessageDigest sha256() {
    try {
      return (MessageDigest) UNUSED.clone();
    } catch (CloneNotSupportedException e) {
      return newSha256();
    }
  }

  private static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Returns the hash as 64 lower-case hex digits. */
  public String hex() {
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(word0)
        + hex.toHexDigits(word1)
        + hex.toHexDigits(word2)
        + hex.toHexDigits(word3);
  }

  /** Returns {@code sha256:<hex>}, the form used in documents and interfaces. */
  public String text() {
    return PREFIX + hex();
  }

  /** Returns the first 12 hex digits, for people. */
  public String abbreviated() {
    return hex().substring(0, 12);
  }

  @Override
  public int compareTo(Digest other) {
    int order = Long.compareUnsigned(word0, other.word0);
    order = order != 0 ? order : Long.compareUnsigned(word1, other.word1);
    order = order != 0 ? order : Long.compareUnsigned(word2, other.word2);
    order = order != 0 ? order : Long.compareUnsigned(word3, other.word3);
    return order != 0 ? order : Long.compare(size, other.size);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(word0);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Digest that
        && word0 == that.word0
        && word1 == that.word1
        && word2 == that.word2
        && word3 == that.word3
        && size == that.size;
  }

  @Override
  public String toString() {
    return text() + "/" + size;
  }
}
