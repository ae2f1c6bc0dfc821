package dev.millrace.executors.docker;

import dev.millrace.executor.ExecutionOutcome;
import dev.millrace.executor.ExecutionOutcome.Lost;
import dev.millrace.executor.ExecutionOutcome.NoRoom;
import dev.millrace.executor.ExecutionOutcome.NotStartable;
import dev.millrace.executor.ExecutionRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Says why a step could not be started in a container, and what to do about it. */
final class StartProblem {

  /** The longest text that Linux takes as one argument or variable, without its final zero. */
  private static final int LONGEST_TEXT = (32 << 12) - 1;

  /** What Linux takes of arguments and variables in all, where the stack has its usual size. */
  private static final int LONGEST_TEXTS = 2 << 20;

  /**
   * What the container's first process says of a command that it cannot execute. Docker's is tini;
   * that a step prints this very line, nothing else, and fails is as good as impossible.
   */
  private static final Pattern INIT_MESSAGE =
      Pattern.compile("\\[FATAL tini \\(\\d+\\)\\] exec (.*) failed: ([^\\n]*)\\n", Pattern.DOTALL);

  private static final int SPACE_OF_MESSAGE = 200;
  private static final int FAILED = 1;
  private static final int NOT_EXECUTABLE = 126;
  private static final int NOT_FOUND = 127;

  private StartProblem() {}

  /** Returns what keeps a request from being started in any container, or null. */
  static @Nullable NotStartable of(ExecutionRequest request) {
    if (!Files.isDirectory(request.workingDirectory())) {
      return new NotStartable("no working directory " + request.workingDirectory());
    }
    for (Path file : new Path[] {request.stdout(), request.stderr()}) {
      Path parent = file.toAbsolutePath().getParent();
      if (parent != null && !Files.isWritable(parent)) {
        return new NotStartable("no folder to write the output file " + file);
      }
    }
    String text = unusableText(request);
    return text == null ? null : new NotStartable(text);
  }

  private static @Nullable String unusableText(ExecutionRequest request) {
    long sum = 0;
    long longest = 0;
    for (String argument : request.argv()) {
      if (argument.indexOf('\0') >= 0) {
        return "an argument holds a zero character, which no program can be given";
      }
      long length = argument.getBytes(StandardCharsets.UTF_8).length;
      sum += length + 1;
      longest = Math.max(longest, length);
    }
    for (Map.Entry<String, String> variable : request.environment().entrySet()) {
      String name = variable.getKey();
      if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0) {
        return "'%s' cannot name an environment variable".formatted(name.replace('\0', ' '));
      }
      if (variable.getValue().indexOf('\0') >= 0) {
        return "the environment variable %s holds a zero character".formatted(name);
      }
      long length = (name + "=" + variable.getValue()).getBytes(StandardCharsets.UTF_8).length;
      sum += length + 1;
      longest = Math.max(longest, length);
    }
    return longest > LONGEST_TEXT || sum > LONGEST_TEXTS ? tooLong(sum) : null;
  }

  private static String tooLong(long sum) {
    return "the command's arguments and environment (%d bytes) are too long for a process: pass them in a file"
        .formatted(sum);
  }

  /**
   * Explains why the Docker Engine made or started no container.
   *
   * @param address where the Docker Engine is
   */
  static ExecutionOutcome refused(
      ExecutionRequest request, RuntimeException failure, String address) {
    if (!EngineAnswer.isAnswer(failure)) {
      return new Lost(EngineAnswer.silence(address, failure));
    }
    String image = ContainerSettings.container(request).image();
    String said = EngineAnswer.text(failure);
    String lower = said.toLowerCase(Locale.ROOT);
    if (lower.contains("no space left")
        || lower.contains("cannot allocate memory")
        || lower.contains("resource temporarily unavailable")
        || lower.contains("too many open files")
        || lower.contains("exhausted")) {
      return new NoRoom("the Docker Engine has no room for another container: " + said);
    }
    if (lower.contains("no such image")) {
      return new NotStartable(
          "image \"%s\" is no longer on this machine: pull or build it again, and start the run anew"
              .formatted(image));
    }
    if (lower.contains("capabilities: [[gpu]]")) {
      return new NotStartable(
          "the Docker Engine gives no GPUs to containers: install NVIDIA's container toolkit on its"
              + " machine, or take \"gpus\" from the step's resources");
    }
    if (lower.contains("network") && lower.contains("not found")) {
      return new NotStartable(
          "there is no such network (%s): make it with 'docker network create', or correct its name"
              .formatted(said));
    }
    if (lower.contains("docker-init")) {
      return new NotStartable(
          "the Docker Engine's machine lacks docker-init, which containers of steps start with: install it; Docker's packages have it (%s)"
              .formatted(said));
    }
    return new NotStartable(
        "the Docker Engine cannot start a container from image \"%s\": %s".formatted(image, said));
  }

  /**
   * Tells whether a container's output may be the message of one whose command could not be
   * executed.
   */
  static boolean isLikely(long exitCode, ExecutionRequest request, AttemptLogs logs) {
    int length = 4 * request.argv().getFirst().length() + SPACE_OF_MESSAGE;
    return (exitCode == FAILED || exitCode == NOT_EXECUTABLE || exitCode == NOT_FOUND)
        && logs.isShortMessage(length);
  }

  /** Returns why the command could not be executed, or null if that is not what was put out. */
  static @Nullable NotStartable said(String stderr, ExecutionRequest request) {
    Matcher matcher = INIT_MESSAGE.matcher(stderr);
    if (!matcher.matches()) {
      return null;
    }
    String program = request.argv().getFirst();
    String image = ContainerSettings.container(request).image();
    String why = matcher.group(2);
    return new NotStartable(
        switch (why) {
          case "No such file or directory" -> missing(request, program, image);
          case "Permission denied" -> denied(request, program, image);
          case "Exec format error" ->
              "'%s' is neither a program for this machine's processor nor a script with a '#!' first line: add one such as '#!/bin/sh', or start it by its interpreter"
                  .formatted(program);
          case "Argument list too long" ->
              "the command's arguments and environment are too long for a process: pass them in a"
                  + " file";
          default -> "'%s' cannot be run in image \"%s\": %s".formatted(program, image, why);
        });
  }

  private static @Nullable Path inSandbox(ExecutionRequest request, String program) {
    Path work = Path.of(ContainerSettings.WORK);
    Path seen = work.resolve(program).normalize();
    return seen.startsWith(work) ? request.workingDirectory().resolve(work.relativize(seen)) : null;
  }

  private static String missing(ExecutionRequest request, String program, String image) {
    if (program.indexOf('/') < 0) {
      String path = request.environment().get("PATH");
      return "no program '%s' in image \"%s\" (PATH is %s): install it in the image, or give its path"
          .formatted(program, image, path == null ? "the image's" : path);
    }
    Path file = inSandbox(request, program);
    if (file == null) {
      return "no program '%s' in image \"%s\", or what runs it is missing there: check the path, and the interpreter in its '#!' first line"
          .formatted(program, image);
    }
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return "'%s' exists, but what runs it does not in image \"%s\": check the interpreter in its '#!' first line"
          .formatted(program, image);
    }
    return "no program '%s' in the working directory: declare it as an input, or check the path"
        .formatted(program);
  }

  private static String denied(ExecutionRequest request, String program, String image) {
    Path file = inSandbox(request, program);
    if (file != null && Files.isDirectory(file)) {
      return "'" + program + "' is a folder, not a program";
    }
    return "'%s' may not be executed in image \"%s\": make it executable (chmod +x), or start it by its interpreter; a folder is no program"
        .formatted(program, image);
  }
}
