package dev.millrace.client;

import dev.millrace.content.Artifact;
import dev.millrace.content.FileHashMemory;
import dev.millrace.content.LocalSource;
import dev.millrace.executor.TaskExecutor;
import dev.millrace.executor.TaskExecutorProvider;
import dev.millrace.json.JsonReader;
import dev.millrace.json.JsonValue;
import dev.millrace.pipeline.PipelineParser;
import dev.millrace.pipeline.Problem;
import dev.millrace.pipeline.Problems;
import dev.millrace.plan.ExecutorOffer;
import dev.millrace.plan.Plan;
import dev.millrace.plan.PlanRequest;
import dev.millrace.plan.Planned;
import dev.millrace.plan.Planner;
import dev.millrace.runtime.Engine;
import dev.millrace.runtime.EngineConfig;
import dev.millrace.runtime.RunHandle;
import dev.millrace.runtime.RunListener;
import dev.millrace.runtime.Submission;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The engine within a program: runs documents as {@code millrace run} does, with the executors that
 * are on the class path. One program at a time works in a state directory. Safe for use by many
 * threads.
 */
public final class Millrace implements AutoCloseable {
  private static final double MEMORY = 1L << 40;

  private final Path state;
  private final Engine engine;
  private final Map<String, ExecutorOffer> offers;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private Millrace(Path state, Engine engine, Map<String, ExecutorOffer> offers) {
    this.state = state;
    this.engine = engine;
    this.offers = offers;
  }

  /**
   * Opens a state directory with all processors of this machine and its search path; steps may ask
   * for any amount of memory.
   *
   * @param stateDirectory is made if it does not exist
   * @throws dev.millrace.journal.StateInUseException if another process runs pipelines in it
   * @throws IOException if it cannot be read or written
   */
  public static Millrace open(Path stateDirectory) throws IOException {
    double processors = Runtime.getRuntime().availableProcessors();
    String path = System.getenv().getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin");
    Map<String, Double> resources = Map.of("cpus", processors, "memory", MEMORY);
    return open(new EngineConfig(stateDirectory, resources, path, Map.of(), false));
  }

  /**
   * Opens a state directory.
   *
   * @throws dev.millrace.journal.StateInUseException if another process runs pipelines in it
   * @throws IOException if it cannot be read or written
   */
  public static Millrace open(EngineConfig config) throws IOException {
    Path state = config.stateDirectory().toAbsolutePath().normalize();
    Map<String, ExecutorOffer> offers = new HashMap<>();
    List<TaskExecutor> executors = new ArrayList<>();
    List<TaskExecutorProvider> offered = new ArrayList<>();
    for (TaskExecutorProvider provider : ServiceLoader.load(TaskExecutorProvider.class)) {
      if (provider.isOffered()) {
        offered.add(provider);
        offers.put(provider.name(), provider);
        executors.add(provider.create(state));
      }
    }
    Engine.Parts parts =
        new Engine.Parts(
            executors, () -> offered.forEach(provider -> provider.endLeftovers(state)));
    return new Millrace(state, Engine.open(config, "an embedded engine", parts), offers);
  }

  /**
   * Runs a document, or goes on with an earlier run of the very same that was interrupted.
   *
   * @param document a file; its paths are read from its folder
   * @param params values of parameters by name
   * @param listener follows the run; called on the engine's thread, so it must be quick
   * @return the run, when it is durable; fails with a {@link DocumentException} if it cannot be run
   *     as it is, and with {@code RefusedContentException} if files that it names cannot be stored
   */
  public Future<EmbeddedRun> run(
      Path document, Map<String, JsonValue> params, RunListener listener) {
    return call(() -> new EmbeddedRun(begin(document.toAbsolutePath(), params, listener)));
  }

  private RunHandle begin(Path document, Map<String, JsonValue> params, RunListener listener)
      throws IOException {
    Path parent = document.getParent();
    Path folder = parent == null ? document : parent;
    Plan plan = plan(Files.readAllBytes(document), folder, params);
    FileHashMemory memory =
        new FileHashMemory(state.resolve("file-hashes"), InstantSource.system());
    LocalSource source = new LocalSource(engine.trees(), memory);
    Map<String, Artifact> sources = new HashMap<>();
    for (String path : plan.userPaths()) {
      sources.put(path, source.snapshot(folder.resolve(path), path));
    }
    memory.save();
    Submission submission =
        new Submission(
            plan.pipeline().source(),
            plan.params().members(),
            sources,
            Map.of(),
            false,
            0,
            state.relativize(folder).toString());
    return engine.run(
        plan,
        submission,
        path -> {
          var _ = source.snapshot(folder.resolve(path), path);
        },
        listener);
  }

  private Plan plan(byte[] document, Path folder, Map<String, JsonValue> params)
      throws IOException {
    return switch (PipelineParser.parse(document)) {
      case PipelineParser.Rejected(List<Problem> problems, _) ->
          throw new DocumentException(problems);
      case PipelineParser.Parsed(var pipeline) -> {
        PlanRequest request =
            new PlanRequest(
                pipeline, Map.of(), params, offers, path -> Files.exists(folder.resolve(path)));
        yield switch (Planner.plan(request)) {
          case Planned.Ok(Plan plan) -> plan;
          case Planned.Refused(List<Problem> problems) ->
              throw new DocumentException(Problems.locate(problems, JsonReader.decode(document)));
        };
      }
    };
  }

  /**
   * Copies an output to where it may be changed.
   *
   * @param target a file is replaced; a directory must not exist
   */
  public Future<Path> export(Artifact artifact, Path target) {
    return call(
        () -> {
          engine.trees().export(artifact, target);
          return target;
        });
  }

  /** Reads a file among the outputs into memory. */
  public Future<byte[]> read(Artifact file) {
    return call(() -> engine.store().read(file.digest()));
  }

  /** Returns the engine, for all that is not wrapped here. */
  public Engine engine() {
    return engine;
  }

  private <T> Future<T> call(Callable<T> call) {
    return Future.fromCompletionStage(
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return call.call();
              } catch (RuntimeException e) {
                throw e;
              } catch (Exception e) {
                throw new CompletionException(e);
              }
            },
            threads));
  }

  /** Stops. Runs that have not ended go on when their documents are run again. */
  @Override
  public void close() throws IOException {
    threads.shutdown();
    engine.close();
  }
}
