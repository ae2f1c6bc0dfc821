package dev.millrace.client;

import dev.millrace.client.Transport.Call;
import dev.millrace.content.Artifact;
import dev.millrace.digest.Digest;
import dev.millrace.journal.RunQuery;
import dev.millrace.json.JsonBoolean;
import dev.millrace.json.JsonException;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonText;
import dev.millrace.json.JsonValue;
import dev.millrace.wire.ResultReader;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.streams.WriteStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Talks to a server. Safe for use by many threads.
 *
 * <p>A future fails with a {@link ServerProblemException} where the server refuses, and with
 * another {@code IOException}, or what Vert.x makes of a broken connection, where it cannot be
 * reached. What can be repeated is, while the configuration's patience lasts: everything but {@link
 * #retry} and {@link #approve}. Submitting can, because it is done under a key that is made once.
 */
public final class MillraceClient implements AutoCloseable {
  private final Transport transport;
  private final Uploads uploads;
  private final Downloads downloads;
  private final @Nullable Vertx own;

  private MillraceClient(Vertx vertx, ClientConfig config, boolean owned) {
    transport = new Transport(vertx, config);
    uploads = new Uploads(transport);
    downloads = new Downloads(transport);
    own = owned ? vertx : null;
  }

  /** Makes a client on a Vert.x that others use too, and that stays when it is closed. */
  public static MillraceClient create(Vertx vertx, ClientConfig config) {
    return new MillraceClient(vertx, config, false);
  }

  /** Makes a client with a Vert.x of its own. */
  public static MillraceClient create(ClientConfig config) {
    return new MillraceClient(Vertx.vertx(), config, true);
  }

  /** Starts a run of a document that names no files. */
  public Future<Run> submit(SubmitRequest request) {
    return submit(request, Sources.NONE, UploadListener.NONE);
  }

  /**
   * Sends what the server lacks of the sources, then starts a run.
   *
   * @param sources all that the request refers to
   * @return the run, when the server has made it durable
   */
  public Future<Run> submit(SubmitRequest request, Sources sources, UploadListener listener) {
    Call call =
        Call.post("/v1/runs", request.json(), true)
            .with("Idempotency-Key", UUID.randomUUID().toString());
    return uploads.send(sources.blobs(), listener).compose(_ -> run(call));
  }

  private Future<Run> run(Call call) {
    return transport.ask(call).compose(Answers.object(Run::of));
  }

  /**
   * Lists runs, newest first. The query's cursor is the page's {@code next}; its {@code from} is
   * not taken.
   */
  public Future<Page<Run>> list(RunQuery query) {
    if (query.from() != null) {
      return Future.failedFuture(new IllegalArgumentException("from is not taken by servers"));
    }
    StringBuilder path = new StringBuilder("/v1/runs?limit=").append(query.limit());
    add(path, "pipeline", query.pipeline());
    add(path, "status", query.status());
    add(path, "cursor", query.before());
    new TreeMap<>(query.labels()).forEach((name, value) -> add(path, "label", name + "=" + value));
    return transport
        .ask(Call.get(path.toString()))
        .compose(Answers.object(json -> Page.of(json, "runs", Run::of)));
  }

  private static void add(StringBuilder path, String name, @Nullable String value) {
    if (value != null) {
      path.append('&').append(name).append('=').append(encoded(value));
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /**
   * Finds runs by id, by the beginning or the end of one, or {@code latest}.
   *
   * @return none, one, or several where the text does not tell them apart
   */
  public Future<List<Run>> find(String text) {
    return transport
        .ask(Call.get("/v1/runs?id=" + encoded(text)))
        .compose(Answers.object(json -> Page.of(json, "runs", Run::of).items()));
  }

  /** Returns a run. */
  public Future<Run> get(String run) {
    return run(Call.get(path(run)));
  }

  private static String path(String run) {
    return "/v1/runs/" + encoded(run);
  }

  private static String path(String run, String task) {
    return path(run) + "/tasks/" + encoded(task);
  }

  /**
   * Lists the tasks of a run.
   *
   * @param limit at most so many, up to 1000
   * @param cursor the page's {@code next} before, or null for the first page
   */
  public Future<Page<Task>> tasks(String run, int limit, @Nullable String cursor) {
    StringBuilder path = new StringBuilder(path(run)).append("/tasks?limit=").append(limit);
    add(path, "cursor", cursor);
    return transport
        .ask(Call.get(path.toString()))
        .compose(Answers.object(json -> Page.of(json, "tasks", Task::of)));
  }

  /** Returns a task. */
  public Future<Task> task(String run, String task) {
    return transport.ask(Call.get(path(run, task))).compose(Answers.object(Task::of));
  }

  /** Returns the outputs of the whole pipeline by name, as far as there are any. */
  public Future<SortedMap<String, Artifact>> outputs(String run) {
    return transport
        .ask(Call.get(path(run) + "/outputs"))
        .compose(
            Answers.object(
                json -> ResultReader.artifacts(new Answers.Reader(json).object("outputs"))));
  }

  /**
   * Asks for the end of a run; one that has ended stays as it is.
   *
   * @param force steps that run in any case are not run either
   */
  public Future<Run> cancel(String run, boolean force) {
    String body = JsonText.compact(JsonObject.of(Map.of("force", JsonBoolean.of(force))));
    return run(Call.post(path(run) + "/cancel", body, true));
  }

  /** Runs what failed or was cancelled once more, in the same run. */
  public Future<Run> retry(String run) {
    return run(Call.post(path(run) + "/retry", "", false));
  }

  /**
   * Lets a task run that waits for approval, or fails it.
   *
   * @param comment is kept with the run; may be empty
   */
  public Future<Task> approve(String run, String task, boolean reject, String comment) {
    Map<String, JsonValue> members = new TreeMap<>();
    members.put("comment", new JsonString(comment));
    members.put("reject", JsonBoolean.of(reject));
    String body = JsonText.compact(JsonObject.of(members));
    return transport
        .ask(Call.post(path(run, task) + "/approve", body, false))
        .compose(Answers.object(Task::of));
  }

  /**
   * Reads events of the past.
   *
   * @param after the number of the last one that is known, 0 for none
   * @param limit at most so many, up to 1000
   * @return empty where there is none yet
   */
  public Future<List<Event>> events(String run, long after, int limit) {
    return transport
        .ask(Call.get(path(run) + "/events?after=" + after + "&limit=" + limit))
        .compose(Answers.object(json -> new Answers.Reader(json).all("events", Event::of)));
  }

  /**
   * Follows a run, over as many connections as it takes. The follower gets each event once and in
   * order, and the next one when it is ready for it.
   *
   * @param after the number of the last event that is known, 0 for none
   * @return completes when the run has ended and all its events were taken
   */
  public Future<Void> follow(String run, long after, Follower follower) {
    Numbered numbered = new Numbered(follower, after);
    return new SseFeed(
            transport,
            path(run) + "/events",
            Long.toString(after),
            numbered::take,
            follower::interrupted)
        .begin();
  }

  /** Leaves out what was taken before, and notices what is missing. */
  private static final class Numbered {
    private final Follower follower;
    private long last;

    Numbered(Follower follower, long after) {
      this.follower = follower;
      last = after;
    }

    Future<?> take(SseFeed.Sse sse) {
      Event event;
      try {
        event = Event.of(object(sse.data()));
      } catch (RuntimeException e) {
        return Future.failedFuture(new IOException("no event of a run: " + sse.data(), e));
      }
      if (event.sequence() <= last) {
        return Future.succeededFuture();
      }
      if (event.sequence() != last + 1) {
        return Future.failedFuture(
            new IOException("event " + (last + 1) + " is missing before " + event.sequence()));
      }
      last = event.sequence();
      return follower.event(event);
    }
  }

  private static JsonObject object(String json) {
    return JsonReader.read(json) instanceof JsonObject object ? object : JsonObject.EMPTY;
  }

  /** Which of the two that a command writes. */
  public enum LogStream {
    /** Results. */
    STDOUT,
    /** What is wrong. */
    STDERR;

    String label() {
      return this == STDOUT ? "stdout" : "stderr";
    }
  }

  /**
   * Sends what an attempt has written by now to an outlet, which is not ended.
   *
   * @param attempt its number, or 0 for the newest
   * @return the number of bytes, when all of them were taken
   */
  public Future<Long> log(
      String run, String task, LogStream stream, int attempt, WriteStream<Buffer> out) {
    String path = path(run, task) + "/log?stream=" + stream.label();
    LongAdder bytes = new LongAdder();
    Passing counted = new Passing(out, piece -> bytes.add(piece.length()));
    // Not repeated: what was written cannot be taken back.
    Call call =
        new Call(
            HttpMethod.GET,
            attempt == 0 ? path : path + "&attempt=" + attempt,
            Map.of(),
            "",
            false);
    return transport
        .receive(call, response -> response.pipe().endOnComplete(false).to(counted))
        .compose(_ -> counted.settled())
        .map(_ -> bytes.sum());
  }

  /** Is told what a task writes. */
  @FunctionalInterface
  public interface LogFollower {
    /**
     * Called for each piece of text, on a thread that must not wait.
     *
     * @return completes when the next may come
     */
    Future<?> text(String text);
  }

  /** Follows what a task writes, also one that has yet to begin, until its attempt has ended. */
  public Future<Void> followLog(String run, String task, LogStream stream, LogFollower follower) {
    return new SseFeed(
            transport,
            path(run, task) + "/log?stream=" + stream.label(),
            "",
            sse -> logPiece(sse, follower),
            (_, _) -> {})
        .begin();
  }

  private static Future<?> logPiece(SseFeed.Sse sse, LogFollower follower) {
    if (sse.type().equals(SseFeed.END)) {
      return Future.succeededFuture();
    }
    try {
      return follower.text(new Answers.Reader(object(sse.data())).text("text"));
    } catch (JsonException e) {
      return Future.failedFuture(new IOException("no text of a log: " + sse.data(), e));
    }
  }

  /** Returns why a task ran or was not run again, as the contract has it. */
  public Future<JsonObject> explain(String run, String task) {
    return transport
        .ask(Call.get("/v1/cache/explain?run=" + encoded(run) + "&task=" + encoded(task)))
        .compose(
            Answers.object(
                json -> {
                  List<JsonObject> tasks = new ArrayList<>();
                  new Answers.Reader(json).all("tasks", tasks::add);
                  return tasks.isEmpty() ? JsonObject.EMPTY : tasks.getFirst();
                }));
  }

  /**
   * Returns where content comes from, as the contract has it.
   *
   * @param limit at most so many nodes, up to 10000
   */
  public Future<JsonObject> lineage(Artifact artifact, int limit) {
    String kind = artifact.kind() == Artifact.Kind.TREE ? "tree" : "file";
    String path = "/v1/lineage/" + artifact.digest().text() + "?kind=" + kind + "&limit=" + limit;
    return transport.ask(Call.get(path)).compose(Answers.object(json -> json));
  }

  /** Returns those of the blobs that the server does not have. */
  public Future<Set<Digest>> missing(Collection<Digest> digests) {
    return uploads.missing(digests);
  }

  /**
   * Sends a file, or a directory with all that is in it, as far as the server lacks it.
   *
   * @return its name, for {@link SubmitRequest#sources} or a parameter
   */
  public Future<Artifact> upload(Path path, UploadListener listener) {
    String name = path.toAbsolutePath().toString();
    return transport
        .vertx()
        .executeBlocking(() -> Sources.of(List.of(name), path.toAbsolutePath()), false)
        .compose(
            sources ->
                uploads.send(sources.blobs(), listener).map(_ -> sources.artifacts().get(name)));
  }

  /**
   * Fetches a blob into a file, which takes its place as a whole when it is there and verified.
   *
   * @param target its directory exists; it is replaced where it exists
   */
  public Future<Void> download(Digest digest, Path target) {
    return downloads.toFile(digest, target);
  }

  /** Fetches a blob of at most 64 MiB into memory, and verifies it. */
  public Future<byte[]> read(Digest digest) {
    return downloads.toBytes(digest);
  }

  /** Closes its connections. What is under way fails. */
  @Override
  public void close() {
    Future<Void> closed = own == null ? transport.close() : own.close();
    closed.toCompletionStage().toCompletableFuture().exceptionally(_ -> null).join();
  }
}
