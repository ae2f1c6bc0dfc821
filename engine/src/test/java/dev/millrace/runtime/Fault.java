package dev.millrace.runtime;

import java.util.Locale;

/** What goes wrong in simulations. */
enum Fault {
  NODE_KILLED,
  NODE_PAUSED,
  NODE_ISOLATED,
  DATABASE_CUT,
  DISK_FULL,
  BLOB_LOST,
  BLOB_DAMAGED,
  STORE_UNAVAILABLE,
  WORKER_KILLED,
  WORKER_PAUSED,
  WORKER_ISOLATED,
  WORKER_STALLED,
  WORKER_STORE_UNAVAILABLE,
  PLACEMENT_MOVED,
  BAD_NETWORK,
  OWNER_MISTAKEN;

  /** Returns the name under which it is counted. */
  String label() {
    return "fault: " + name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
