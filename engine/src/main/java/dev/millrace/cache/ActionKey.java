package dev.millrace.cache;

import dev.millrace.digest.Digest;

/** The name of an action: the digest of its canonical form. Equal keys, equal results. */
public record ActionKey(Digest digest) {

  /** Returns the hash as hex digits. */
  public String hex() {
    return digest.hex();
  }
}
