package dev.millrace.runtime;

import dev.millrace.content.Artifact;
import dev.millrace.content.MissingBlobException;
import dev.millrace.content.Tree;
import dev.millrace.content.Trees;
import dev.millrace.digest.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HashSet;
import java.util.Set;

/** Reads artifacts from their first byte to their last, which is what finds damage in a store. */
final class WholeArtifact {
  private WholeArtifact() {}

  /** Returns the blobs of an artifact that are not there, or were found damaged now. */
  static Set<Digest> lost(Artifact artifact, Trees trees) throws IOException {
    Set<Digest> lost = new HashSet<>();
    if (artifact.kind() != Artifact.Kind.TREE) {
      read(artifact.digest(), trees, lost);
      return lost;
    }
    try {
      trees.walk(
          artifact.digest(),
          (path, entry) -> {
            if (entry instanceof Tree.FileEntry file) {
              read(file.digest(), trees, lost);
            }
          });
    } catch (MissingBlobException e) {
      lost.add(e.digest());
    }
    return lost;
  }

  private static void read(Digest digest, Trees trees, Set<Digest> lost) throws IOException {
    try (InputStream content = trees.store().open(digest)) {
      content.transferTo(OutputStream.nullOutputStream());
    } catch (MissingBlobException e) {
      lost.add(digest);
    }
  }
}
