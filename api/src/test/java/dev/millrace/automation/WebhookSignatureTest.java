package dev.millrace.automation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.millrace.automation.WebhookSignature.Message;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The example is that of the libraries of Standard Webhooks. */
class WebhookSignatureTest {
  private static final String ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
  private static final long TIME = 1_614_265_330;
  private static final String BODY = "{\"test\": 2432232314}";
  private static final String SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
  private static final byte[] SECRET =
      WebhookSignature.secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  private static final Instant NOW = Instant.ofEpochSecond(TIME);

  private static @Nullable String refuse(String id, String time, String signatures, String body) {
    Message message = new Message(id, time, signatures, body.getBytes(StandardCharsets.UTF_8));
    return WebhookSignature.refuse(message, List.of(new byte[32], SECRET), NOW);
  }

  @Test
  void takesWhatAnyOfTheSecretsHasSigned() {
    assertNull(refuse(ID, TIME + "", SIGNATURE, BODY));
    assertNull(refuse(ID, TIME + "", "v2,AAAA v1,AAAA " + SIGNATURE, BODY));
  }

  @Test
  void takesNothingElse() {
    assertNotNull(refuse(ID + "x", TIME + "", SIGNATURE, BODY));
    assertNotNull(refuse(ID, TIME + 1 + "", SIGNATURE, BODY));
    assertNotNull(refuse(ID, TIME + "", SIGNATURE, BODY + " "));
    assertNotNull(refuse(ID, TIME + "", SIGNATURE.substring(3), BODY));
    assertNotNull(refuse(ID, TIME + "", "v1,", BODY));
    assertNotNull(refuse(ID, TIME + "", "v1,***", BODY));
    assertNotNull(refuse(ID, TIME + "", "", BODY));
    assertNotNull(refuse(ID, "soon", SIGNATURE, BODY));
    assertNotNull(refuse(ID, Long.MIN_VALUE + "", SIGNATURE, BODY));
    assertNotNull(refuse(ID, Long.MAX_VALUE + "", SIGNATURE, BODY));
    Message message = new Message(ID, TIME + "", SIGNATURE, BODY.getBytes(StandardCharsets.UTF_8));
    assertNotNull(WebhookSignature.refuse(message, List.of(), NOW));
  }

  @Test
  void takesItForFiveMinutesOnly() {
    Message message = new Message(ID, TIME + "", SIGNATURE, BODY.getBytes(StandardCharsets.UTF_8));
    List<byte[]> secrets = List.of(SECRET);
    assertNull(WebhookSignature.refuse(message, secrets, NOW.plusSeconds(300)));
    assertNull(WebhookSignature.refuse(message, secrets, NOW.minusSeconds(300)));
    assertNotNull(WebhookSignature.refuse(message, secrets, NOW.plusSeconds(301)));
    assertNotNull(WebhookSignature.refuse(message, secrets, NOW.minusSeconds(301)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "whsec_", "whsec_AAAA", "whsec_***", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLw=="})
  void aSecretHasItsForm(String text) {
    assertThrows(IllegalArgumentException.class, () -> WebhookSignature.secret(text));
    assertEquals(24, WebhookSignature.secret("whsec_" + "AAAA".repeat(8)).length);
  }
}
