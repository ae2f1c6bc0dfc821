package dev.millrace.runtime;

import dev.millrace.content.StorageUnavailableException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Replaces secrets in a text by {@code ***}, in constant memory. */
public final class SecretMask {
  private static final byte[] MASK = {'*', '*', '*'};

  private SecretMask() {}

  /** Masks a file in place; one that does not exist is left so. */
  static void apply(Path file, List<String> secrets) throws IOException {
    List<byte[]> patterns = patterns(secrets);
    if (patterns.isEmpty()) {
      return;
    }
    Path masked = file.resolveSibling(file.getFileName() + ".masked");
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file));
        OutputStream out = new BufferedOutputStream(Files.newOutputStream(masked))) {
      copy(in, out, patterns);
    } catch (NoSuchFileException e) {
      return;
    } catch (IOException e) {
      Files.deleteIfExists(masked);
      throw StorageUnavailableException.blame(StorageUnavailableException.directoryOf(file), e);
    }
    Files.move(masked, file, StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * Copies a text and masks it on the way. Where the text is cut off by an exception, what was
   * copied is the beginning of what the whole text would have become.
   */
  public static void copy(InputStream in, OutputStream out, Collection<String> secrets)
      throws IOException {
    List<byte[]> patterns = patterns(secrets);
    if (patterns.isEmpty()) {
      in.transferTo(out);
    } else {
      copy(in, out, patterns);
    }
  }

  private static List<byte[]> patterns(Collection<String> secrets) {
    List<byte[]> patterns = new ArrayList<>();
    for (String secret : secrets) {
      if (!secret.isEmpty()) {
        patterns.add(secret.getBytes(StandardCharsets.UTF_8));
      }
    }
    // A secret that begins with another must be found whole.
    patterns.sort(Comparator.comparingInt((byte[] pattern) -> pattern.length).reversed());
    return patterns;
  }

  private static void copy(InputStream in, OutputStream out, List<byte[]> patterns)
      throws IOException {
    int window = patterns.getFirst().length;
    PushbackInputStream text = new PushbackInputStream(in, window);
    byte[] ahead = new byte[window];
    while (true) {
      int read = text.readNBytes(ahead, 0, window);
      if (read == 0) {
        return;
      }
      int matched = matchAt(ahead, read, patterns);
      if (matched > 0) {
        out.write(MASK);
        text.unread(ahead, matched, read - matched);
      } else {
        out.write(ahead[0]);
        text.unread(ahead, 1, read - 1);
      }
    }
  }

  private static int matchAt(byte[] ahead, int read, List<byte[]> patterns) {
    for (byte[] pattern : patterns) {
      if (pattern.length <= read
          && Arrays.equals(ahead, 0, pattern.length, pattern, 0, pattern.length)) {
        return pattern.length;
      }
    }
    return 0;
  }
}
