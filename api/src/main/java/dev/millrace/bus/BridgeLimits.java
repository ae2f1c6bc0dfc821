package dev.millrace.bus;

/** What clients of the bridges may have, so that none of them costs much. */
final class BridgeLimits {
  /** Of a message that comes in. Larger submissions go over HTTP. */
  static final int MESSAGE_BYTES = 1 << 20;

  /** Of both bridges together. */
  static final int SOCKETS = 256;

  /** Of a socket. */
  static final int REGISTRATIONS = 64;

  /** Requests of a socket that are not answered yet. */
  static final int PENDING = 32;

  /** Behind so many bytes that a socket has not taken, events are left out. */
  static final int UNSENT_EVENT_BYTES = 512 << 10;

  /** Behind so many, the socket is closed: it does not read the answers to what it asks. */
  static final int UNSENT_BYTES = 4 << 20;

  /** All sockets together may hold back so large a part of the memory. */
  static final int UNSENT_SHARE = 16;

  static final int ADDRESS_LENGTH = 200;

  static final long REQUEST_MILLIS = 60_000;

  /** How often a socket is looked at. */
  static final long CHECK_MILLIS = 2_000;

  /** A socket that has shown no token for so long is closed. */
  static final long UNKNOWN_MILLIS = 10_000;

  /** A socket that has said nothing for so long, not even a ping, is closed. */
  static final long SILENCE_MILLIS = 60_000;

  private BridgeLimits() {}
}
