package dev.millrace.cli;

import dev.millrace.client.UploadListener;

/** Shows how far the sending of a run's files is: on a terminal a line that is written over. */
final class UploadDisplay implements UploadListener {
  private static final long FRAME_NANOS = 100_000_000;

  private final Printer printer;
  private final boolean live;
  private final TerminalSize size;
  private long nextFrame = System.nanoTime() + 2 * FRAME_NANOS;
  private boolean drawn;

  /**
   * @param live whether the line can be written over
   */
  UploadDisplay(Session session, boolean live) {
    printer = session.printer();
    this.live = live;
    size = new TerminalSize(session);
  }

  @Override
  public synchronized void sent(int sent, int blobs, long sentBytes, long bytes) {
    if (!live) {
      if (sent == 0) {
        printer.line(
            "sending " + Amounts.count(blobs, "file", "files") + ", " + Amounts.bytes(bytes));
        printer.flush();
      }
      return;
    }
    long now = System.nanoTime();
    if (now >= nextFrame && sent < blobs) {
      nextFrame = now + FRAME_NANOS;
      String line =
          "sending "
              + sent
              + "/"
              + blobs
              + " files, "
              + Amounts.bytes(sentBytes)
              + " of "
              + Amounts.bytes(bytes);
      printer.raw("\r" + Columns.cut(line, size.columns() - 1) + "\u001b[K");
      printer.flush();
      drawn = true;
    } else if (sent == blobs && drawn) {
      printer.raw("\r\u001b[K");
      printer.flush();
      drawn = false;
    }
  }
}
