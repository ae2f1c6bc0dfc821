package dev.millrace.content;

import dev.millrace.digest.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Set;

/**
 * Blobs named by digest. A service provider interface; its compatibility suite is {@code
 * ContentStoreTck}.
 *
 * <ul>
 *   <li>A store MUST NOT show a blob under a digest that its bytes do not have at the moment of the
 *       write: it hashes while it writes.
 *   <li>A write MUST be all or nothing: a process that dies while writing leaves no blob.
 *   <li>A second writer of a blob that is there MUST succeed, at once where it can tell.
 *   <li>The empty blob MUST always be there.
 *   <li>All methods MUST work in constant memory: a blob may be larger than the heap.
 *   <li>All methods MUST be safe to call from any thread, and from several processes at once.
 *   <li>A read MUST fail with {@link MissingBlobException} where the blob is not there, or is found
 *       to have other bytes than its name says; in that case the blob MUST be put aside and count
 *       as missing from then on.
 * </ul>
 */
public interface ContentStore {

  /** Returns whether the blob is there. */
  boolean contains(Digest digest) throws IOException;

  /** Returns those of {@code digests} that are not there. */
  Set<Digest> missing(Collection<Digest> digests) throws IOException;

  /** Stores {@code content} and returns its digest. */
  Digest put(byte[] content) throws IOException;

  /** Stores all that {@code content} yields, up to its end, and returns its digest. */
  Digest put(InputStream content) throws IOException;

  /** Stores a copy of a regular file. The file is not changed. */
  Digest putFile(Path file) throws IOException;

  /**
   * Takes a regular file over, by rename where the store can. The file is gone afterwards, or its
   * bytes are the store's: the caller MUST NOT use it any more. Whoever could write the file must
   * have ended.
   */
  Digest adopt(Path file) throws IOException;

  /**
   * Takes a regular file over that the caller has just looked at, see {@link #adopt(Path)}.
   *
   * @param stamp what was seen, so that the store need not look again
   */
  default Digest adopt(Path file, FileStamp stamp) throws IOException {
    return adopt(file);
  }

  /**
   * Opens the blob for reading from its first byte.
   *
   * @throws MissingBlobException if the blob is not there
   */
  InputStream open(Digest digest) throws IOException;

  /**
   * Reads a whole blob, and verifies it against its name.
   *
   * @throws MissingBlobException if the blob is not there or does not have the bytes it should
   */
  byte[] read(Digest digest) throws IOException;

  /**
   * Places the blob as a read-only file, by whatever way is cheapest and safe: no writer of {@code
   * target} may be able to change the store. The parent directory exists, the target does not.
   *
   * @param executable whether the file can be run
   * @throws MissingBlobException if the blob is not there or does not have the bytes it should
   */
  void place(Digest digest, Path target, boolean executable) throws IOException;

  /** Copies the blob to a file that its owner may write; an existing file is replaced at once. */
  void export(Digest digest, Path target, boolean executable) throws IOException;
}
