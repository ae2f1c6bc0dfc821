package dev.millrace.client;

import dev.millrace.content.ContentStore;
import dev.millrace.content.MissingBlobException;
import dev.millrace.digest.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.Set;

/** The content that a server has, for reading. */
final class ServerStore implements ContentStore {
  private static final long SMALL = 1 << 20;

  private final WaitingClient client;

  ServerStore(WaitingClient client) {
    this.client = client;
  }

  private static UnsupportedOperationException readOnly() {
    return new UnsupportedOperationException("a server's content is only read here");
  }

  @Override
  public boolean contains(Digest digest) {
    throw readOnly();
  }

  @Override
  public Set<Digest> missing(Collection<Digest> digests) {
    throw readOnly();
  }

  @Override
  public Digest put(byte[] content) {
    throw readOnly();
  }

  @Override
  public Digest put(InputStream content) {
    throw readOnly();
  }

  @Override
  public Digest putFile(Path file) {
    throw readOnly();
  }

  @Override
  public Digest adopt(Path file) {
    throw readOnly();
  }

  /** What is large comes by way of a file, which is gone when the stream is closed. */
  @Override
  public InputStream open(Digest digest) throws IOException {
    if (digest.size() <= SMALL) {
      return new ByteArrayInputStream(read(digest));
    }
    Path file = Files.createTempFile("millrace-blob", null);
    try {
      fetch(digest, file);
      return Files.newInputStream(file, StandardOpenOption.DELETE_ON_CLOSE);
    } catch (IOException e) {
      Files.deleteIfExists(file);
      throw e;
    }
  }

  @Override
  public byte[] read(Digest digest) throws IOException {
    if (digest.equals(Digest.EMPTY)) {
      return new byte[0];
    }
    try {
      return client.read(digest);
    } catch (ServerProblemException e) {
      throw missing(digest, e);
    }
  }

  private void fetch(Digest digest, Path file) throws IOException {
    try {
      client.download(digest, file);
    } catch (ServerProblemException e) {
      throw missing(digest, e);
    }
  }

  private static IOException missing(Digest digest, ServerProblemException problem) {
    if (problem.status() != 404) {
      return problem;
    }
    MissingBlobException missing = new MissingBlobException(digest, problem.detail());
    missing.initCause(problem);
    return missing;
  }

  @Override
  public void place(Digest digest, Path target, boolean executable) throws IOException {
    export(digest, target, executable);
  }

  @Override
  public void export(Digest digest, Path target, boolean executable) throws IOException {
    fetch(digest, target);
    if (executable && !target.toFile().setExecutable(true, false)) {
      throw new IOException(target + " cannot be made executable");
    }
  }
}
