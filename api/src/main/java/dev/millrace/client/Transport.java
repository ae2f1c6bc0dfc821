package dev.millrace.client;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;

/** Sends requests, and sends them again where that is safe and may help. */
final class Transport {
  private static final int CONNECTIONS = 16;
  private static final int STREAMS = 256;
  private static final int MOST_WAITING = 10_000;
  private static final int LARGEST_ANSWER = 64 << 20;
  private static final int LARGEST_PROBLEM = 1 << 20;
  private static final long FIRST_WAIT_MILLIS = 100;
  private static final long LONGEST_WAIT_MILLIS = 3_000;

  private final Vertx vertx;
  private final ClientConfig config;
  private final HttpClient requests;
  private final HttpClient streams;

  Transport(Vertx vertx, ClientConfig config) {
    this.vertx = vertx;
    this.config = config;
    requests = client(CONNECTIONS + config.uploads());
    // Whoever follows a run holds a connection for long: they must not keep requests waiting.
    streams = client(STREAMS);
  }

  private HttpClient client(int connections) {
    HttpClientOptions options =
        new HttpClientOptions()
            .setDefaultHost(config.server().getHost())
            .setDefaultPort(config.port())
            .setSsl(config.isTls())
            .setConnectTimeout((int) config.connectTimeout().toMillis())
            .setIdleTimeout((int) config.silence().toMillis())
            .setIdleTimeoutUnit(TimeUnit.MILLISECONDS);
    if (config.ca() != null) {
      options.setTrustOptions(new PemTrustOptions().addCertPath(config.ca().toString()));
    }
    PoolOptions pool =
        new PoolOptions().setHttp1MaxSize(connections).setMaxWaitQueueSize(MOST_WAITING);
    return vertx.createHttpClient(options, pool);
  }

  Vertx vertx() {
    return vertx;
  }

  ClientConfig config() {
    return config;
  }

  /**
   * What is asked.
   *
   * @param path of the contract, with its query
   * @param body empty for none
   * @param repeatable whether asking twice does no more than asking once
   */
  record Call(
      HttpMethod method,
      String path,
      Map<String, String> headers,
      String body,
      boolean repeatable) {
    static Call get(String path) {
      return new Call(HttpMethod.GET, path, Map.of(), "", true);
    }

    static Call post(String path, String body, boolean repeatable) {
      return new Call(HttpMethod.POST, path, Map.of(), body, repeatable);
    }

    Call with(String header, String value) {
      return new Call(method, path, Map.of(header, value), body, repeatable);
    }
  }

  /** Opens a request of which neither head nor body is sent yet. */
  private Future<HttpClientRequest> open(HttpClient client, Call call) {
    RequestOptions options =
        new RequestOptions().setMethod(call.method).setURI(config.base() + call.path);
    call.headers.forEach(options::putHeader);
    if (!call.body.isEmpty()) {
      options.putHeader("Content-Type", "application/json");
    }
    if (config.token() != null) {
      options.putHeader("Authorization", "Bearer " + config.token());
    }
    return client.request(options);
  }

  /** Asks, and returns the whole answer. */
  Future<byte[]> ask(Call call) {
    return receive(call, response -> whole(response, LARGEST_ANSWER));
  }

  /**
   * Asks, and takes an answer of success as it comes; one of failure becomes a {@link
   * ServerProblemException}.
   *
   * @param taker is called again where the answer broke off and the call is repeatable
   */
  <T> Future<T> receive(Call call, Function<HttpClientResponse, Future<T>> taker) {
    return retrying(call.repeatable, () -> once(requests, call, taker));
  }

  /** The same over a connection that may stay for long, and without asking again. */
  <T> Future<T> stream(Call call, Function<HttpClientResponse, Future<T>> taker) {
    return once(streams, call, taker);
  }

  private <T> Future<T> once(
      HttpClient client, Call call, Function<HttpClientResponse, Future<T>> taker) {
    return open(client, call)
        .compose(request -> request.send(Buffer.buffer(call.body)))
        .compose(response -> checked(response).compose(taker));
  }

  /** Sends a body that is made anew for each attempt. */
  Future<Void> send(Call call, Function<HttpClientRequest, Future<HttpClientResponse>> sender) {
    return retrying(
        call.repeatable,
        () ->
            open(requests, call)
                .compose(sender)
                .compose(Transport::checked)
                .compose(response -> whole(response, LARGEST_ANSWER))
                .mapEmpty());
  }

  private static Future<HttpClientResponse> checked(HttpClientResponse response) {
    if (response.statusCode() < 300) {
      return Future.succeededFuture(response);
    }
    return whole(response, LARGEST_PROBLEM)
        .compose(
            body -> Future.failedFuture(ServerProblemException.of(response.statusCode(), body)));
  }

  private static Future<byte[]> whole(HttpClientResponse response, int most) {
    Promise<byte[]> promise = Promise.promise();
    Buffer body = Buffer.buffer();
    response.handler(
        piece -> {
          body.appendBuffer(piece);
          if (body.length() > most) {
            promise.tryFail("the server's answer has more than " + most + " bytes");
            response.request().reset();
          }
        });
    response.exceptionHandler(promise::tryFail);
    response.endHandler(_ -> promise.tryComplete(body.getBytes()));
    return promise.future();
  }

  /** Does something again, at growing intervals, while it fails for a reason that may pass. */
  <T> Future<T> retrying(boolean repeatable, Supplier<Future<T>> attempt) {
    return attempt(repeatable, attempt, System.nanoTime(), 0);
  }

  private <T> Future<T> attempt(
      boolean repeatable, Supplier<Future<T>> attempt, long begun, int number) {
    return attempt
        .get()
        .recover(
            failure -> {
              Duration wait = wait(number);
              long spent = System.nanoTime() - begun + wait.toNanos();
              if (!repeatable || !isTransient(failure) || spent > config.patience().toNanos()) {
                return Future.failedFuture(named(failure));
              }
              return vertx
                  .timer(wait.toMillis(), TimeUnit.MILLISECONDS)
                  .compose(_ -> attempt(repeatable, attempt, begun, number + 1));
            });
  }

  /** Says which server it was that could not be reached. */
  IOException named(Throwable failure) {
    return switch (failure) {
      case ServerProblemException told -> told;
      case FileSystemException ofFile -> ofFile;
      default ->
          new IOException(
              "no answer from the server " + config.server() + ": " + failure.getMessage(),
              failure);
    };
  }

  /** Returns how long to wait after the failed attempt of that number, from 0: spread at random. */
  static Duration wait(int number) {
    long most = Math.min(LONGEST_WAIT_MILLIS, FIRST_WAIT_MILLIS << Math.min(number, 10));
    return Duration.ofMillis(ThreadLocalRandom.current().nextLong(most / 2, most + 1));
  }

  /** Returns whether it may go better a little later. */
  static boolean isTransient(Throwable failure) {
    return switch (failure) {
      case ServerProblemException told -> told.isTransient();
      case SSLException _, UnknownHostException _, FileSystemException _ -> false;
      case IllegalArgumentException _, NullPointerException _, ClassCastException _ -> false;
      case Error _ -> false;
      default -> true;
    };
  }

  Future<Void> close() {
    return Future.all(requests.close(), streams.close()).mapEmpty();
  }
}
