package dev.millrace.json;

/** A text is not JSON as this project takes it. */
public final class JsonException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final transient JsonFlaw flaw;

  /** The text has that flaw. */
  public JsonException(JsonFlaw flaw) {
    super(flaw.position() + ": " + flaw.message());
    this.flaw = flaw;
  }

  /** Returns what is wrong, and where. */
  public JsonFlaw flaw() {
    return flaw;
  }
}
