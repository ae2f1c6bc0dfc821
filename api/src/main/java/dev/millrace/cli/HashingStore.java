package dev.millrace.cli;

import dev.millrace.content.ContentStore;
import dev.millrace.content.MissingBlobException;
import dev.millrace.digest.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** A store that keeps nothing: it only says which names content would have. */
final class HashingStore implements ContentStore {
  private static final int BUFFER = 1 << 16;

  @Override
  public boolean contains(Digest digest) {
    return digest.equals(Digest.EMPTY);
  }

  @Override
  public Set<Digest> missing(Collection<Digest> digests) {
    Set<Digest> missing = new HashSet<>(digests);
    missing.remove(Digest.EMPTY);
    return missing;
  }

  @Override
  public Digest put(byte[] content) {
    return Digest.of(content);
  }

  @Override
  public Digest put(InputStream content) throws IOException {
    MessageDigest hash = Digest.sha256();
    byte[] buffer = new byte[BUFFER];
    long size = 0;
    for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
      hash.update(buffer, 0, read);
      size += read;
    }
    return Digest.ofHash(hash.digest(), size);
  }

  @Override
  public Digest putFile(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return put(in);
    }
  }

  @Override
  public Digest adopt(Path file) throws IOException {
    Digest digest = putFile(file);
    Files.delete(file);
    return digest;
  }

  @Override
  public InputStream open(Digest digest) throws MissingBlobException {
    if (contains(digest)) {
      return InputStream.nullInputStream();
    }
    throw missing(digest);
  }

  @Override
  public byte[] read(Digest digest) throws IOException {
    return open(digest).readAllBytes();
  }

  @Override
  public void place(Digest digest, Path target, boolean executable) throws IOException {
    Files.write(target, read(digest));
  }

  @Override
  public void export(Digest digest, Path target, boolean executable) throws IOException {
    Files.write(target, read(digest));
  }

  private static MissingBlobException missing(Digest digest) {
    return new MissingBlobException(digest, "was only hashed");
  }
}
