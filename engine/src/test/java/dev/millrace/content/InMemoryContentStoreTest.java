package dev.millrace.content;

import dev.millrace.digest.Digest;
import java.nio.file.Path;

final class InMemoryContentStoreTest extends ContentStoreTck {
  @Override
  protected ContentStore open(Path directory) {
    return new InMemoryContentStore();
  }

  @Override
  protected void damage(ContentStore store, Digest digest) {
    ((InMemoryContentStore) store).damage(digest);
  }
}
