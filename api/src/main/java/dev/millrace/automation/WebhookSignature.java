package dev.millrace.automation;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Signatures of webhooks as in Standard Webhooks: HMAC-SHA256 over id, timestamp and body, joined
 * by dots, under a secret that both sides know.
 */
public final class WebhookSignature {
  /** A message is taken if it was signed no longer ago, and no further ahead, than this. */
  public static final Duration WINDOW = Duration.ofMinutes(5);

  private static final String VERSION = "v1,";
  private static final String PREFIX = "whsec_";
  private static final String ALGORITHM = "HmacSHA256";
  private static final int NEW_BYTES = 32;
  private static final int SHORTEST_SECRET = 24;
  private static final int LONGEST_SECRET = 64;

  /** More would only cost time. */
  private static final int MOST_SIGNATURES = 10;

  private WebhookSignature() {}

  /**
   * What was sent.
   *
   * @param id the header {@code webhook-id}
   * @param timestamp the header {@code webhook-timestamp}, in seconds since the epoch
   * @param signatures the header {@code webhook-signature}
   * @param body every byte of it
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Message(String id, String timestamp, String signatures, byte[] body) {}

  /**
   * Returns the secret's bytes.
   *
   * @param text {@code whsec_} and 24 to 64 bytes in Base64
   * @throws IllegalArgumentException if it is none; the message does not show it
   */
  public static byte[] secret(String text) {
    byte[] secret;
    try {
      secret =
          text.startsWith(PREFIX)
              ? Base64.getDecoder().decode(text.substring(PREFIX.length()))
              : new byte[0];
    } catch (IllegalArgumentException e) {
      secret = new byte[0];
    }
    if (secret.length < SHORTEST_SECRET || secret.length > LONGEST_SECRET) {
      throw new IllegalArgumentException(
          "a secret is " + PREFIX + " and 24 to 64 random bytes in Base64");
    }
    return secret;
  }

  /** Returns the text of a secret. */
  public static String text(byte[] secret) {
    return PREFIX + Base64.getEncoder().encodeToString(secret);
  }

  /**
   * Returns why a message is not taken, or null if it is.
   *
   * @param secrets any of which may have signed it
   */
  public static @Nullable String refuse(Message message, List<byte[]> secrets, Instant now) {
    long seconds;
    try {
      seconds = Long.parseLong(message.timestamp);
    } catch (NumberFormatException e) {
      return "webhook-timestamp must be in seconds since 1970";
    }
    if (!isSigned(message, secrets)) {
      return "no signature fits";
    }
    long away = Math.abs(Math.subtractExact(now.getEpochSecond(), bounded(seconds)));
    return away > WINDOW.toSeconds()
        ? "the message was signed too long ago, or a clock is wrong: sign it again"
        : null;
  }

  private static long bounded(long seconds) {
    return Math.max(0, Math.min(seconds, Instant.MAX.getEpochSecond()));
  }

  private static boolean isSigned(Message message, List<byte[]> secrets) {
    boolean signed = false;
    for (byte[] secret : secrets) {
      byte[] expected = sign(message, secret);
      for (String one : message.signatures.split(" ", MOST_SIGNATURES)) {
        // All are compared, each in constant time: what fits shows nowhere.
        signed |= one.startsWith(VERSION) && MessageDigest.isEqual(expected, decoded(one));
      }
    }
    return signed;
  }

  private static byte[] decoded(String signature) {
    try {
      return Base64.getDecoder().decode(signature.substring(VERSION.length()));
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }

  /** Returns the text of a new secret. */
  public static String newSecret() {
    byte[] secret = new byte[NEW_BYTES];
    new SecureRandom().nextBytes(secret);
    return text(secret);
  }

  /**
   * Signs a message.
   *
   * @param secret its text
   * @param seconds since the epoch, the header {@code webhook-timestamp}
   * @return the header {@code webhook-signature}
   * @throws IllegalArgumentException if the secret is none
   */
  public static String sign(String secret, String id, long seconds, byte[] body) {
    Message message = new Message(id, Long.toString(seconds), "", body);
    return VERSION + Base64.getEncoder().encodeToString(sign(message, secret(secret)));
  }

  private static byte[] sign(Message message, byte[] secret) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret, ALGORITHM));
      mac.update((message.id + "." + message.timestamp + ".").getBytes(StandardCharsets.UTF_8));
      return mac.doFinal(message.body);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }
}
