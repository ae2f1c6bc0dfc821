package dev.millrace.client;

import dev.millrace.client.Sources.Blob;
import dev.millrace.client.Transport.Call;
import dev.millrace.digest.Digest;
import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonText;
import dev.millrace.json.JsonValue;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Sends blobs that a server lacks, some at once. */
final class Uploads {
  /** So many are asked about in one request. */
  private static final int ASKED = 10_000;

  private final Transport transport;

  Uploads(Transport transport) {
    this.transport = transport;
  }

  /** Returns those that the server does not have. */
  Future<Set<Digest>> missing(Collection<Digest> digests) {
    Future<Set<Digest>> all = Future.succeededFuture(new HashSet<>());
    List<Digest> left = List.copyOf(digests);
    for (int from = 0; from < left.size(); from += ASKED) {
      List<Digest> page = left.subList(from, Math.min(from + ASKED, left.size()));
      all = all.compose(found -> missingOf(page).map(more -> plus(found, more)));
    }
    return all;
  }

  private static Set<Digest> plus(Set<Digest> found, Set<Digest> more) {
    found.addAll(more);
    return found;
  }

  private Future<Set<Digest>> missingOf(List<Digest> digests) {
    List<JsonValue> hashes = new ArrayList<>();
    digests.forEach(digest -> hashes.add(new JsonString(digest.text())));
    String body = JsonText.compact(JsonObject.of(Map.of("digests", new JsonArray(hashes))));
    return transport
        .ask(Call.post("/v1/blobs/missing", body, true))
        .compose(
            Answers.object(
                answer -> {
                  Set<String> missing = new HashSet<>();
                  if (answer.get("missing") instanceof JsonArray array) {
                    array.elements().forEach(hash -> missing.add(((JsonString) hash).value()));
                  }
                  Set<Digest> found = new HashSet<>(digests);
                  found.removeIf(digest -> !missing.contains(digest.text()));
                  return found;
                }));
  }

  /** Sends those of the blobs that the server lacks. */
  Future<Void> send(Map<Digest, Blob> blobs, UploadListener listener) {
    if (blobs.isEmpty()) {
      return Future.succeededFuture();
    }
    return missing(blobs.keySet())
        .compose(
            missing ->
                missing.isEmpty() ? Future.succeededFuture() : sendAll(missing, blobs, listener));
  }

  private Future<Void> sendAll(
      Set<Digest> missing, Map<Digest, Blob> blobs, UploadListener listener) {
    Sending sending = new Sending(missing, blobs, listener);
    List<Future<Void>> senders = new ArrayList<>();
    for (int i = 0; i < Math.min(transport.config().uploads(), missing.size()); i++) {
      senders.add(sending.next());
    }
    return Future.all(senders).mapEmpty();
  }

  /** What is left to be sent, from which each sender takes the next. */
  private final class Sending {
    private final Queue<Digest> left;
    private final Map<Digest, Blob> blobs;
    private final UploadListener listener;
    private final int all;
    private final long bytes;
    private int sent;
    private long sentBytes;
    private boolean failed;

    Sending(Set<Digest> missing, Map<Digest, Blob> blobs, UploadListener listener) {
      left = new ConcurrentLinkedQueue<>(missing);
      this.blobs = blobs;
      this.listener = listener;
      all = missing.size();
      bytes = missing.stream().mapToLong(Digest::size).sum();
      listener.sent(0, all, 0, bytes);
    }

    Future<Void> next() {
      Digest digest = isFailed() ? null : left.poll();
      Blob blob = digest == null ? null : blobs.get(digest);
      if (digest == null || blob == null) {
        return Future.succeededFuture();
      }
      return put(digest, blob)
          .onSuccess(_ -> count(digest))
          .onFailure(_ -> fail())
          .compose(_ -> next());
    }

    private synchronized boolean isFailed() {
      return failed;
    }

    private synchronized void fail() {
      failed = true;
    }

    private synchronized void count(Digest digest) {
      sent++;
      sentBytes += digest.size();
      listener.sent(sent, all, sentBytes, bytes);
    }
  }

  /** Sends one blob. A file that has changed since it was named is refused by the server. */
  Future<Void> put(Digest digest, Blob blob) {
    Call call =
        new Call(
            HttpMethod.PUT,
            "/v1/blobs/" + digest.text(),
            Map.of("Content-Type", "application/octet-stream"),
            "",
            true);
    return transport.send(call, request -> body(request, blob));
  }

  private Future<HttpClientResponse> body(HttpClientRequest request, Blob blob) {
    return switch (blob) {
      case Sources.OfBytes(byte[] bytes) -> request.send(Buffer.buffer(bytes));
      case Sources.OfFile(var path) ->
          transport
              .vertx()
              .fileSystem()
              .open(path.toString(), new OpenOptions().setRead(true).setWrite(false))
              .onFailure(_ -> request.reset())
              .compose(file -> request.send(file).onComplete(_ -> file.close()));
    };
  }
}
