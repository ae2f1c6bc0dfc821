package dev.millrace.simulation;

import dev.millrace.content.ContentStore;
import dev.millrace.content.InMemoryContentStore;
import dev.millrace.content.StorageUnavailableException;
import dev.millrace.digest.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Set;

/** The content store as one process sees it. */
public final class StoreLink implements ContentStore {
  private static final Path DIRECTORY = Path.of("store");

  private final InMemoryContentStore store;
  private boolean unavailable;

  /** A link that works. */
  public StoreLink(InMemoryContentStore store) {
    this.store = store;
  }

  /** Makes it fail as a full or broken disk does, or work again. */
  public void setUnavailable(boolean broken) {
    unavailable = broken;
  }

  private InMemoryContentStore linked() throws IOException {
    if (unavailable) {
      throw StorageUnavailableException.blame(
          DIRECTORY, new IOException("No space left on device"));
    }
    return store;
  }

  @Override
  public boolean contains(Digest digest) throws IOException {
    return linked().contains(digest);
  }

  @Override
  public Set<Digest> missing(Collection<Digest> digests) throws IOException {
    return linked().missing(digests);
  }

  @Override
  public Digest put(byte[] content) throws IOException {
    return linked().put(content);
  }

  @Override
  public Digest put(InputStream content) throws IOException {
    return linked().put(content);
  }

  @Override
  public Digest putFile(Path file) throws IOException {
    return linked().putFile(file);
  }

  @Override
  public Digest adopt(Path file) throws IOException {
    return linked().adopt(file);
  }

  @Override
  public InputStream open(Digest digest) throws IOException {
    return linked().open(digest);
  }

  @Override
  public byte[] read(Digest digest) throws IOException {
    return linked().read(digest);
  }

  @Override
  public void place(Digest digest, Path target, boolean executable) throws IOException {
    linked().place(digest, target, executable);
  }

  @Override
  public void export(Digest digest, Path target, boolean executable) throws IOException {
    linked().export(digest, target, executable);
  }
}
