package dev.millrace.journal;

import dev.millrace.cache.Action;
import dev.millrace.cache.ActionCodec;
import dev.millrace.cache.ActionKey;
import dev.millrace.cache.ActionResult;
import dev.millrace.cache.PackedResult;
import dev.millrace.cache.ResultCodec;
import dev.millrace.content.Artifact;
import dev.millrace.digest.Digest;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A result with its action as they are stored.
 *
 * @param prefix see {@link #prefix}
 * @param variant tells the results of an action apart: 48 bits of a hash over outputs and subject
 * @param used time of use, in milliseconds since 1970
 * @param outputs 64 bits of a digest over the outputs
 * @param key hash of the action's key
 * @param subject whose action it is
 * @param result its packed form
 * @param action its canonical form
 * @param artifacts the outputs, as {@link #prefix}es of their digests
 */
@SuppressWarnings("ArrayRecordComponent")
record ResultRow(
    long prefix,
    long variant,
    long used,
    long outputs,
    byte[] key,
    String subject,
    byte[] result,
    String action,
    long[] artifacts) {

  private static final long NO_OUTPUTS = ResultCodec.outputsDigest(new TreeMap<>()).word0();

  static ResultRow of(ActionKey key, Action action, String subject, ActionResult result, long now) {
    long outputs = outputs(result.outputs());
    return new ResultRow(
        prefix(key.digest()),
        variant(outputs, subject),
        now,
        outputs,
        hash(key.digest()),
        subject,
        PackedResult.of(result),
        ActionCodec.text(action),
        prefixes(result.outputs()));
  }

  private static long outputs(SortedMap<String, Artifact> outputs) {
    return outputs.isEmpty() ? NO_OUTPUTS : ResultCodec.outputsDigest(outputs).word0();
  }

  /** FNV-1a, continued from the outputs (Fowler, Noll, Vo). */
  private static long variant(long outputs, String subject) {
    long hash = outputs;
    for (int i = 0; i < subject.length(); i++) {
      hash = (hash ^ subject.charAt(i)) * 0x100000001b3L;
    }
    return hash >>> 16;
  }

  private static long[] prefixes(SortedMap<String, Artifact> outputs) {
    long[] prefixes = new long[outputs.size()];
    int count = 0;
    for (Artifact artifact : outputs.values()) {
      long prefix = prefix(artifact.digest());
      if (!contains(prefixes, count, prefix)) {
        prefixes[count++] = prefix;
      }
    }
    return Arrays.copyOf(prefixes, count);
  }

  private static boolean contains(long[] some, int count, long wanted) {
    for (int i = 0; i < count; i++) {
      if (some[i] == wanted) {
        return true;
      }
    }
    return false;
  }

  /**
   * Returns the first 48 bits of a hash, which indexes hold instead of the whole: SQLite stores
   * them in 6 bytes, and whoever finds a row compares in full.
   */
  static long prefix(Digest digest) {
    return digest.word0() >>> 16;
  }

  static byte[] hash(Digest digest) {
    return ByteBuffer.allocate(32)
        .putLong(digest.word0())
        .putLong(digest.word1())
        .putLong(digest.word2())
        .putLong(digest.word3())
        .array();
  }
}
