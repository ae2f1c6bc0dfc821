package dev.millrace.executors.docker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands between an executor and the Docker Engine, and can go away and come back as that would: to
 * the executor it is the Docker Engine.
 */
final class EngineProxy implements AutoCloseable {
  private final Path socket;
  private final Path real;
  private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
  private volatile ServerSocketChannel server;

  /**
   * Begins.
   *
   * @param socket where to listen
   * @param address the Docker Engine's
   */
  EngineProxy(Path socket, String address) throws IOException {
    this.socket = socket;
    real = Path.of(URI.create(address).getPath());
    server = listen();
  }

  String address() {
    return "unix://" + socket;
  }

  private ServerSocketChannel listen() throws IOException {
    ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listening.bind(UnixDomainSocketAddress.of(socket));
    Thread.ofVirtual().start(() -> accept(listening));
    return listening;
  }

  private void accept(ServerSocketChannel listening) {
    try {
      while (true) {
        SocketChannel here = listening.accept();
        SocketChannel there = SocketChannel.open(UnixDomainSocketAddress.of(real));
        open.add(here);
        open.add(there);
        Thread.ofVirtual().start(() -> copy(here, there));
        Thread.ofVirtual().start(() -> copy(there, here));
      }
    } catch (IOException e) {
      // It has gone away.
    }
  }

  private static void copy(SocketChannel from, SocketChannel to) {
    ByteBuffer buffer = ByteBuffer.allocate(1 << 14);
    try {
      while (from.read(buffer.clear()) >= 0) {
        buffer.flip();
        while (buffer.hasRemaining()) {
          to.write(buffer);
        }
      }
      to.shutdownOutput();
    } catch (IOException e) {
      close(from);
      close(to);
    }
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Nobody answers any more, and all connections break. */
  void goAway() throws IOException {
    server.close();
    Files.deleteIfExists(socket);
    open.forEach(EngineProxy::close);
    open.clear();
  }

  void comeBack() throws IOException {
    server = listen();
  }

  @Override
  public void close() throws IOException {
    goAway();
  }
}
