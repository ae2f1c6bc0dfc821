package dev.millrace.runtime;

import dev.millrace.digest.Digest;
import java.io.File;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the tools of this machine say of themselves, so that a change of toolchain changes keys.
 * Each command is asked once in the life of an engine.
 */
final class ToolFingerprints {
  private final String searchPath;
  private final Map<String, String> known = new ConcurrentHashMap<>();

  ToolFingerprints(String searchPath) {
    this.searchPath = searchPath;
  }

  /**
   * Returns the fingerprint of a tool: the digest of what the command prints, with its exit code. A
   * tool that is not there has one as well, different from that of one that is.
   *
   * @param command for {@code /bin/sh}
   */
  String of(String command) {
    return known.computeIfAbsent(command, this::ask);
  }

  private String ask(String command) {
    ProcessBuilder shell = new ProcessBuilder("/bin/sh", "-c", command).redirectErrorStream(true);
    shell.environment().clear();
    shell.environment().put("PATH", searchPath);
    shell.environment().put("LANG", "C.UTF-8");
    shell.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
    try {
      Process process = shell.start();
      byte[] said = process.getInputStream().readAllBytes();
      int exit = process.waitFor();
      return exit + ":" + Digest.of(said).abbreviated();
    } catch (IOException e) {
      return "unavailable";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "unavailable";
    }
  }
}
