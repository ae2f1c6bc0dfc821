package dev.millrace.daemon;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The process that a command was given to, as {@code /proc} shows it.
 *
 * @param pid its number
 * @param startTicks when it started; another process of the same number has another start
 * @param likeness in what surroundings it is
 * @param words all it was started with
 * @param environment its variables
 * @param directory its working directory
 */
record ClientProcess(
    long pid,
    long startTicks,
    Likeness likeness,
    List<String> words,
    Map<String, String> environment,
    Path directory) {
  private static final Charset ENCODING =
      Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));

  ClientProcess {
    words = List.copyOf(words);
    environment = Map.copyOf(environment);
  }

  /**
   * Looks at a process.
   *
   * @throws IOException if it has ended, is another user's, or is in surroundings that cannot be
   *     taken over
   */
  static ClientProcess of(long pid) throws IOException {
    ProcessStat stat = ProcessStat.of(pid);
    if (stat == null || stat.isZombie()) {
      throw new IOException("process " + pid + " has ended");
    }
    Path process = Path.of("/proc/" + pid);
    Map<String, String> environment = new HashMap<>();
    for (String pair : strings(process.resolve("environ"))) {
      int equals = pair.indexOf('=', 1);
      if (equals > 0) {
        environment.putIfAbsent(pair.substring(0, equals), pair.substring(equals + 1));
      }
    }
    Path directory = Files.readSymbolicLink(process.resolve("cwd"));
    if (!Files.isSameFile(directory, process.resolve("cwd"))) {
      throw new IOException("its working directory is gone, or hidden by another");
    }
    if (isRelative(environment.getOrDefault("PATH", ""))) {
      throw new IOException("its search path depends on the working directory");
    }
    return new ClientProcess(
        pid,
        stat.startTicks(),
        Likeness.of(pid, stat, environment),
        strings(process.resolve("cmdline")),
        environment,
        directory);
  }

  private static boolean isRelative(String searchPath) {
    for (String part : searchPath.split(":", -1)) {
      if (!part.startsWith("/") && !searchPath.isEmpty()) {
        return true;
      }
    }
    return false;
  }

  private static List<String> strings(Path file) throws IOException {
    String text = new String(Files.readAllBytes(file), ENCODING);
    return text.isEmpty() ? List.of() : List.of(withoutLast(text).split("\0", -1));
  }

  private static String withoutLast(String text) {
    return text.endsWith("\0") ? text.substring(0, text.length() - 1) : text;
  }

  /**
   * Returns the last words that it was started with.
   *
   * @throws IOException if there are not as many
   */
  List<String> lastWords(int count) throws IOException {
    if (count < 0 || count > words.size()) {
      throw new IOException("process " + pid + " has no " + count + " words");
    }
    return words.subList(words.size() - count, words.size());
  }

  /** Returns whether it is still there. */
  boolean isAlive() {
    ProcessStat stat = ProcessStat.of(pid);
    return stat != null && stat.startTicks() == startTicks && !stat.isZombie();
  }

  /** Returns whether it was stopped, as by Ctrl-Z. */
  boolean isStopped() {
    ProcessStat stat = ProcessStat.of(pid);
    return stat != null && stat.startTicks() == startTicks && stat.isStopped();
  }

  /** Returns the name by which others can open what it has open under that number. */
  Path descriptor(int number) {
    return Path.of("/proc/" + pid + "/fd/" + number);
  }
}
