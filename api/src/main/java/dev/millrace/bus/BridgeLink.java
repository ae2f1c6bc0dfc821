package dev.millrace.bus;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;

/** A connection of a client of a bridge. */
interface BridgeLink {
  /** Sends a frame; completes when the connection has taken it. */
  Future<Void> send(Buffer frame);

  void close();

  /** Returns the type of a frame that brings something. */
  String messageType();

  /** Returns whether pings are answered. */
  boolean answersPings();
}
