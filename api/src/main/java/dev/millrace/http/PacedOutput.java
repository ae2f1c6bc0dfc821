package dev.millrace.http;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.CompletionException;

/**
 * Sends what a thread of its own writes, piece by piece: the thread waits until the connection has
 * taken one before it goes on, so that a slow reader holds nobody else up and nothing piles up for
 * it.
 */
final class PacedOutput extends OutputStream {
  private static final int PIECE = 16 << 10;

  private final Context context;
  private final HttpServerResponse response;
  private Buffer piece = Buffer.buffer();

  PacedOutput(Context context, HttpServerResponse response) {
    this.context = context;
    this.response = response;
  }

  @Override
  public void write(int one) throws IOException {
    piece.appendByte((byte) one);
    sendFull();
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    for (int at = 0; at < length; at += PIECE) {
      piece.appendBytes(bytes, offset + at, Math.min(PIECE, length - at));
      sendFull();
    }
  }

  private void sendFull() throws IOException {
    if (piece.length() >= PIECE) {
      flush();
    }
  }

  /** Returns when the connection has taken all that was written. */
  @Override
  public void flush() throws IOException {
    if (piece.length() > 0) {
      Buffer sent = piece;
      piece = Buffer.buffer();
      await(() -> response.write(sent));
    }
  }

  /** Ends the answer. */
  @Override
  public void close() throws IOException {
    flush();
    await(response::end);
  }

  /** What is done on the connection's context. */
  @FunctionalInterface
  private interface Sending {
    Future<Void> send();
  }

  private void await(Sending sending) throws IOException {
    Promise<Void> done = Promise.promise();
    context.runOnContext(
        _ -> {
          if (response.closed() || response.ended()) {
            done.fail(new IOException("whoever was reading is gone"));
          } else {
            sending.send().onComplete(done);
          }
        });
    try {
      done.future().toCompletionStage().toCompletableFuture().join();
    } catch (CompletionException e) {
      throw new IOException(e.getCause());
    }
  }
}
