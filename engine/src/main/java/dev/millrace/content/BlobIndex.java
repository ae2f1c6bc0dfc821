package dev.millrace.content;

import dev.millrace.content.FileCalls.Found;
import dev.millrace.digest.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Which blobs are there, when they were last used, and which large ones this process has verified.
 */
final class BlobIndex {
  private static final long LARGE = 1 << 20;
  private static final long USE_GRAIN_MILLIS = Duration.ofHours(1).toMillis();

  private final StoreLayout layout;
  private final Map<Digest, Long> verified = new ConcurrentHashMap<>();

  BlobIndex(StoreLayout layout) {
    this.layout = layout;
  }

  /** Returns whether the blob is there with the size it should have, and notes that it is used. */
  boolean contains(Digest digest) throws IOException {
    if (digest.size() == 0) {
      return digest.equals(Digest.EMPTY);
    }
    Path blob = layout.blob(digest);
    Found found = find(blob);
    if (found == null || found.size() != digest.size()) {
      return false;
    }
    markUsed(digest, blob, found.modifiedNanos());
    return true;
  }

  /** Returns the blob of that hash, with its size. */
  Optional<Digest> find(String hash) throws IOException {
    Digest unsized = Digest.parse(hash, 0);
    if (unsized.equals(Digest.EMPTY)) {
      return Optional.of(unsized);
    }
    Found found = find(layout.blob(unsized));
    return found == null ? Optional.empty() : Optional.of(Digest.parse(hash, found.size()));
  }

  private @Nullable Found find(Path blob) throws IOException {
    try {
      return FileCalls.now().find(blob);
    } catch (IOException e) {
      throw StorageUnavailableException.blame(layout.root(), e);
    }
  }

  /** Refreshes a time of use that is too old. */
  void markUsed(Digest digest, Path blob, long lastUsedNanos) {
    long now = System.currentTimeMillis();
    if (Math.abs(now - TimeUnit.NANOSECONDS.toMillis(lastUsedNanos)) < USE_GRAIN_MILLIS) {
      return;
    }
    long used = TimeUnit.MILLISECONDS.toNanos(now);
    try {
      Files.setLastModifiedTime(blob, FileTime.fromMillis(now));
      verified.replace(digest, lastUsedNanos, used);
    } catch (IOException e) {
      // Collected meanwhile, or a store that this user may only read: then nobody collects it.
    }
  }

  /** Returns whether this process has read or written the bytes that are there now. */
  boolean isVerified(Digest digest) throws IOException {
    Long then = verified.get(digest);
    if (then == null) {
      return false;
    }
    Found now = find(layout.blob(digest));
    return now != null && now.modifiedNanos() == then;
  }

  /** Remembers that the bytes that are there now are right, if to read them again would cost. */
  void rememberVerified(Digest digest) throws IOException {
    Found found = digest.size() >= LARGE ? find(layout.blob(digest)) : null;
    if (found != null) {
      verified.put(digest, found.modifiedNanos());
    }
  }

  void forgetVerified(Digest digest) {
    verified.remove(digest);
  }
}
