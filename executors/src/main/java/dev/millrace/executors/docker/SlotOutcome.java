package dev.millrace.executors.docker;

import dev.millrace.executor.ExecutionOutcome;
import dev.millrace.executor.ExecutionOutcome.Exited;
import dev.millrace.executor.ExecutionOutcome.NotStartable;
import dev.millrace.executor.ExecutionOutcome.OutOfMemory;
import dev.millrace.executor.ExecutionRequest;
import dev.millrace.executor.ResourceUsage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Makes an outcome of a runner's answer and of what the step has written. */
final class SlotOutcome {
  private static final int NOT_EXECUTABLE = 126;
  private static final int NOT_FOUND = 127;
  private static final int EXCERPT = 8_192;
  private static final String READ_ONLY = "Read-only file system";
  private static final String HINT =
      """
      millrace: this step shares its container with others, so it can write to its working directory and to /tmp only. \
      A container of its own has a writable file system: "container": {"isolation": "container"}
      """;

  private SlotOutcome() {}

  /**
   * Judges an attempt that has ended by itself and whose sandbox is where it was.
   *
   * @param wallMillis from start to end
   */
  static ExecutionOutcome of(ExecutionRequest request, SlotReply reply, long wallMillis) {
    ResourceUsage usage = new ResourceUsage(wallMillis, reply.cpuMillis(), -1);
    int code = reply.exitCode();
    if (code == 0) {
      return new Exited(code, usage);
    }
    if (reply.outOfMemory()) {
      return new OutOfMemory(usage);
    }
    try (FileChannel stderr =
        FileChannel.open(
            request.stderr(),
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS)) {
      if (code == NOT_EXECUTABLE || code == NOT_FOUND) {
        String first = read(stderr, 0);
        if (first.startsWith(SlotScript.START + ":")) {
          stderr.truncate(0);
          return new NotStartable(explain(request, code, first));
        }
      }
      if (read(stderr, Math.max(0, stderr.size() - EXCERPT)).contains(READ_ONLY)) {
        stderr.write(ByteBuffer.wrap(HINT.getBytes(StandardCharsets.UTF_8)), stderr.size());
      }
    } catch (IOException e) {
      // Nothing can be read of it, and nothing be told.
    }
    return new Exited(code, usage);
  }

  private static String read(FileChannel file, long position) throws IOException {
    ByteBuffer excerpt = ByteBuffer.allocate(EXCERPT);
    int read = 0;
    while (read >= 0 && excerpt.hasRemaining()) {
      read = file.read(excerpt, position + excerpt.position());
    }
    return StandardCharsets.UTF_8.decode(excerpt.flip()).toString();
  }

  /**
   * Says what to do about a command that the shell could not become.
   *
   * @param said what the shell wrote about it
   */
  private static String explain(ExecutionRequest request, int code, String said) {
    String program = request.argv().getFirst();
    String image = ContainerSettings.container(request).image();
    if (said.contains("rgument list too long")) {
      return "the command's arguments and environment are too long for this system: pass them in a"
          + " file";
    }
    if (program.indexOf('/') < 0) {
      return code == NOT_FOUND
          ? "no program '%s' in PATH (%s) in the image %s, or no interpreter for it: install it in the image, or give its path"
              .formatted(program, request.environment().getOrDefault("PATH", "the image's"), image)
          : notExecutable(program);
    }
    Path file = outside(request, program);
    if (Files.isDirectory(file)) {
      return "'" + program + "' is a folder, not a program";
    }
    if (code != NOT_FOUND) {
      return notExecutable(program);
    }
    return Files.exists(file)
        ? "'%s' exists, but what runs it does not: check the interpreter in its '#!' first line, which must be in the image %s"
            .formatted(program, image)
        : "no program '%s' in the working directory or the image %s, or no interpreter for it: declare it as an input, or check the path"
            .formatted(program, image);
  }

  private static String notExecutable(String program) {
    return "'%s' may not be executed: make it executable (chmod +x), or start it by its interpreter; a folder is no program"
        .formatted(program);
  }

  /** Returns where the machine has a file of the sandbox; others it does not have. */
  private static Path outside(ExecutionRequest request, String program) {
    Path inside = Path.of(ContainerSettings.WORK).resolve(program).normalize();
    Path sandbox = Path.of(ContainerSettings.WORK);
    return inside.startsWith(sandbox)
        ? request.workingDirectory().resolve(sandbox.relativize(inside))
        : request.workingDirectory().resolve("\u0001");
  }
}
