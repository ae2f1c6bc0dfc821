package dev.millrace.content;

import dev.millrace.digest.Digest;
import java.io.IOException;
import java.time.Instant;
import java.util.function.Consumer;

/** All that a store holds, for collection and for checks. */
public interface BlobInventory {

  /**
   * A blob in the store.
   *
   * @param digest the hash that its name says and the size that it has on disk
   * @param lastUsed when it was last written, asked for or placed; true to the hour
   */
  record StoredBlob(Digest digest, Instant lastUsed) {}

  /**
   * Calls {@code visitor} once for each blob that was there at the start and still is; one that is
   * written meanwhile may be left out.
   */
  void forEach(Consumer<StoredBlob> visitor) throws IOException;

  /**
   * Deletes a blob, unless it has been used since.
   *
   * @param unusedSince the blob stays if it was used after this time
   * @return whether it was deleted
   */
  boolean delete(Digest digest, Instant unusedSince) throws IOException;

  /**
   * Reads a blob and compares it with its name; one that does not match is put aside and counts as
   * missing.
   *
   * @return whether the blob is there and right
   */
  boolean verify(Digest digest) throws IOException;

  /** Returns the sum of the sizes of all blobs in bytes. */
  default long totalBytes() throws IOException {
    long[] sum = new long[1];
    forEach(blob -> sum[0] += blob.digest().size());
    return sum[0];
  }
}
