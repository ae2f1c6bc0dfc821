package dev.millrace.executors.docker;

import dev.millrace.executor.ContainerRequest;
import dev.millrace.executor.ExecutionRequest;
import dev.millrace.pipeline.ContainerSpec.Isolation;
import dev.millrace.pipeline.ContainerSpec.Mount;
import dev.millrace.pipeline.ContainerSpec.User;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The scripts of slots: the runner, which is process 1, and for each step what it sources to become
 * the step. A shell cannot be told everything that a system call can: {@link #canSay}.
 */
final class SlotScript {

  /** Where the container sees the step's script. The shell's own messages begin with it. */
  static final String START = ContainerSettings.ROOT + "/" + SlotDirectory.START;

  private static final String RUNNER = "slot-runner.sh";
  private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  /** Names that a shell gives a meaning, or does not let be set. */
  private static final Set<String> OF_SHELLS =
      Set.of(
          "_",
          "DIRSTACK",
          "EPOCHREALTIME",
          "EPOCHSECONDS",
          "EUID",
          "FUNCNAME",
          "GROUPS",
          "HISTCMD",
          "IFS",
          "LINENO",
          "OPTARG",
          "OPTERR",
          "OPTIND",
          "POSIXLY_CORRECT",
          "PPID",
          "RANDOM",
          "SECONDS",
          "SHELLOPTS",
          "SHLVL",
          "SRANDOM",
          "UID");

  private static final List<String> PREFIXES_OF_SHELLS = List.of("BASH", "COMP_", "millrace_");

  /** Are writable in a slot in ways of their own, which a mount would get in the way of. */
  private static final List<Path> OWN_MOUNTS =
      List.of(Path.of("/tmp"), Path.of("/dev"), Path.of("/proc"), Path.of("/sys"));

  private SlotScript() {}

  /** Returns the script of process 1. */
  static String runner() {
    try (InputStream script = SlotScript.class.getResourceAsStream(RUNNER)) {
      if (script == null) {
        throw new IllegalStateException(RUNNER + " is missing beside the classes");
      }
      return new String(script.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + RUNNER, e);
    }
  }

  /** Tells whether an attempt may and can run in a slot, if its image can. */
  static boolean canSay(ExecutionRequest request) {
    ContainerRequest container = request.container();
    return container != null
        && container.spec().isolation() == Isolation.SLOT
        && container.spec().user() == User.CALLER
        && container.spec().mounts().stream().noneMatch(SlotScript::collides)
        && request.attemptId().indexOf('/') > 0
        && !request.argv().getFirst().isEmpty()
        && !request.argv().getFirst().startsWith("-")
        && request.argv().stream().noneMatch(SlotScript::hasZero)
        && request.environment().entrySet().stream().allMatch(SlotScript::canExport);
  }

  private static boolean collides(Mount mount) {
    Path target = Path.of(mount.target()).normalize();
    return OWN_MOUNTS.stream().anyMatch(own -> target.startsWith(own) || own.startsWith(target));
  }

  private static boolean canExport(Map.Entry<String, String> variable) {
    String name = variable.getKey();
    return IDENTIFIER.matcher(name).matches()
        && !OF_SHELLS.contains(name)
        && PREFIXES_OF_SHELLS.stream().noneMatch(name::startsWith)
        && !hasZero(variable.getValue());
  }

  private static boolean hasZero(String text) {
    return text.indexOf('\0') >= 0;
  }

  /**
   * Returns what the runner sources in a process of its own, which becomes the command. Output is
   * appended, so that a program which opens it anew by /dev/stdout leaves no hole.
   */
  static String start(List<String> argv, Map<String, String> variables) {
    StringBuilder script = new StringBuilder();
    script.append("cd ").append(ContainerSettings.WORK).append("\nunset PWD OLDPWD SHLVL\n");
    for (Map.Entry<String, String> variable : variables.entrySet()) {
      quote(script.append("export ").append(variable.getKey()).append('='), variable.getValue());
      script.append('\n');
    }
    script.append("exec");
    for (String word : argv) {
      quote(script.append(' '), word);
    }
    return script
        .append(
            " >>%1$s/%2$s 2>>%1$s/%3$s\n"
                .formatted(ContainerSettings.ROOT, SlotDirectory.OUT, SlotDirectory.ERR))
        .toString();
  }

  private static void quote(StringBuilder script, String text) {
    script.append('\'').append(text.replace("'", "'\\''")).append('\'');
  }
}
