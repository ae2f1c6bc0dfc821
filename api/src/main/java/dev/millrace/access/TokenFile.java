package dev.millrace.access;

import dev.millrace.json.CanonicalWriter;
import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonException;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonValue;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of a state directory, {@code tokens.json}. It is a file of its own, not a part of the
 * database, so that tokens can be made and revoked while a server works there. It is replaced as a
 * whole, and readable to its owner only.
 */
public final class TokenFile {
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path file;

  /**
   * @param stateDirectory must exist before a token is made
   */
  public TokenFile(Path stateDirectory) {
    file = stateDirectory.resolve("tokens.json");
  }

  /** A token with that name is there already, or none where one is needed. */
  public static final class TokenNameException extends Exception {
    private static final long serialVersionUID = 1;

    TokenNameException(String message) {
      super(message);
    }
  }

  /** Returns whether a token was ever made here. */
  public boolean exists() {
    return Files.exists(file);
  }

  /**
   * Returns the tokens, expired ones too, in the order in which they were made.
   *
   * @throws IOException if the file cannot be read, or is not what this class writes
   */
  public List<Token> read() throws IOException {
    try {
      return parse(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (JsonException | ClassCastException e) {
      throw new IOException(file + " is damaged: " + e.getMessage(), e);
    }
  }

  private static List<Token> parse(byte[] json) {
    List<Token> tokens = new ArrayList<>();
    JsonArray all = (JsonArray) ((JsonObject) JsonReader.read(json)).get("tokens");
    if (all == null) {
      throw new ClassCastException("it has no tokens");
    }
    for (JsonValue one : all.elements()) {
      JsonObject token = (JsonObject) one;
      Role role = Role.of(text(token, "role"));
      Instant created = instant(token, "created");
      if (role == null || created == null || text(token, "hash").isEmpty()) {
        throw new ClassCastException("a token in it is incomplete");
      }
      tokens.add(
          new Token(
              text(token, "name"), role, text(token, "hash"), created, instant(token, "expires")));
    }
    return tokens;
  }

  private static String text(JsonObject token, String name) {
    return token.get(name) instanceof JsonString(String text) ? text : "";
  }

  private static @Nullable Instant instant(JsonObject token, String name) {
    return token.get(name) instanceof JsonNumber millis
        ? Instant.ofEpochMilli(millis.asLong())
        : null;
  }

  /**
   * Makes a token.
   *
   * @param expires when it ends, or null
   * @return the secret that its bearer shows; it is kept nowhere
   * @throws TokenNameException if there is one of that name
   */
  public String create(String name, Role role, Instant now, @Nullable Instant expires)
      throws IOException, TokenNameException {
    try (FileChannel lock = lock();
        FileLock _ = lock.lock()) {
      List<Token> tokens = new ArrayList<>(read());
      if (tokens.stream().anyMatch(token -> token.name().equals(name))) {
        throw new TokenNameException("there is a token " + name + " already");
      }
      String secret = Token.newSecret();
      tokens.add(new Token(name, role, Token.hashOf(secret), now, expires));
      write(tokens);
      return secret;
    }
  }

  /**
   * Removes a token: within a second its bearer is refused.
   *
   * @throws TokenNameException if there is none of that name
   */
  public void revoke(String name) throws IOException, TokenNameException {
    try (FileChannel lock = lock();
        FileLock _ = lock.lock()) {
      List<Token> tokens = new ArrayList<>(read());
      if (!tokens.removeIf(token -> token.name().equals(name))) {
        throw new TokenNameException("there is no token " + name);
      }
      write(tokens);
    }
  }

  private FileChannel lock() throws IOException {
    return FileChannel.open(
        file.resolveSibling("tokens.lock"),
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
        OWNER_ONLY);
  }

  private void write(List<Token> tokens) throws IOException {
    CanonicalWriter json = new CanonicalWriter().beginObject().name("tokens").beginArray();
    for (Token token : tokens) {
      json.beginObject().name("created").value(token.created().toEpochMilli());
      if (token.expires() != null) {
        json.name("expires").value(token.expires().toEpochMilli());
      }
      json.name("hash").value(token.hash()).name("name").value(token.name());
      json.name("role").value(token.role().label()).endObject();
    }
    byte[] bytes = json.endArray().endObject().toBytes();
    Path next = file.resolveSibling("tokens.json.new");
    Files.deleteIfExists(next);
    try (FileChannel out =
        FileChannel.open(
            next, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OWNER_ONLY)) {
      ByteBuffer left = ByteBuffer.wrap(bytes);
      while (left.hasRemaining()) {
        out.write(left);
      }
      out.force(true);
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
