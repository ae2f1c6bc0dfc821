package dev.millrace.cache;

import dev.millrace.digest.Digest;

/** The name of an action: the digest of its canonical form. Equal keys, equal results. */
public record ActionKey(Digest digest) {

  /** Returns the hash as hex digits. */
  public String hex() {
    return digest.hex();
  }

  /** By hand, as a record's own takes 20 ms to be made when a run starts. */
  @Override
  public boolean equals(Object other) {
    return other instanceof ActionKey(Digest that) && digest.equals(that);
  }

  @Override
  public int hashCode() {
    return digest.hashCode();
  }
}
