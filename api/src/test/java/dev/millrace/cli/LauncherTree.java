package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.cli.Shell.Done;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The launcher with a build of its own, so that its daemon is no one else's. */
final class LauncherTree implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;
  private static final Path HOME = Path.of(System.getProperty("java.home"));

  private final Path root;
  private final Path target;

  private LauncherTree(Path root) {
    this.root = root;
    target = root.resolve("api/target");
  }

  /** Makes one of what this process has on its class path; skips the test where none can be. */
  static LauncherTree make(Path root) throws IOException {
    assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")), "daemons need /proc");
    for (String program : List.of("setsid", "mkfifo")) {
      assumeTrue(
          Stream.of(System.getenv("PATH").split(":"))
              .anyMatch(part -> Files.isExecutable(Path.of(part, program))),
          "daemons need " + program);
    }
    LauncherTree tree = new LauncherTree(root);
    Files.createDirectories(tree.target);
    Files.copy(
        Path.of("../millrace"), root.resolve("millrace"), StandardCopyOption.COPY_ATTRIBUTES);
    List<String> names = new ArrayList<>();
    for (String part : System.getProperty("java.class.path").split(File.pathSeparator)) {
      // As the build writes it: relative to where the file is.
      names.add(tree.target.toRealPath().relativize(Path.of(part).toRealPath()).toString());
    }
    tree.build(String.join(":", names));
    return tree;
  }

  private void build(String classPath) throws IOException {
    Files.writeString(target.resolve("class-path"), classPath);
    String release = "";
    for (String line : Files.readAllLines(HOME.resolve("release"))) {
      if (line.startsWith("JAVA_RUNTIME_VERSION=")) {
        release = line.substring(line.indexOf('"') + 1, line.lastIndexOf('"'));
      }
    }
    Path ready = target.resolve("start-" + release + ".ready");
    MillraceProcess.await(
        "the clock goes on",
        () -> {
          try {
            Files.writeString(ready, "\n");
            return Files.getLastModifiedTime(ready)
                    .compareTo(Files.getLastModifiedTime(target.resolve("class-path")))
                > 0;
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /** Makes it look as if it had been built again. */
  void rebuild() throws IOException {
    build(Files.readString(target.resolve("class-path")));
  }

  Path launcher() {
    return root.resolve("millrace");
  }

  /** Returns the process that takes requests, or 0. */
  long daemon() {
    try {
      return Long.parseLong(Files.readString(target.resolve("daemon/pid")).split(" ")[0]);
    } catch (IOException e) {
      return 0;
    }
  }

  /** Returns a command that goes through a daemon, unless that is changed in its environment. */
  ProcessBuilder command(Path folder, String... words) {
    List<String> command = new ArrayList<>(List.of(launcher().toString()));
    command.addAll(List.of(words));
    return prepared(new ProcessBuilder(command), folder);
  }

  /** Returns a shell that gives a command; it is {@code $0} with the words. */
  ProcessBuilder shell(Path folder, String script, String... words) {
    List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", script));
    command.add(launcher().toString());
    command.addAll(List.of(words));
    return prepared(new ProcessBuilder(command), folder);
  }

  private static ProcessBuilder prepared(ProcessBuilder builder, Path folder) {
    builder.directory(folder.toFile());
    for (String name : List.of("MILLRACE_JAVA_OPTS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS")) {
      builder.environment().remove(name);
    }
    builder.environment().put("MILLRACE_JAVA_HOME", HOME.toString());
    builder.environment().put("MILLRACE_DAEMON", "on");
    return builder;
  }

  /** Gives a command and waits for its end, and for the end of what it writes. */
  Done run(Path folder, String... words) throws IOException {
    return await(command(folder, words).start());
  }

  /** Gives a command without a daemon. */
  Done runAlone(Path folder, String... words) throws IOException {
    ProcessBuilder command = command(folder, words);
    command.environment().remove("MILLRACE_DAEMON");
    return await(command.start());
  }

  static Done await(Process process) {
    CompletableFuture<String> out = read(process.inputReader(StandardCharsets.UTF_8)::lines);
    CompletableFuture<String> err = read(process.errorReader(StandardCharsets.UTF_8)::lines);
    try {
      boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
      String said = out.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      String problems = err.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertEquals(true, ended, said + problems);
      return new Done(process.exitValue(), said, problems);
    } catch (Exception e) {
      process.destroyForcibly();
      throw new AssertionError("no end of it", e);
    }
  }

  private static CompletableFuture<String> read(Supplier<Stream<String>> lines) {
    CompletableFuture<String> text = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .start(() -> text.complete(String.join("\n", lines.get().toList())));
    return text;
  }

  static void signal(long pid, String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(pid)).inheritIO().start().waitFor();
  }

  /** Ends all daemons of this tree, whatever they do, and their clients. */
  @Override
  public void close() {
    ProcessHandle.allProcesses()
        .filter(process -> isOfThisTree(process.pid()))
        .forEach(ProcessHandle::destroyForcibly);
  }

  private boolean isOfThisTree(long pid) {
    try {
      Path file = Path.of("/proc/" + pid + "/cmdline");
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
          .contains(root.toString() + "/");
    } catch (IOException e) {
      return false;
    }
  }
}
