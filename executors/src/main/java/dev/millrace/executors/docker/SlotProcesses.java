package dev.millrace.executors.docker;

/** The processes of the step in a slot, to be stopped. Neither may throw. */
interface SlotProcesses {

  /** Sends SIGTERM to all of them. */
  void terminate();

  /** Kills all of them, and the slot. */
  void kill();
}
