package dev.millrace.webhook;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signatures as Standard Webhooks has them: HMAC-SHA256 over id, timestamp and body. */
final class Signature {
  private static final String ALGORITHM = "HmacSHA256";
  private static final String PREFIX = "whsec_";
  private static final int NEW_BYTES = 32;
  private static final int SHORTEST = 24;
  private static final int LONGEST = 64;

  private Signature() {}

  static String newSecret() {
    byte[] secret = new byte[NEW_BYTES];
    new SecureRandom().nextBytes(secret);
    return PREFIX + Base64.getEncoder().encodeToString(secret);
  }

  /** Returns whether a secret can be used. */
  static boolean isSecret(String text) {
    try {
      int length = key(text).length;
      return length >= SHORTEST && length <= LONGEST;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static byte[] key(String secret) {
    if (!secret.startsWith(PREFIX)) {
      throw new IllegalArgumentException("no secret");
    }
    return Base64.getDecoder().decode(secret.substring(PREFIX.length()));
  }

  /** Returns the header {@code webhook-signature}. */
  static String sign(String secret, String id, long seconds, byte[] body) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key(secret), ALGORITHM));
      mac.update((id + "." + seconds + ".").getBytes(StandardCharsets.UTF_8));
      return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }
}
