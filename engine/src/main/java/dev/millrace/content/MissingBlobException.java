package dev.millrace.content;

import dev.millrace.digest.Digest;
import java.io.IOException;

/** A blob that was asked for is not in the store, or is there with the wrong bytes. */
public final class MissingBlobException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient Digest digest;

  public MissingBlobException(Digest digest, String reason) {
    super("blob " + digest.text() + " " + reason);
    this.digest = digest;
  }

  /** Returns the name of the blob that is missing. */
  public Digest digest() {
    return digest;
  }
}
