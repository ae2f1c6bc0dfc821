package dev.millrace.webhook;

import dev.millrace.automation.WebhookSignature;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The server at the other end. It is not trusted: what it answers is not kept, where it leads is
 * not followed, and it has a bounded time for each message.
 */
final class Receiver {
  private static final int CONNECT_MILLIS = 5_000;
  private static final int ANSWER_SECONDS = 15;
  private static final int CONNECTIONS = 8;
  private static final int MOST_HEADERS = 16 << 10;

  private final HttpClient client;
  private final WorkerExecutor names;

  /**
   * @param names threads that look up addresses
   */
  Receiver(Vertx vertx, WorkerExecutor names) {
    this.names = names;
    client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setConnectTimeout(CONNECT_MILLIS)
                .setMaxHeaderSize(MOST_HEADERS)
                .setDecompressionSupported(false),
            new PoolOptions().setHttp1MaxSize(CONNECTIONS));
  }

  /** Returns why events cannot be sent there, or null if they may. */
  static @Nullable String refuse(String url) {
    try {
      URI uri = new URI(url);
      String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
      if (!Set.of("http", "https").contains(scheme) || uri.getHost() == null) {
        return "it must begin with http:// or https:// and a host";
      }
      if (uri.getUserInfo() != null || uri.getFragment() != null) {
        return "it must have neither user nor fragment: receivers know the server by its signature";
      }
      return null;
    } catch (URISyntaxException e) {
      return "it is no URL: " + e.getReason();
    }
  }

  /**
   * Sends a message.
   *
   * @return completes when it was taken; else fails with what was wrong
   */
  Future<Void> send(Webhook to, String id, byte[] body) {
    URI uri = URI.create(to.url());
    long seconds = System.currentTimeMillis() / 1000;
    String signature = WebhookSignature.sign(to.secret(), id, seconds, body);
    return lookUp(uri)
        .compose(address -> client.request(options(to.url(), address)))
        .compose(
            request -> {
              request.putHeader("Content-Type", "application/cloudevents+json");
              request.putHeader("User-Agent", "millrace");
              request.putHeader("webhook-id", id);
              request.putHeader("webhook-timestamp", Long.toString(seconds));
              request.putHeader("webhook-signature", signature);
              return answered(request, Buffer.buffer(body));
            });
  }

  @SuppressWarnings("NullAway") // it completes with what the call returns, which is not null
  private Future<SocketAddress> lookUp(URI uri) {
    try {
      return names.executeBlocking(() -> address(uri), false);
    } catch (RejectedExecutionException e) {
      return Future.failedFuture(
          e); // the server stops; what was not sent is sent at its next start
    }
  }

  private static Future<Void> answered(HttpClientRequest request, Buffer body) {
    return request
        .send(body)
        .compose(response -> response.end().map(_ -> response))
        .timeout(ANSWER_SECONDS, TimeUnit.SECONDS)
        .compose(Receiver::judge)
        .onFailure(_ -> request.reset());
  }

  private static Future<Void> judge(HttpClientResponse response) {
    int status = response.statusCode();
    return status >= 200 && status < 300
        ? Future.succeededFuture()
        : Future.failedFuture(new IOException("answered " + status));
  }

  private static RequestOptions options(String url, SocketAddress address) {
    return new RequestOptions()
        .setMethod(HttpMethod.POST)
        .setAbsoluteURI(url)
        .setServer(address)
        .setFollowRedirects(false);
  }

  /** The address that is looked at is the one that is connected to, whatever the name says next. */
  private static SocketAddress address(URI uri) throws UnknownHostException {
    InetAddress address = InetAddress.getByName(uri.getHost());
    if (address.isLinkLocalAddress()
        || address.isMulticastAddress()
        || address.isAnyLocalAddress()) {
      throw new UnknownHostException("events are not sent to " + address.getHostAddress());
    }
    boolean isTls = "https".equalsIgnoreCase(uri.getScheme());
    int port = uri.getPort() >= 0 ? uri.getPort() : isTls ? 443 : 80;
    return SocketAddress.inetSocketAddress(new InetSocketAddress(address, port));
  }

  void close() {
    var _ = client.close();
  }
}
