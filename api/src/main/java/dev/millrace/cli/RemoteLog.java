package dev.millrace.cli;

import dev.millrace.client.MillraceClient.LogStream;
import dev.millrace.client.WaitingClient;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Writes what a task of a server writes while it runs.
 *
 * @param task its name
 * @param streams which texts, at least one
 */
record RemoteLog(WaitingClient client, String run, String task, List<LogStream> streams) {
  RemoteLog {
    streams = List.copyOf(streams);
  }

  /**
   * Writes what there is by now, one text after the other.
   *
   * @param between a line that stands between two texts if both have something
   */
  void copy(int attempt, String between, Printer printer) throws IOException {
    long written = 0;
    for (LogStream stream : streams) {
      boolean second = written > 0;
      Heading out = new Heading(second ? between + "\n" : "", printer.bytes());
      written += client.log(run, task, stream, attempt, out);
    }
    printer.bytes().flush();
  }

  /** Writes the texts as they come, until the attempt has ended. */
  void follow(Printer printer) throws IOException {
    OutputStream out = printer.bytes();
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (LogStream stream : streams) {
      all.add(client.followLog(run, task, stream, out).toCompletableFuture());
    }
    try {
      CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw e;
    }
  }

  /** Writes something before the first byte, if there is one. */
  private static final class Heading extends OutputStream {
    private final OutputStream out;
    private String heading;

    Heading(String heading, OutputStream out) {
      this.heading = heading;
      this.out = out;
    }

    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(heading.getBytes(StandardCharsets.UTF_8));
      heading = "";
      out.write(bytes, offset, length);
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }
  }
}
