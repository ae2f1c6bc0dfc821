package dev.millrace.content;

import dev.millrace.digest.Digest;

/**
 * Content that a step reads or made: a file or a whole directory.
 *
 * @param kind what the digest names
 * @param digest of the file's bytes, or of the canonical form of the directory's {@link Tree}
 */
public record Artifact(Kind kind, Digest digest) {

  /** What an artifact is. */
  public enum Kind {
    /** A regular file. */
    FILE,
    /** A regular file that can be run. */
    EXECUTABLE,
    /** A directory, named by its tree. */
    TREE;

    /** Returns the name used in documents and records. */
    public String label() {
      return switch (this) {
        case FILE -> "file";
        case EXECUTABLE -> "executable";
        case TREE -> "tree";
      };
    }

    /**
     * Returns the kind of that label.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Kind ofLabel(String label) {
      return switch (label) {
        case "file" -> FILE;
        case "executable" -> EXECUTABLE;
        case "tree" -> TREE;
        default -> throw new IllegalArgumentException("no kind of artifact: " + label);
      };
    }
  }

  /** Returns an artifact for a plain file. */
  public static Artifact file(Digest digest) {
    return new Artifact(Kind.FILE, digest);
  }

  /** Returns an artifact for a directory. */
  public static Artifact tree(Digest digest) {
    return new Artifact(Kind.TREE, digest);
  }
}
