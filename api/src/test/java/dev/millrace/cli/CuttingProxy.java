package dev.millrace.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntUnaryOperator;

/** A bad network before a server: it cuts connections after so many bytes of answers. */
final class CuttingProxy implements AutoCloseable {
  private final ServerSocket listening;
  private final int port;
  private final IntUnaryOperator budgets;
  private final AtomicInteger connections = new AtomicInteger();

  /**
   * @param port the server's
   * @param budgets the bytes that come back on a connection before it is cut, by its number from 0
   */
  CuttingProxy(int port, IntUnaryOperator budgets) throws IOException {
    this.port = port;
    this.budgets = budgets;
    listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  String address() {
    return "http://127.0.0.1:" + listening.getLocalPort();
  }

  /** Returns the number of connections so far. */
  int connections() {
    return connections.get();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listening.accept();
        int budget = budgets.applyAsInt(connections.getAndIncrement());
        Thread.ofVirtual().start(() -> join(client, budget));
      }
    } catch (IOException e) {
      // It is closed.
    }
  }

  private void join(Socket client, int budget) {
    try (client;
        Socket server = new Socket(InetAddress.getLoopbackAddress(), port)) {
      Thread.ofVirtual().start(() -> copy(client, server, Integer.MAX_VALUE));
      copy(server, client, budget);
    } catch (IOException e) {
      // The server is gone.
    }
  }

  private static void copy(Socket from, Socket to, int budget) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] piece = new byte[4096];
      int left = budget;
      while (left > 0) {
        int read = in.read(piece, 0, Math.min(left, piece.length));
        if (read < 0) {
          break;
        }
        out.write(piece, 0, read);
        left -= read;
      }
      from.close();
      to.close();
    } catch (IOException e) {
      // One of them is gone.
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }
}
