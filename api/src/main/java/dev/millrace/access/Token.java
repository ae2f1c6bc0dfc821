package dev.millrace.access;

import dev.millrace.digest.Digest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A token as it is kept: what its bearer shows cannot be found out from it. A secret is 256 random
 * bits, so that a plain hash is enough.
 *
 * @param name unique
 * @param hash of the secret
 * @param expires when it ends, or null
 */
public record Token(
    String name, Role role, String hash, Instant created, @Nullable Instant expires) {
  /** Secrets begin with it, so that tools that look for secrets in sources find them. */
  public static final String PREFIX = "mlr_";

  private static final int SECRET_BYTES = 32;

  /** Returns a new secret. */
  static String newSecret() {
    byte[] random = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(random);
    return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
  }

  /** Returns what is kept of a secret. */
  static String hashOf(String secret) {
    return Digest.of(secret).text();
  }

  /** Returns whether it is past its end. */
  public boolean isExpired(Instant now) {
    return expires != null && !now.isBefore(expires);
  }
}
