package dev.millrace.http;

import dev.millrace.content.DiskContentStore;
import dev.millrace.digest.Digest;
import dev.millrace.json.CanonicalWriter;
import dev.millrace.json.JsonArray;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonValue;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** Content by its digest: asked for, sent, and taken, in pieces of bounded size. */
final class BlobOperations {
  private static final int PIECE = 64 << 10;

  private final Vertx vertx;
  private final Waiting waiting;
  private final DiskContentStore store;
  private final Path uploads;
  private final long largest;
  private final AtomicLong counter = new AtomicLong();

  /**
   * @param uploads directory for what is being received
   * @param largest a blob may have so many bytes
   */
  BlobOperations(Vertx vertx, DiskContentStore store, Path uploads, long largest) {
    this.vertx = vertx;
    waiting = new Waiting(vertx);
    this.store = store;
    this.uploads = uploads;
    this.largest = largest;
  }

  /** Returns where it takes them from. */
  DiskContentStore store() {
    return store;
  }

  /** Answers which of the named blobs are not here. */
  Reply missing(Request request) throws IOException {
    CanonicalWriter json = new CanonicalWriter().beginObject().name("missing").beginArray();
    if (Submissions.object(request.body()).get("digests") instanceof JsonArray digests) {
      for (JsonValue value : digests.elements()) {
        String hash = value instanceof JsonString(String text) ? text : "";
        if (find(hash).isEmpty()) {
          json.value(hash);
        }
      }
    }
    return Reply.json(200, json.endArray().endObject());
  }

  private Optional<Digest> find(String hash) throws IOException {
    try {
      return store.find(hash);
    } catch (IllegalArgumentException e) {
      throw ApiException.badRequest(e.getMessage() + "");
    }
  }

  /** Finds a blob by the digest in the path. */
  Digest find(Request request) throws IOException {
    String hash = request.path("digest");
    return find(hash).orElseThrow(() -> ApiException.notFound("there is no blob " + hash));
  }

  /** Sends a blob, or the part of it that is asked for. */
  Future<Void> send(RoutingContext context, Digest blob, String contentType) {
    HttpServerResponse response = context.response();
    response.putHeader("Content-Type", contentType).putHeader("Accept-Ranges", "bytes");
    response.putHeader("ETag", '"' + blob.text() + '"');
    // What steps have written is data to whoever looks at it, whatever it claims to be.
    response.putHeader("X-Content-Type-Options", "nosniff");
    if (('"' + blob.text() + '"').equals(context.request().getHeader("If-None-Match"))) {
      return response.setStatusCode(304).end();
    }
    ByteRange range = ByteRange.of(context.request().getHeader("Range"), blob.size());
    if (range == null) {
      response.putHeader("Content-Range", "bytes */" + blob.size());
      return response.setStatusCode(416).end();
    }
    if (range.length() < blob.size()) {
      response.setStatusCode(206);
      response.putHeader(
          "Content-Range",
          "bytes "
              + range.first()
              + "-"
              + (range.first() + range.length() - 1)
              + "/"
              + blob.size());
    }
    response.putHeader("Content-Length", Long.toString(range.length()));
    if (context.request().method().name().equals("HEAD") || range.length() == 0) {
      return response.end();
    }
    return waiting
        .call(() -> opened(blob, range.first()))
        .compose(in -> copy(in, range.length(), response));
  }

  private InputStream opened(Digest blob, long skipped) throws IOException {
    InputStream in = store.open(blob);
    try {
      in.skipNBytes(skipped);
      return in;
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  private Future<Void> copy(InputStream in, long left, HttpServerResponse response) {
    if (left == 0) {
      return waiting.call(() -> close(in)).compose(_ -> response.end());
    }
    return waiting
        .call(() -> piece(in, left))
        .compose(piece -> response.write(piece).map(piece.length()))
        .compose(sent -> copy(in, left - sent, response), failure -> failed(in, failure));
  }

  private Future<Void> failed(InputStream in, Throwable failure) {
    return waiting.call(() -> close(in)).compose(_ -> Future.failedFuture(failure));
  }

  private static InputStream close(InputStream in) throws IOException {
    in.close();
    return in;
  }

  private static Buffer piece(InputStream in, long left) throws IOException {
    byte[] bytes = in.readNBytes((int) Math.min(PIECE, left));
    if (bytes.length == 0) {
      throw new IOException("the blob is shorter than it was");
    }
    return Buffer.buffer(bytes);
  }

  /** Takes a blob; the store has it only if it is what its name says. */
  Future<Digest> receive(HttpServerRequest request, String hash) {
    request.pause();
    Path file = uploads.resolve(ProcessHandle.current().pid() + "-" + counter.incrementAndGet());
    return vertx
        .fileSystem()
        .open(file.toString(), new OpenOptions().setCreateNew(true).setRead(false))
        .compose(out -> request.pipeTo(new Bounded(out, largest)))
        .compose(_ -> waiting.call(() -> keep(file, hash)))
        .onComplete(_ -> vertx.fileSystem().delete(file.toString()));
  }

  private Digest keep(Path file, String hash) throws IOException {
    Digest expected;
    try {
      expected = Digest.parse(hash, Files.size(file));
    } catch (IllegalArgumentException e) {
      throw ApiException.badRequest(e.getMessage() + "");
    }
    Digest actual;
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest sha = Digest.sha256();
      byte[] piece = new byte[PIECE];
      for (int read = in.read(piece); read > 0; read = in.read(piece)) {
        sha.update(piece, 0, read);
      }
      actual = Digest.ofHash(sha.digest(), expected.size());
    }
    if (!actual.equals(expected)) {
      throw ApiException.unprocessable(
          "what was sent is " + actual.text() + ", not " + expected.text(), List.of());
    }
    return store.putFile(file);
  }
}
