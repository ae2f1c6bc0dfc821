package dev.millrace.bus;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The addresses that answer, and the operation of the HTTP contract that each of them is. */
public enum BusAddress {
  /** Starts a run. */
  SUBMIT("millrace.submit", "submitRun"),
  /** Shows a run. */
  GET("millrace.runs.get", "getRun"),
  /** Lists runs. */
  LIST("millrace.runs.list", "listRuns"),
  /** Asks for the end of a run. */
  CANCEL("millrace.runs.cancel", "cancelRun"),
  /** Takes up an ended run again. */
  RETRY("millrace.runs.retry", "retryRun"),
  /** Lets a task run that waits for approval, or rejects it. */
  APPROVE("millrace.runs.approve", "approveTask"),
  /** Reads events of a run. */
  READ("millrace.events.read", "readEvents");

  /** Where the events of all runs are published. */
  public static final String EVENTS = "millrace.events";

  /** The beginning of the addresses where the events of one run are published. */
  static final String EVENTS_OF = EVENTS + ".";

  private static final Pattern RUN = Pattern.compile("[0-9][0-9a-z-]{0,63}");

  private final String address;
  private final String operation;

  BusAddress(String address, String operation) {
    this.address = address;
    this.operation = operation;
  }

  /** Returns the address on the bus. */
  public String address() {
    return address;
  }

  /** Returns the id of the operation in the HTTP contract. */
  public String operation() {
    return operation;
  }

  /** Returns the one with this address, or null. */
  static @Nullable BusAddress of(String address) {
    for (BusAddress one : values()) {
      if (one.address.equals(address)) {
        return one;
      }
    }
    return null;
  }

  /**
   * Returns whether events are published there. Ids of runs begin with a digit, so that no address
   * that answers is among them: who could listen there would get what others ask.
   */
  static boolean isPublished(String address) {
    return address.equals(EVENTS)
        || (address.startsWith(EVENTS_OF)
            && RUN.matcher(address.substring(EVENTS_OF.length())).matches());
  }
}
