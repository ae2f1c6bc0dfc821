package dev.millrace.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Refuses requests that nobody here could read, before their bodies are taken. */
final class RequestFormat {
  private RequestFormat() {}

  /** Takes JSON; of what kind exactly is for the contract to say. */
  static void refuseUnlessJson(RoutingContext context) {
    refuseUnreadable(context);
    HttpServerRequest request = context.request();
    String type = mediaType(request);
    // A header that was forgotten is the usual cause: then curl calls a body a form.
    if (type != null && hasBody(request) && !isJson(type)) {
      throw ApiException.unsupported(
          "send JSON, with the header Content-Type: application/json, not " + type);
    }
    context.next();
  }

  /** Takes content of any kind. */
  static void refusePacked(RoutingContext context) {
    refuseUnreadable(context);
    context.next();
  }

  private static void refuseUnreadable(RoutingContext context) {
    try {
      context.queryParams();
    } catch (IllegalArgumentException e) {
      throw ApiException.badRequest("the part behind the ? is not percent-encoded as it must be");
    }
    String coding = context.request().getHeader(HttpHeaders.CONTENT_ENCODING);
    if (coding != null && !coding.equalsIgnoreCase("identity")) {
      throw ApiException.unsupported(
          "send the body as it is: Content-Encoding: " + coding + " is not understood");
    }
  }

  private static @Nullable String mediaType(HttpServerRequest request) {
    String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
    return type == null ? null : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
  }

  /** Messages to triggers may say more of their JSON, as those of other servers do. */
  private static boolean isJson(String mediaType) {
    return mediaType.equals("application/json") || mediaType.endsWith("+json");
  }

  private static boolean hasBody(HttpServerRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    return (length != null && !length.equals("0"))
        || request.headers().contains(HttpHeaders.TRANSFER_ENCODING);
  }
}
