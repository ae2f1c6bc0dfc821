package dev.millrace.client;

import dev.millrace.client.MillraceClient.LogStream;
import dev.millrace.content.Artifact;
import dev.millrace.digest.Digest;
import dev.millrace.journal.RunQuery;
import dev.millrace.json.JsonObject;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * A {@link MillraceClient} for callers that wait, and that need not know of Vert.x. Its methods say
 * what those of the client say; they must not be called on a thread of Vert.x. Safe for use by many
 * threads.
 */
public final class WaitingClient implements AutoCloseable {
  private final Vertx vertx;
  private final MillraceClient client;

  private WaitingClient(Vertx vertx, ClientConfig config) {
    this.vertx = vertx;
    client = MillraceClient.create(vertx, config);
  }

  /** Makes a client that starts fast: with one thread for connections and few for files. */
  public static WaitingClient open(ClientConfig config) {
    FileSystemOptions files =
        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false);
    VertxOptions options =
        new VertxOptions()
            .setEventLoopPoolSize(1)
            .setWorkerPoolSize(2)
            .setInternalBlockingPoolSize(config.uploads())
            .setFileSystemOptions(files);
    return new WaitingClient(Vertx.vertx(options), config);
  }

  private static <T> T await(Future<T> future) throws IOException {
    try {
      return future.toCompletionStage().toCompletableFuture().get();
    } catch (ExecutionException e) {
      throw failure(e.getCause() == null ? e : e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for the server", e);
    }
  }

  private static IOException failure(Throwable cause) {
    return cause instanceof IOException io
        ? io
        : new IOException(String.valueOf(cause.getMessage()), cause);
  }

  /** Starts a run. */
  public Run submit(SubmitRequest request, Sources sources, UploadListener listener)
      throws IOException {
    return await(client.submit(request, sources, listener));
  }

  /** Lists runs, newest first. */
  public Page<Run> list(RunQuery query) throws IOException {
    return await(client.list(query));
  }

  /** Finds runs by id, by a part of one, or {@code latest}. */
  public List<Run> find(String text) throws IOException {
    return await(client.find(text));
  }

  /** Returns a run. */
  public Run get(String run) throws IOException {
    return await(client.get(run));
  }

  /** Reads events of the past. */
  public List<Event> events(String run, long after, int limit) throws IOException {
    return await(client.events(run, after, limit));
  }

  /** Returns the outputs of the whole pipeline. */
  public SortedMap<String, Artifact> outputs(String run) throws IOException {
    return await(client.outputs(run));
  }

  /** Asks for the end of a run. */
  public Run cancel(String run, boolean force) throws IOException {
    return await(client.cancel(run, force));
  }

  /** Asks for the end of a run without waiting for the answer. */
  public CompletionStage<?> beginCancel(String run, boolean force) {
    return client.cancel(run, force).toCompletionStage();
  }

  /** Runs what failed or was cancelled once more. */
  public Run retry(String run) throws IOException {
    return await(client.retry(run));
  }

  /** Lets a task run that waits for approval, or fails it. */
  public Task approve(String run, String task, boolean reject, String comment) throws IOException {
    return await(client.approve(run, task, reject, comment));
  }

  /**
   * Follows a run without waiting.
   *
   * @param events is given each event on a thread that may wait; the next comes when it returns
   * @param interrupted is told of breaks
   * @return completes when the run has ended and all its events were taken
   */
  public CompletionStage<Void> follow(
      String run, long after, Consumer<Event> events, BiConsumer<Throwable, Duration> interrupted) {
    Follower follower =
        new Follower() {
          @Override
          public Future<?> event(Event event) {
            return vertx.executeBlocking(
                () -> {
                  events.accept(event);
                  return event;
                });
          }

          @Override
          public void interrupted(Throwable cause, Duration wait) {
            interrupted.accept(cause, wait);
          }
        };
    return client.follow(run, after, follower).toCompletionStage();
  }

  /**
   * Follows what a task writes until its attempt has ended.
   *
   * @param out is given the text as UTF-8, on another thread
   */
  public CompletionStage<Void> followLog(
      String run, String task, LogStream stream, OutputStream out) {
    return client
        .followLog(
            run,
            task,
            stream,
            text ->
                vertx.executeBlocking(
                    () -> {
                      synchronized (out) {
                        out.write(text.getBytes(StandardCharsets.UTF_8));
                        out.flush();
                      }
                      return text;
                    }))
        .toCompletionStage();
  }

  /** Writes what an attempt has written by now; {@code attempt} 0 is the newest. */
  public long log(String run, String task, LogStream stream, int attempt, OutputStream out)
      throws IOException {
    return await(client.log(run, task, stream, attempt, new Draining(vertx, out)));
  }

  /** Returns where content comes from. */
  public JsonObject lineage(Artifact artifact, int limit) throws IOException {
    return await(client.lineage(artifact, limit));
  }

  /** Fetches a blob into a file. */
  public void download(Digest digest, Path target) throws IOException {
    var _ = await(client.download(digest, target).map(target));
  }

  /** Fetches a blob of at most 64 MiB. */
  public byte[] read(Digest digest) throws IOException {
    return await(client.read(digest));
  }

  @Override
  public void close() {
    client.close();
    vertx.close().toCompletionStage().toCompletableFuture().exceptionally(_ -> null).join();
  }
}
