package dev.millrace.daemon;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a process hands on to its children without a word, and what the virtual machine and its
 * libraries read of their surroundings themselves. A client that differs in any of it from the one
 * that started the daemon gets a process of its own: a command must not behave in another way
 * because a daemon carries it out.
 *
 * <p>Not in it are signals that are ignored, since steps begin with none, and the control group,
 * which is another one in each terminal of many desktops.
 *
 * @param traits what is the same, by name
 */
record Likeness(SortedMap<String, String> traits) {
  private static final List<String> OF_STATUS =
      List.of(
          "Uid", "Gid", "Groups", "Umask", "NoNewPrivs", "Seccomp", "Cpus_allowed", "Mems_allowed");
  private static final List<String> NAMESPACES =
      List.of("mnt", "net", "pid", "user", "ipc", "uts", "time");
  private static final List<String> OPTIONAL = List.of("oom_score_adj", "personality");
  private static final List<String> VARIABLES =
      List.of(
          "CLASSPATH",
          "DOCKER_",
          "GLIBC_TUNABLES",
          "HOME",
          "JAVA_",
          "JDK_",
          "LANG",
          "LC_",
          "LD_",
          "LOGNAME",
          "MALLOC_",
          "MILLRACE_DAEMON",
          "MILLRACE_DOCKER_",
          "MILLRACE_JAVA_",
          "TMPDIR",
          "TZ",
          "USER",
          "XDG_CONFIG",
          "XDG_RUNTIME",
          "_JAVA_");

  Likeness {
    traits = Collections.unmodifiableSortedMap(new TreeMap<>(traits));
  }

  /**
   * Looks at a process.
   *
   * @throws IOException if it has ended, or is another user's
   */
  static Likeness of(long pid, ProcessStat stat, Map<String, String> environment)
      throws IOException {
    Path process = Path.of("/proc/" + pid);
    SortedMap<String, String> traits = new TreeMap<>();
    for (String line : text(process.resolve("status")).split("\n")) {
      int colon = line.indexOf(':');
      String name = colon < 0 ? "" : line.substring(0, colon);
      if (OF_STATUS.contains(name) || name.startsWith("Cap")) {
        traits.put(name, line.substring(colon + 1).strip());
      }
    }
    traits.put("limits", text(process.resolve("limits")));
    traits.put("nice", stat.nice());
    traits.put("root", Files.readSymbolicLink(process.resolve("root")).toString());
    for (String name : NAMESPACES) {
      Path link = process.resolve("ns").resolve(name);
      if (!name.equals("time") || Files.exists(link)) {
        traits.put(name, Files.readSymbolicLink(link).toString());
      }
    }
    for (String name : OPTIONAL) {
      traits.put(name, textOrNone(process.resolve(name)));
    }
    environment.forEach(
        (name, value) -> {
          if (isRead(name)) {
            traits.put("$" + name, value);
          }
        });
    return new Likeness(traits);
  }

  private static boolean isRead(String variable) {
    return VARIABLES.stream().anyMatch(variable::startsWith);
  }

  /** Some kernels do not have the file, or show it to nobody. */
  private static String textOrNone(Path file) {
    try {
      return text(file);
    } catch (IOException e) {
      return "";
    }
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
  }
}
