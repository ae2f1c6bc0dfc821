package dev.millrace.http;

import dev.millrace.access.Access;
import dev.millrace.access.TokenFile;
import dev.millrace.bus.Bridges;
import dev.millrace.bus.EventPublisher;
import dev.millrace.bus.Subscriptions;
import dev.millrace.plan.ExecutorOffer;
import dev.millrace.runtime.Engine;
import dev.millrace.runtime.EngineConfig;
import dev.millrace.runtime.EngineObserver;
import dev.millrace.runtime.RunArchive;
import dev.millrace.telemetry.Telemetry;
import dev.millrace.webhook.Webhooks;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.metrics.MetricsOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.openapi.contract.OpenAPIContract;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The engine of one state directory, answering over HTTP. */
public final class MillraceServer implements AutoCloseable {
  private static final long LARGEST_BLOB = 1L << 40;
  private static final int THREADS = 32;

  /** Names of tasks may be long, and three times as long in a path. */
  private static final int LONGEST_LINE = 16 << 10;

  /** A connection on which nothing moves for so long is closed; event streams have a heartbeat. */
  private static final int SILENCE_SECONDS = 60;

  /** How soon a token that was made or revoked counts. */
  private static final long RENEWAL_MILLIS = 500;

  /** How long whoever asked before the server was stopped may be answered. */
  private static final int LONGEST_ANSWER_SECONDS = 8;

  private static final int LONGEST_CLOSE_SECONDS = 5;
  private static final String STREAMS = "millrace.streams.open";
  private static final String STREAMS_HELP = "Streams of events and logs that somebody follows.";

  private final Engine engine;
  private final RunArchive archive;
  private final Vertx vertx;
  private final HttpServer http;
  private final Readiness readiness;
  private final OpenStreams streams = new OpenStreams();
  private final CompletionStage<Throwable> broken;
  private final Automation automation;
  private final @Nullable NetServer bus;
  private final Bridges bridges;
  private final int resumed;
  private final long renewing;

  /**
   * Where a server listens and what it runs.
   *
   * @param host address to bind to
   * @param port 0 for any
   * @param busPort of the TCP bridge to the event bus: 0 for any, null for no bridge
   * @param tls null for none
   * @param engine the state directory, and what its steps may use
   * @param parts the executors that it offers
   * @param executors what each of them does with images, by name
   * @param warnings is told what goes wrong while the server works
   * @param telemetry shows how the server works; not closed with it
   */
  public record Config(
      String host,
      int port,
      @Nullable Integer busPort,
      @Nullable Tls tls,
      EngineConfig engine,
      Engine.Parts parts,
      Map<String, ExecutorOffer> executors,
      Consumer<String> warnings,
      Telemetry telemetry) {
    public Config {
      executors = Map.copyOf(executors);
    }
  }

  /** An engine that works, and tells when it does no more. */
  private record Working(Engine engine, CompletableFuture<Throwable> broken) {
    static Working open(Config config) throws IOException {
      CompletableFuture<Throwable> broken = new CompletableFuture<>();
      EngineObserver watch =
          new EngineObserver() {
            @Override
            public void broken(Throwable cause) {
              broken.complete(cause);
            }
          };
      Engine.Parts parts = config.parts.observedBy(config.telemetry.observer(watch));
      return new Working(Engine.open(config.engine, "millrace server", parts), broken);
    }
  }

  private MillraceServer(
      Config config,
      Access access,
      Working working,
      RunArchive archive,
      Vertx vertx,
      Subscriptions subscriptions)
      throws IOException {
    engine = working.engine;
    broken = working.broken;
    readiness = new Readiness(engine);
    this.archive = archive;
    this.vertx = vertx;
    LiveRuns runs = new LiveRuns(engine, archive);
    EventLogs logs = new EventLogs(archive);
    Path state = config.engine.stateDirectory();
    RunReaders readers = new RunReaders(logs, run -> runs.find(run) != null);
    runs.tell(new EventPublisher(vertx, subscriptions, readers)::committed);
    WebhookOperations webhooks =
        new WebhookOperations(
            Webhooks.open(vertx, engine.definitions(), readers, archive, config.warnings));
    runs.tell(webhooks.news());
    Submissions submissions = new Submissions(config.executors, engine.trees(), engine.pipelines());
    automation =
        new Automation(
            new Automation.Host(engine, archive, runs, logs, submissions, state, config.warnings));
    resumed = runs.resumeAll(config.warnings);
    Histories histories = new Histories(archive);
    CacheOperations cache = new CacheOperations(runs, archive, submissions, histories);
    RunOperations operations =
        new RunOperations(runs, archive, submissions, logs, cache, histories);
    BlobOperations blobs = new BlobOperations(vertx, archive.store(), uploads(state), LARGEST_BLOB);
    Contract contract = Contract.read();
    OpenAPIContract ofRequests = wait(contract.ofRequests(vertx));
    Callers callers = new Callers(access, contract.roles());
    bridges = Bridges.open(vertx, new BusDesk(vertx, callers, ofRequests, operations));
    Api api =
        new Api(
            vertx,
            callers,
            new EventStream.Host(vertx, new Waiting(vertx), runs, logs, streams),
            new Api.Operations(
                operations,
                cache,
                new LogReplies(vertx, new LogOperations(runs, histories), blobs, streams),
                blobs,
                automation,
                webhooks));
    Probes probes = new Probes(callers, readiness, config.telemetry.meters());
    config.telemetry.watch(engine, state);
    config.telemetry.meters().gauge(STREAMS, STREAMS_HELP, streams::size);
    HttpServer made =
        vertx
            .createHttpServer(options(config))
            .invalidRequestHandler(Api::malformed)
            .requestHandler(
                probes.router(vertx, api.router(ofRequests, contract, bridges.sockJs())));
    try {
      http = wait(made.listen());
    } catch (IOException e) {
      throw new IOException(
          "cannot listen on " + config.host + ":" + config.port + ": " + e.getMessage(), e);
    }
    automation.begin();
    Renewal renewal = new Renewal(access, config.tls, this::renewCertificate, config.warnings);
    bus = busServer(config, bridges);
    renewing =
        vertx.setPeriodic(
            RENEWAL_MILLIS, _ -> vertx.executeBlocking(renewal).onFailure(renewal::failed));
  }

  private static HttpServerOptions options(Config config) {
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(config.host)
            .setPort(config.port)
            .setHttp2ClearTextEnabled(false)
            .setIdleTimeout(SILENCE_SECONDS)
            .setMaxInitialLineLength(LONGEST_LINE)
            .setMaxWebSocketFrameSize(Bridges.WEB_SOCKET_BYTES)
            .setMaxWebSocketMessageSize(Bridges.WEB_SOCKET_BYTES)
            .setPerFrameWebSocketCompressionSupported(false)
            .setPerMessageWebSocketCompressionSupported(false)
            .setMaxFormAttributeSize(0);
    Tls tls = config.tls;
    if (tls != null) {
      options.setSsl(true).setKeyCertOptions(tls.pem());
    }
    return options;
  }

  /**
   * Opens the state directory, goes on with the runs that have not ended, and listens.
   *
   * @throws dev.millrace.journal.StateInUseException if another process runs pipelines in it
   * @throws IllegalArgumentException if others could reach the address, and there are no tokens
   * @throws IOException if it cannot be read or written, or the address is not to be had
   */
  public static MillraceServer start(Config config) throws IOException {
    Access access =
        new Access(new TokenFile(config.engine.stateDirectory()), InstantSource.system());
    if (access.isOpen() && !InetAddress.getByName(config.host).isLoopbackAddress()) {
      throw new IllegalArgumentException(
          "without tokens a server listens to its own machine only, not on " + config.host);
    }
    Working working = Working.open(config);
    Engine engine = working.engine;
    try {
      RunArchive archive = RunArchive.open(config.engine.stateDirectory());
      Subscriptions subscriptions = new Subscriptions();
      VertxOptions options = new VertxOptions().setWorkerPoolSize(THREADS);
      options.setMetricsOptions(new MetricsOptions().setEnabled(true));
      Vertx vertx = Vertx.builder().with(options).withMetrics(subscriptions).build();
      try {
        return new MillraceServer(config, access, working, archive, vertx, subscriptions);
      } catch (IOException | RuntimeException e) {
        vertx.close();
        archive.close();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      engine.close();
      throw e;
    }
  }

  /** Returns the directory for what is being received, without what was being received before. */
  private static Path uploads(Path state) throws IOException {
    Path uploads = Files.createDirectories(state.resolve("uploads"));
    try (DirectoryStream<Path> left = Files.newDirectoryStream(uploads)) {
      for (Path file : left) {
        Files.delete(file);
      }
    }
    return uploads;
  }

  private static <T> T wait(Future<T> future) throws IOException {
    try {
      return future.toCompletionStage().toCompletableFuture().join();
    } catch (CompletionException e) {
      Throwable cause = e.getCause();
      throw cause instanceof IOException io ? io : new IOException(cause);
    }
  }

  private @Nullable NetServer busServer(Config config, Bridges bridges) throws IOException {
    Integer port = config.busPort;
    if (port == null) {
      return null;
    }
    NetServerOptions options = new NetServerOptions().setHost(config.host).setPort(port);
    Tls tls = config.tls;
    if (tls != null) {
      options.setSsl(true).setKeyCertOptions(tls.pem());
    }
    try {
      return wait(bridges.tcp(options));
    } catch (IOException e) {
      throw new IOException(
          "cannot listen on " + config.host + ":" + port + ": " + e.getMessage(), e);
    }
  }

  private Future<?> renewCertificate(ServerSSLOptions options) {
    Future<?> renewed = http.updateSSLOptions(options, true);
    NetServer second = bus;
    return second == null
        ? renewed
        : renewed.compose(_ -> second.updateSSLOptions(options.copy(), true));
  }

  /** Returns the port that it listens on. */
  public int port() {
    return http.actualPort();
  }

  /** Returns the port of the TCP bridge to the event bus, or -1 where there is none. */
  public int busPort() {
    return bus == null ? -1 : bus.actualPort();
  }

  /** Returns the event bus on which it answers, for programs in the same process. */
  public EventBus eventBus() {
    return vertx.eventBus();
  }

  /** Returns how many runs were gone on with at the start. */
  public int resumed() {
    return resumed;
  }

  /**
   * Completes, with what was wrong, when the engine gives its runs up: the server is of no use any
   * more then, and should be closed and started again.
   */
  public CompletionStage<Throwable> broken() {
    return broken;
  }

  /**
   * Stops: says that it is not ready, listens no more, ends what is followed, answers what it was
   * asked before, within a bounded time, and then stops the engine. Runs go on at the next start.
   */
  @Override
  public void close() throws IOException {
    readiness.stop();
    vertx.cancelTimer(renewing);
    try {
      Future<Void> shutdown = http.shutdown(LONGEST_ANSWER_SECONDS, TimeUnit.SECONDS);
      streams.leaveAll();
      bridges.leaveAll();
      await(shutdown, LONGEST_ANSWER_SECONDS + 1);
      await(vertx.close(), LONGEST_CLOSE_SECONDS);
    } finally {
      automation.close();
      archive.close();
      engine.close();
    }
  }

  private static void await(Future<Void> done, long seconds) throws IOException {
    try {
      done.toCompletionStage().toCompletableFuture().orTimeout(seconds, TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      if (!(e.getCause() instanceof TimeoutException)) {
        throw new IOException(e.getCause());
      }
    }
  }
}
