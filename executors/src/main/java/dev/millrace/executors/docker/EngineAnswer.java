package dev.millrace.executors.docker;

import com.github.dockerjava.api.exception.DockerException;
import dev.millrace.json.JsonException;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonValue;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Says what a failed call to a Docker Engine means, for people. */
final class EngineAnswer {
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final int CLIENT_ERRORS = 400;
  private static final int SERVER_ERRORS = 500;

  private EngineAnswer() {}

  /** Tells whether the failure is the Docker Engine's answer, and not for want of one. */
  static boolean isAnswer(RuntimeException failure) {
    return failure instanceof DockerException;
  }

  static boolean isNotFound(RuntimeException failure) {
    return status(failure) == NOT_FOUND;
  }

  /** Such as a signal to a container that has ended. */
  static boolean isConflict(RuntimeException failure) {
    return status(failure) == CONFLICT;
  }

  /** Tells whether the request is to blame: asked again, it would fail again. */
  static boolean isRefusal(RuntimeException failure) {
    int status = status(failure);
    return status >= CLIENT_ERRORS && status < SERVER_ERRORS;
  }

  private static int status(RuntimeException failure) {
    return failure instanceof DockerException answer ? answer.getHttpStatus() : 0;
  }

  /** Returns what the Docker Engine said, or why there was no answer. */
  static String text(RuntimeException failure) {
    String message = String.valueOf(failure.getMessage());
    int start = message.indexOf('{');
    if (!isAnswer(failure) || start < 0) {
      return message.strip();
    }
    try {
      JsonValue answer = JsonReader.read(message.substring(start).strip());
      JsonValue said = answer instanceof JsonObject object ? object.get("message") : null;
      return said instanceof JsonString string ? string.value().strip() : message.strip();
    } catch (JsonException e) {
      return message.strip();
    }
  }

  /** Says that there is no answer, and what to do. */
  static String silence(String address, RuntimeException failure) {
    String what =
        "the Docker Engine at %s does not answer (%s): ".formatted(address, root(failure));
    Path socket = socketOf(address);
    if (isDenied(failure)
        || (socket != null && Files.exists(socket) && !Files.isWritable(socket))) {
      return what
          + "this user may not use it; have the operator add the user to the group of the socket,"
          + " usually 'docker'";
    }
    return what
        + "start it, such as by 'systemctl start docker', or set DOCKER_HOST to where one is";
  }

  private static @Nullable Path socketOf(String address) {
    URI uri = URI.create(address);
    return "unix".equals(uri.getScheme()) && uri.getPath() != null ? Path.of(uri.getPath()) : null;
  }

  private static boolean isDenied(Throwable failure) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof AccessDeniedException
          || String.valueOf(at.getMessage()).contains("Permission denied")) {
        return true;
      }
    }
    return false;
  }

  private static String root(Throwable failure) {
    Throwable at = failure;
    while (at.getCause() != null) {
      at = at.getCause();
    }
    String message = at.getMessage();
    return message == null ? at.getClass().getSimpleName() : message;
  }
}
