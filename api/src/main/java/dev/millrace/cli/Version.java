package dev.millrace.cli;

/** Which version this is. */
final class Version {
  private Version() {}

  /** Returns what the jar says, or that it was not built into one. */
  static String text() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "(development)" : version;
  }
}
