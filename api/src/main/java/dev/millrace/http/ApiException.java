package dev.millrace.http;

import dev.millrace.pipeline.Problem;
import java.util.List;

/** A request that cannot be answered as asked; becomes problem details (RFC 9457). */
final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;
  private final transient List<Problem> problems;

  private ApiException(int status, String detail, List<Problem> problems) {
    super(detail);
    this.status = status;
    this.problems = List.copyOf(problems);
  }

  static ApiException badRequest(String detail) {
    return new ApiException(400, detail, List.of());
  }

  /** It is not known who asks. */
  static ApiException unauthorized() {
    return new ApiException(
        401, "show a token of this server: Authorization: Bearer TOKEN", List.of());
  }

  /** Whose right is a signature, and it does not fit. */
  static ApiException unsigned(String detail) {
    return new ApiException(401, detail, List.of());
  }

  /** Who asks may not ask this. */
  static ApiException forbidden(String detail) {
    return new ApiException(403, detail, List.of());
  }

  static ApiException notFound(String detail) {
    return new ApiException(404, detail, List.of());
  }

  static ApiException conflict(String detail) {
    return new ApiException(409, detail, List.of());
  }

  static ApiException tooLarge(String detail) {
    return new ApiException(413, detail, List.of());
  }

  /** How much is sent has to be known before. */
  static ApiException lengthRequired() {
    return new ApiException(411, "say with Content-Length how much is sent", List.of());
  }

  /** What is sent is of a kind that nothing here takes. */
  static ApiException unsupported(String detail) {
    return new ApiException(415, detail, List.of());
  }

  /** It could be answered at another time. */
  static ApiException busy(String detail) {
    return new ApiException(503, detail, List.of());
  }

  /** What was sent was understood, and cannot be run; all that is wrong with it is in the list. */
  static ApiException unprocessable(String detail, List<Problem> problems) {
    return new ApiException(422, detail, problems);
  }

  int status() {
    return status;
  }

  List<Problem> problems() {
    return problems;
  }
}
