package dev.millrace.content;

import dev.millrace.digest.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A content store on the heap, for tests. Blobs can be lost and damaged on purpose. */
public final class InMemoryContentStore implements ContentStore {
  private final Map<Digest, byte[]> blobs = new ConcurrentHashMap<>();

  /** Loses a blob, as if it had been collected. */
  public void lose(Digest digest) {
    blobs.remove(digest);
  }

  /** Changes a bit of a blob that is not empty. */
  public void damage(Digest digest) {
    blobs.computeIfPresent(
        digest,
        (_, bytes) -> {
          byte[] damaged = bytes.clone();
          damaged[damaged.length / 2] ^= 1;
          return damaged;
        });
  }

  /** Returns how many blobs are held, the empty one not counted. */
  public int size() {
    return blobs.size();
  }

  @Override
  public boolean contains(Digest digest) {
    return digest.equals(Digest.EMPTY) || blobs.containsKey(digest);
  }

  @Override
  public Set<Digest> missing(Collection<Digest> digests) {
    Set<Digest> missing = new HashSet<>(digests);
    missing.removeIf(this::contains);
    return missing;
  }

  @Override
  public Digest put(byte[] content) {
    Digest digest = Digest.of(content);
    if (content.length > 0) {
      blobs.putIfAbsent(digest, content.clone());
    }
    return digest;
  }

  @Override
  public Digest put(InputStream content) throws IOException {
    return put(content.readAllBytes());
  }

  @Override
  public Digest putFile(Path file) throws IOException {
    return put(Files.readAllBytes(file));
  }

  @Override
  public Digest adopt(Path file) throws IOException {
    Digest digest = putFile(file);
    Files.delete(file);
    return digest;
  }

  @Override
  public InputStream open(Digest digest) throws IOException {
    return new ByteArrayInputStream(read(digest));
  }

  @Override
  public byte[] read(Digest digest) throws IOException {
    if (digest.equals(Digest.EMPTY)) {
      return new byte[0];
    }
    byte[] content = blobs.get(digest);
    if (content == null) {
      throw new MissingBlobException(digest, "is not in the store");
    }
    if (!Digest.of(content).equals(digest)) {
      blobs.remove(digest, content);
      throw new MissingBlobException(digest, "had the wrong bytes");
    }
    return content.clone();
  }

  @Override
  public void place(Digest digest, Path target, boolean executable) throws IOException {
    Files.write(target, read(digest), StandardOpenOption.CREATE_NEW);
    Files.setPosixFilePermissions(
        target, PosixFilePermissions.fromString(executable ? "r-xr-xr-x" : "r--r--r--"));
  }

  @Override
  public void export(Digest digest, Path target, boolean executable) throws IOException {
    Path part = target.resolveSibling(target.getFileName() + ".part");
    Files.write(part, read(digest));
    Files.setPosixFilePermissions(
        part, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
    Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
  }
}
