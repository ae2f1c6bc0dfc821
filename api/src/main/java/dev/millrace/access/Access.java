package dev.millrace.access;

import java.io.IOException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells who asks. As long as there was never a token, everybody is {@link Principal#LOCAL}; from
 * the first on, and also when the last is gone, a token is needed, until their file is removed and
 * the server started again. Safe for use by many threads.
 */
public final class Access {
  private static final String SCHEME = "bearer ";

  private final TokenFile file;
  private final InstantSource clock;
  private volatile Map<String, Token> byHash = Map.of();
  private volatile boolean open = true;

  /**
   * Reads the tokens.
   *
   * @throws IOException if they cannot be read
   */
  public Access(TokenFile file, InstantSource clock) throws IOException {
    this.file = file;
    this.clock = clock;
    refresh();
  }

  /**
   * Reads the tokens again; to be called about once a second.
   *
   * @throws IOException if they cannot be read; those read before stay
   */
  public void refresh() throws IOException {
    List<Token> tokens = file.read();
    Map<String, Token> next = new HashMap<>();
    tokens.forEach(token -> next.put(token.hash(), token));
    byHash = Map.copyOf(next);
    if (file.exists()) {
      open = false;
    }
  }

  /** Returns whether nobody needs a token. */
  public boolean isOpen() {
    return open;
  }

  /**
   * Returns who shows this.
   *
   * @param authorization as the header has it, or null where there is none
   * @return null if a token is needed and this is none that is valid
   */
  public @Nullable Principal find(@Nullable String authorization) {
    if (open) {
      return Principal.LOCAL;
    }
    if (authorization == null || !authorization.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
      return null;
    }
    // The secret's hash is looked up: how long that takes tells nothing about any secret.
    Token token = byHash.get(Token.hashOf(authorization.substring(SCHEME.length()).strip()));
    return token == null || token.isExpired(clock.instant())
        ? null
        : new Principal(token.name(), token.role());
  }
}
