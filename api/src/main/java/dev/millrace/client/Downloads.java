package dev.millrace.client;

import dev.millrace.client.Transport.Call;
import dev.millrace.digest.Digest;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.http.HttpClientResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.UUID;

/** Fetches blobs. What is not what its name says is never handed on as if it were. */
final class Downloads {
  private final Transport transport;

  Downloads(Transport transport) {
    this.transport = transport;
  }

  /** Fetches a blob into a file, which takes its place as a whole. */
  Future<Void> toFile(Digest digest, Path target) {
    Path making = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID());
    return transport
        .receive(Call.get(path(digest)), response -> fill(digest, response, making))
        .compose(
            _ ->
                transport
                    .vertx()
                    .executeBlocking(
                        () ->
                            Files.move(
                                making,
                                target,
                                StandardCopyOption.ATOMIC_MOVE,
                                StandardCopyOption.REPLACE_EXISTING),
                        false))
        .recover(failure -> dropped(making, failure))
        .mapEmpty();
  }

  private static String path(Digest digest) {
    return "/v1/blobs/" + digest.text();
  }

  private Future<Path> dropped(Path making, Throwable failure) {
    return transport
        .vertx()
        .fileSystem()
        .delete(making.toString())
        .transform(_ -> Future.failedFuture(failure));
  }

  private Future<Void> fill(Digest digest, HttpClientResponse response, Path making) {
    response.pause();
    OpenOptions options = new OpenOptions().setRead(false).setTruncateExisting(true);
    return transport
        .vertx()
        .fileSystem()
        .open(making.toString(), options)
        .compose(
            file -> {
              Hashed hashed = new Hashed();
              return response
                  .pipeTo(new Passing(file, hashed::take))
                  .compose(_ -> hashed.check(digest));
            });
  }

  /** Fetches a blob into memory. */
  Future<byte[]> toBytes(Digest digest) {
    return transport
        .ask(Call.get(path(digest)))
        .compose(
            bytes ->
                Digest.of(bytes).equals(digest)
                    ? Future.succeededFuture(bytes)
                    : Future.failedFuture(damaged(digest)));
  }

  private static IOException damaged(Digest digest) {
    return new IOException("what the server sent for " + digest.text() + " is something else");
  }

  /** The name of what passes. */
  private static final class Hashed {
    private final MessageDigest hash = Digest.sha256();
    private long size;

    void take(Buffer piece) {
      hash.update(piece.getBytes());
      size += piece.length();
    }

    Future<Void> check(Digest expected) {
      return Digest.ofHash(hash.digest(), size).equals(expected)
          ? Future.succeededFuture()
          : Future.failedFuture(damaged(expected));
    }
  }
}
