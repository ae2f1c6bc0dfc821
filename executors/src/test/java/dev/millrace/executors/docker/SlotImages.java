package dev.millrace.executors.docker;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Images for tests, made of this machine's own programs: no registry is needed. Made once in a
 * process, and removed when it ends.
 */
final class SlotImages {
  private static final String PROGRAMS =
      "bash dash echo env head tail printf cat sleep setsid pwd true false kill ls mkdir rmdir rm"
          + " touch id stat grep dd perl chmod chown mv cp ln df date seq timeout wc ipcmk mkfifo"
          + " sort tr nohup renice sync";

  /** Collects programs, and the libraries that they need, in a directory. */
  private static final String COLLECT =
      """
      set -eu
      mkdir -p usr/bin tmp; ln -s usr/bin bin
      for p in %s; do cp -L "/usr/bin/$p" usr/bin/; done
      ln -s %s usr/bin/sh
      for f in usr/bin/*; do ldd "$f" 2>/dev/null | grep -o '/[^ ]*' || true; done | sort -u >libs
      while read -r l; do mkdir -p ".${l%%/*}"; cp -L "$l" ".$l"; done <libs
      rm libs
      tar --sort=name --mtime=@0 -c . | docker import -c 'ENV PATH=/usr/bin:/bin' %s -
      """;

  private static final String BUSYBOX =
      """
      set -eu
      mkdir bin tmp; cp -L /bin/busybox bin/busybox
      for a in $(bin/busybox --list); do [ "$a" = busybox ] || ln -s busybox "bin/$a"; done
      tar --sort=name --mtime=@0 -c . | docker import -c 'ENV PATH=/bin' %s -
      """;

  private static final String WITHOUT_SHELL =
      """
      set -eu
      mkdir bin tmp; cp -L /bin/busybox bin/echo
      tar --sort=name --mtime=@0 -c . | docker import -c 'ENV PATH=/bin' -
      """;

  private static final ConcurrentHashMap<String, String> MADE = new ConcurrentHashMap<>();

  private SlotImages() {}

  /** Returns the id of an image with GNU's programs and dash. */
  static String dash() {
    return made(COLLECT.formatted(PROGRAMS, "dash", ""));
  }

  /** Returns the id of an image with GNU's programs, whose {@code sh} is bash. */
  static String bash() {
    return made(COLLECT.formatted(PROGRAMS, "bash", ""));
  }

  /** Returns the id of an image of busybox. */
  static String busybox() {
    return made(BUSYBOX.formatted(""));
  }

  /** Returns the id of an image of busybox that says that a directory is a volume. */
  static String withVolume() {
    return made(BUSYBOX.formatted("-c 'VOLUME /data'"));
  }

  /** Returns the id of an image that has nothing but {@code echo}. */
  static String withoutShell() {
    return made(WITHOUT_SHELL);
  }

  private static String made(String script) {
    return MADE.computeIfAbsent(script, SlotImages::make);
  }

  private static String make(String script) {
    try {
      String inDirectory = "d=$(mktemp -d); cd \"$d\"; (" + script + "); rm -rf \"$d\"";
      Process process =
          new ProcessBuilder(List.of("sh", "-c", inDirectory))
              .directory(Path.of("/").toFile())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      process.getOutputStream().close();
      try (InputStream output = process.getInputStream()) {
        String id = new String(output.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (process.waitFor() != 0 || !id.startsWith("sha256:")) {
          throw new AssertionError("cannot make an image: " + id);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(id.strip())));
        return id.strip();
      }
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void remove(String id) {
    try {
      new ProcessBuilder("docker", "image", "rm", "--force", id)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
