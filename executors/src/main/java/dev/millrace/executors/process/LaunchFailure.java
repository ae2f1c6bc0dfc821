package dev.millrace.executors.process;

import dev.millrace.executor.ExecutionOutcome;
import dev.millrace.executor.ExecutionOutcome.NoRoom;
import dev.millrace.executor.ExecutionOutcome.NotStartable;
import dev.millrace.executor.ExecutionRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns the error number of a launch into an outcome that says what to do. */
final class LaunchFailure {
  static final int ENOENT = 2;
  static final int E2BIG = 7;
  static final int ENOEXEC = 8;
  static final int EAGAIN = 11;
  static final int ENOMEM = 12;
  static final int EACCES = 13;
  static final int ENOTDIR = 20;
  static final int ENFILE = 23;
  static final int EMFILE = 24;
  static final int ETXTBSY = 26;
  static final int ENOSPC = 28;
  static final int EROFS = 30;
  static final int ELOOP = 40;
  static final int EDQUOT = 122;

  private LaunchFailure() {}

  /** Tells whether the machine lacks for now what a process, or a file of its own, needs. */
  static boolean isLackOfRoom(int errno) {
    return switch (errno) {
      case EAGAIN, ENOMEM, EMFILE, ENFILE, ENOSPC, EDQUOT, EROFS -> true;
      default -> false;
    };
  }

  /**
   * Explains a failed launch.
   *
   * @param errno Linux's number
   * @param program the file that was to be executed; relative to the working directory
   */
  static ExecutionOutcome explain(int errno, ExecutionRequest request, String program) {
    ExecutionOutcome setting = explainSetting(errno, request);
    if (setting != null) {
      return setting;
    }
    return switch (errno) {
      case ENOENT -> new NotStartable(missing(request, program));
      case EACCES -> new NotStartable(denied(request, program));
      case ENOTDIR ->
          new NotStartable("'" + program + "': a part of the path is a file, not a folder");
      case ENOEXEC ->
          new NotStartable(
              "'%s' is neither a program of this machine nor a script with a '#!' first line: add one such as '#!/bin/sh', or start it by its interpreter"
                  .formatted(program));
      case E2BIG -> new NotStartable(tooLong(request));
      case ETXTBSY ->
          new NotStartable(
              "'%s' is open for writing: close it before it is run".formatted(program));
      case ELOOP -> new NotStartable("'" + program + "' is a symbolic link to itself");
      default -> new NotStartable("'%s' cannot be run: error %d".formatted(program, errno));
    };
  }

  /** The command has no slash, and no folder of {@code PATH} has it. */
  static NotStartable notFound(ExecutionRequest request) {
    String path = request.environment().getOrDefault("PATH", "");
    return new NotStartable(
        "no program '%s' in PATH (%s): install it, or give its path"
            .formatted(request.argv().getFirst(), path));
  }

  /** Returns what is wrong with arguments and variables that no process can be given, or null. */
  static @Nullable String unusableText(ExecutionRequest request) {
    for (String argument : request.argv()) {
      if (argument.indexOf('\0') >= 0) {
        return "an argument holds a zero character, which no program can be given";
      }
    }
    for (Map.Entry<String, String> variable : request.environment().entrySet()) {
      String name = variable.getKey();
      if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0) {
        return "'%s' cannot name an environment variable".formatted(name.replace('\0', ' '));
      }
      if (variable.getValue().indexOf('\0') >= 0) {
        return "the environment variable %s holds a zero character".formatted(name);
      }
    }
    return null;
  }

  /** Failures of what surrounds the program: the machine's room, the directory, the two files. */
  private static @Nullable ExecutionOutcome explainSetting(int errno, ExecutionRequest request) {
    return switch (errno) {
      case EAGAIN -> new NoRoom("no further process can be started now: the limit is reached");
      case ENOMEM -> new NoRoom("no memory for another process");
      case EMFILE, ENFILE -> new NoRoom("no file descriptor for another process");
      case ENOSPC, EDQUOT, EROFS ->
          new NoRoom("the output of a process cannot be written to " + request.stdout());
      default -> missingSurroundings(request);
    };
  }

  private static @Nullable NotStartable missingSurroundings(ExecutionRequest request) {
    if (!Files.isDirectory(request.workingDirectory())) {
      return new NotStartable("no working directory " + request.workingDirectory());
    }
    for (Path file : new Path[] {request.stdout(), request.stderr()}) {
      Path parent = file.toAbsolutePath().getParent();
      if (parent != null && !Files.isWritable(parent)) {
        return new NotStartable("no folder to write the output file " + file);
      }
    }
    return null;
  }

  private static String missing(ExecutionRequest request, String program) {
    Path file = request.workingDirectory().resolve(program);
    if (Files.exists(file)) {
      return "'%s' exists, but what runs it does not: check the interpreter in its '#!' first line"
          .formatted(program);
    }
    return "no program '%s' in the working directory: declare it as an input, or check the path"
        .formatted(program);
  }

  private static String denied(ExecutionRequest request, String program) {
    if (Files.isDirectory(request.workingDirectory().resolve(program))) {
      return "'" + program + "' is a folder, not a program";
    }
    return "'%s' may not be executed: make it executable (chmod +x), or start it by its interpreter"
        .formatted(program);
  }

  private static String tooLong(ExecutionRequest request) {
    long length = 0;
    for (String argument : request.argv()) {
      length += argument.length();
    }
    return "the command's arguments (%d characters) and environment are too long for this system: pass them in a file"
        .formatted(length);
  }
}
