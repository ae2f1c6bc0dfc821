package dev.millrace.client;

import dev.millrace.content.Artifact;
import dev.millrace.content.ContentStore;
import dev.millrace.content.FileHashMemory;
import dev.millrace.content.LocalSource;
import dev.millrace.content.MissingBlobException;
import dev.millrace.content.RefusedContentException;
import dev.millrace.content.Trees;
import dev.millrace.digest.Digest;
import dev.millrace.plan.Plan;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Files and directories, named by their content and ready to be sent. Nothing of a file is kept but
 * its name and where it lies; of directories their lists are, which are small.
 */
public final class Sources {
  /** Nothing. */
  public static final Sources NONE = new Sources(Map.of(), Map.of());

  private final Map<String, Artifact> artifacts;
  private final Map<Digest, Blob> blobs;

  private Sources(Map<String, Artifact> artifacts, Map<Digest, Blob> blobs) {
    this.artifacts = Map.copyOf(artifacts);
    this.blobs = Map.copyOf(blobs);
  }

  /** Where the bytes of a blob are. */
  sealed interface Blob {}

  /** In a file of the user's, as long as nobody changes it. */
  record OfFile(Path file) implements Blob {}

  /** In memory. */
  @SuppressWarnings("ArrayRecordComponent")
  record OfBytes(byte[] bytes) implements Blob {}

  /**
   * Names all files and directories that a plan needs. Reads all of them.
   *
   * @param folder from which relative paths are read
   * @throws RefusedContentException if some cannot be sent, with what is wrong with each
   */
  public static Sources of(Plan plan, Path folder) throws IOException {
    return of(plan.userPaths(), folder);
  }

  /**
   * Names files and directories.
   *
   * @param paths absolute, or relative to {@code folder}
   * @throws RefusedContentException if some cannot be sent, with what is wrong with each
   */
  public static Sources of(Collection<String> paths, Path folder) throws IOException {
    Naming naming = new Naming();
    // Nothing is remembered of files: where they lie has to be found out each time anyway.
    Path nowhere = folder.resolve(".millrace-no-such-memory");
    FileHashMemory memory = new FileHashMemory(nowhere, InstantSource.system());
    LocalSource source = new LocalSource(new Trees(naming), memory);
    Map<String, Artifact> named = new HashMap<>();
    List<String> problems = new ArrayList<>();
    for (String path : paths) {
      try {
        named.put(path, source.snapshot(folder.resolve(path), path));
      } catch (RefusedContentException e) {
        problems.addAll(e.problems());
      }
    }
    if (!problems.isEmpty()) {
      throw new RefusedContentException(problems);
    }
    return new Sources(named, naming.found);
  }

  /** Returns the content of each path, by the path as it was given. */
  public Map<String, Artifact> artifacts() {
    return artifacts;
  }

  /** Returns all blobs that the artifacts need. */
  Map<Digest, Blob> blobs() {
    return blobs;
  }

  /** A store that only notes where content is. Safe for use by many threads. */
  private static final class Naming implements ContentStore {
    private static final int PIECE = 1 << 16;

    private final Map<Digest, Blob> found = new ConcurrentHashMap<>();

    @Override
    public boolean contains(Digest digest) {
      return digest.equals(Digest.EMPTY) || found.containsKey(digest);
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
      found.putIfAbsent(digest, new OfBytes(content.clone()));
      return digest;
    }

    @Override
    public Digest put(InputStream content) throws IOException {
      return put(content.readAllBytes());
    }

    @Override
    public Digest putFile(Path file) throws IOException {
      MessageDigest hash = Digest.sha256();
      long size = 0;
      try (InputStream in = Files.newInputStream(file)) {
        byte[] piece = new byte[PIECE];
        for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
          hash.update(piece, 0, read);
          size += read;
        }
      }
      Digest digest = Digest.ofHash(hash.digest(), size);
      found.putIfAbsent(digest, new OfFile(file));
      return digest;
    }

    @Override
    public Digest adopt(Path file) throws IOException {
      return putFile(file);
    }

    @Override
    public InputStream open(Digest digest) throws IOException {
      return switch (found.get(digest)) {
        case OfFile(Path file) -> Files.newInputStream(file);
        case OfBytes(byte[] bytes) -> new ByteArrayInputStream(bytes);
        case null -> throw new MissingBlobException(digest, "was not named here");
      };
    }

    @Override
    public byte[] read(Digest digest) throws IOException {
      try (InputStream in = open(digest)) {
        return in.readAllBytes();
      }
    }

    @Override
    public void place(Digest digest, Path target, boolean executable) {
      throw new UnsupportedOperationException("content is only named here");
    }

    @Override
    public void export(Digest digest, Path target, boolean executable) {
      throw new UnsupportedOperationException("content is only named here");
    }
  }
}
