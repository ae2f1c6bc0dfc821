package dev.millrace.bus;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.parsetools.RecordParser;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.sockjs.SockJSHandler;
import io.vertx.ext.web.handler.sockjs.SockJSHandlerOptions;
import io.vertx.ext.web.handler.sockjs.SockJSSocket;
import io.vertx.ext.web.handler.sockjs.Transport;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The ways in for programs that are not members of the bus: SockJS, which browsers use, and TCP.
 */
public final class Bridges {
  /** The largest message on a WebSocket, in bytes: SockJS writes a message as a JSON text. */
  public static final int WEB_SOCKET_BYTES = 2 * BridgeLimits.MESSAGE_BYTES + 1024;

  private static final int LENGTH_BYTES = 4;

  private final Vertx vertx;
  private final Desk desk;
  private final AtomicInteger sockets = new AtomicInteger();
  private final Set<BridgeLink> links = ConcurrentHashMap.newKeySet();
  private final AtomicLong unsent = new AtomicLong();

  private Bridges(Vertx vertx, Desk desk) {
    this.vertx = vertx;
    this.desk = desk;
  }

  /** Begins to answer on the bus, and makes the bridges to it. */
  public static Bridges open(Vertx vertx, Desk desk) {
    new BusRequests(desk).listen(vertx.eventBus());
    return new Bridges(vertx, desk);
  }

  /** Returns what answers under {@code /eventbus}, the name that clients have for it by default. */
  public Router sockJs() {
    SockJSHandlerOptions options = new SockJSHandlerOptions().setRegisterWriteHandler(false);
    for (Transport transport : Transport.values()) {
      // The others hold messages for clients that are between two requests, without a bound.
      if (transport != Transport.WEBSOCKET) {
        options.addDisabledTransport(transport.name());
      }
    }
    Router router = Router.router(vertx);
    router
        .route()
        .handler(
            context -> {
              // What else there is shows a page with a script from elsewhere.
              String path = context.normalizedPath();
              if (path.endsWith("/info") || path.endsWith("/websocket")) {
                context.next();
              } else {
                context.fail(404);
              }
            });
    router.route("/*").subRouter(SockJSHandler.create(vertx, options).socketHandler(this::accept));
    return router;
  }

  private @Nullable BridgeSession begin(BridgeLink link) {
    if (sockets.incrementAndGet() > BridgeLimits.SOCKETS) {
      sockets.decrementAndGet();
      link.close();
      return null;
    }
    links.add(link);
    return new BridgeSession(vertx, desk, link, unsent);
  }

  private void end(BridgeSession session, BridgeLink link) {
    if (session.end()) {
      sockets.decrementAndGet();
      links.remove(link);
    }
  }

  /** Closes all connections, so that nobody is waited for. */
  public void leaveAll() {
    links.forEach(BridgeLink::close);
  }

  private void accept(SockJSSocket socket) {
    SockJsLink link = new SockJsLink(socket);
    BridgeSession session = begin(link);
    if (session != null) {
      socket.handler(session::receive);
      socket.exceptionHandler(_ -> socket.close());
      socket.closeHandler(_ -> end(session, link));
    }
  }

  /**
   * Listens for TCP connections, in the framing of Vert.x's TCP bridge: the length of each frame in
   * four bytes, the greatest first, then the frame.
   *
   * @param options with host, port and TLS
   */
  public Future<NetServer> tcp(NetServerOptions options) {
    int silence = (int) (BridgeLimits.SILENCE_MILLIS / 1000);
    return vertx
        .createNetServer(options.setIdleTimeout(silence))
        .connectHandler(this::accept)
        .listen();
  }

  private void accept(NetSocket socket) {
    TcpLink link = new TcpLink(socket);
    BridgeSession session = begin(link);
    if (session != null) {
      RecordParser parser = RecordParser.newFixed(LENGTH_BYTES);
      parser.handler(new Frames(parser, session));
      socket.handler(parser);
      socket.exceptionHandler(_ -> socket.close());
      socket.closeHandler(_ -> end(session, link));
    }
  }

  /** Tells lengths and frames apart. */
  private static final class Frames implements Handler<Buffer> {
    private final RecordParser parser;
    private final BridgeSession session;
    private boolean inFrame;

    Frames(RecordParser parser, BridgeSession session) {
      this.parser = parser;
      this.session = session;
    }

    @Override
    public void handle(Buffer bytes) {
      if (inFrame) {
        inFrame = false;
        parser.fixedSizeMode(LENGTH_BYTES);
        session.receive(bytes);
        return;
      }
      int length = bytes.getInt(0);
      if (length <= 0 || length > BridgeLimits.MESSAGE_BYTES) {
        session.tooLarge();
      } else {
        inFrame = true;
        parser.fixedSizeMode(length);
      }
    }
  }

  private record SockJsLink(SockJSSocket socket) implements BridgeLink {
    @Override
    public Future<Void> send(Buffer frame) {
      return socket.write(frame.toString());
    }

    @Override
    public void close() {
      socket.close();
    }

    @Override
    public String messageType() {
      return "rec";
    }

    @Override
    public boolean answersPings() {
      return false;
    }
  }

  private record TcpLink(NetSocket socket) implements BridgeLink {
    @Override
    public Future<Void> send(Buffer frame) {
      return socket.write(Buffer.buffer().appendInt(frame.length()).appendBuffer(frame));
    }

    @Override
    public void close() {
      var _ = socket.close();
    }

    @Override
    public String messageType() {
      return "message";
    }

    @Override
    public boolean answersPings() {
      return true;
    }
  }
}
