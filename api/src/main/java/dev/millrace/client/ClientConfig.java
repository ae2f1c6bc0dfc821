package dev.millrace.client;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a server is reached.
 *
 * @param server its address, {@code http://HOST:PORT} or {@code https://…}; a path is put before
 *     those of the contract
 * @param token what it is shown, or null where it asks for none
 * @param ca a PEM file with the certificates that are trusted, or null for those of the JDK
 * @param connectTimeout how long a connection may take
 * @param silence how long nothing may come on a connection; a server gives a sign of life every 15
 *     seconds
 * @param patience how long a request is tried again that can be repeated, while the server cannot
 *     be reached or is too busy
 * @param followPatience the same for whoever follows a run, who may outlast a restart
 * @param uploads how many blobs are sent at once
 */
public record ClientConfig(
    URI server,
    @Nullable String token,
    @Nullable Path ca,
    Duration connectTimeout,
    Duration silence,
    Duration patience,
    Duration followPatience,
    int uploads) {
  private static final int UPLOADS = 4;

  public ClientConfig {
    String scheme = server.getScheme();
    if (scheme == null
        || !(scheme.equals("http") || scheme.equals("https"))
        || server.getHost() == null
        || server.getUserInfo() != null
        || server.getQuery() != null
        || server.getFragment() != null) {
      throw notAnAddress(server.toString());
    }
    if (uploads < 1) {
      throw new IllegalArgumentException("uploads must be at least 1, not " + uploads);
    }
    if (token != null && (token.isEmpty() || token.chars().anyMatch(c -> c <= ' ' || c >= 0x7f))) {
      throw new IllegalArgumentException(
          "a token is one word of ASCII characters, as `millrace token create` prints it");
    }
  }

  /**
   * Returns how a server is reached that asks for no token.
   *
   * @throws IllegalArgumentException if this is no address of a server
   */
  public static ClientConfig of(String server) {
    try {
      return new ClientConfig(
          new URI(server),
          null,
          null,
          Duration.ofSeconds(10),
          Duration.ofSeconds(60),
          Duration.ofSeconds(30),
          Duration.ofMinutes(10),
          UPLOADS);
    } catch (URISyntaxException e) {
      throw notAnAddress(server);
    }
  }

  private static IllegalArgumentException notAnAddress(String text) {
    return new IllegalArgumentException(
        "a server's address looks like http://127.0.0.1:8181 or https://HOST:PORT, not \""
            + text
            + '"');
  }

  /** Returns the same with a token. */
  public ClientConfig withToken(String newToken) {
    return new ClientConfig(
        server, newToken, ca, connectTimeout, silence, patience, followPatience, uploads);
  }

  /**
   * Returns the same with the token in a file, whose line break is left out.
   *
   * @throws IOException if it cannot be read
   */
  public ClientConfig withTokenFile(Path file) throws IOException {
    return withToken(Files.readString(file).strip());
  }

  /** Returns the same, trusting the certificates in a PEM file and no others. */
  public ClientConfig withCa(Path newCa) {
    return new ClientConfig(
        server, token, newCa, connectTimeout, silence, patience, followPatience, uploads);
  }

  /**
   * Returns the same with other patience.
   *
   * @param newPatience for requests that can be repeated
   * @param newFollowPatience for following
   */
  public ClientConfig withPatience(Duration newPatience, Duration newFollowPatience) {
    return new ClientConfig(
        server, token, ca, connectTimeout, silence, newPatience, newFollowPatience, uploads);
  }

  boolean isTls() {
    return server.getScheme().equals("https");
  }

  int port() {
    return server.getPort() > 0 ? server.getPort() : isTls() ? 443 : 80;
  }

  /** Returns what is put before the paths of the contract; empty or without a slash at its end. */
  String base() {
    String path = server.getRawPath() == null ? "" : server.getRawPath();
    return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }

  /** The token is left out. */
  @Override
  public String toString() {
    return "ClientConfig[" + server + "]";
  }
}
