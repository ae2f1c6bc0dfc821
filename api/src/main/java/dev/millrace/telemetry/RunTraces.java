package dev.millrace.telemetry;

import dev.millrace.run.Failure;
import dev.millrace.run.RunEvent;
import dev.millrace.run.RunStatus;
import dev.millrace.runtime.CommittedFact;
import dev.millrace.runtime.EngineObserver;
import dev.millrace.runtime.RunView;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tells runs as traces: a run is a span, and so is each of its attempts below it. A task whose
 * result came from the cache is a span without length, up to a number of them.
 *
 * <p>Spans are made of facts that are durable, with the facts' times. A run's own span is sent when
 * it ends. An attempt that a dead process had begun is sent as one that was lost, by the next.
 */
final class RunTraces implements EngineObserver {
  /** The label in which a submission keeps the span that caused it, as W3C writes it. */
  static final String PARENT_LABEL = "traceparent";

  /** A run may have a million tasks that come from the cache. */
  private static final int MOST_CACHED = 500;

  private static final TextMapGetter<Map<String, String>> LABELS =
      new TextMapGetter<>() {
        @Override
        @SuppressWarnings("deprecation") // it has no default yet
        public Iterable<String> keys(Map<String, String> labels) {
          return labels.keySet();
        }

        @Override
        public @Nullable String get(@Nullable Map<String, String> labels, String name) {
          return labels == null ? null : labels.get(name);
        }
      };

  private final Tracer tracer;
  private final SpanIds ids;
  private final Map<String, Traced> traced = new HashMap<>();

  /** A run, and since when its tasks wait and its attempts run. */
  private static final class Traced {
    private final Taken run;
    private final Map<Integer, Long> queued = new HashMap<>();
    private final Map<Integer, Started> started = new HashMap<>();
    private @Nullable Span root;
    private int cached;

    Traced(Taken run) {
      this.run = run;
    }
  }

  private record Started(long atMillis, long queuedMillis, String worker) {}

  RunTraces(Tracing tracing) {
    tracer = tracing.tracer();
    ids = tracing.ids();
  }

  @Override
  public void taken(Taken run) {
    traced.put(run.run(), new Traced(run));
  }

  @Override
  public void left(String run) {
    traced.remove(run);
  }

  @Override
  public void committed(RunView run, List<CommittedFact> facts) {
    Traced known = traced.get(run.id());
    if (known != null) {
      facts.forEach(fact -> trace(run, known, fact));
    }
  }

  private void trace(RunView run, Traced known, CommittedFact fact) {
    long at = fact.atMillis();
    if (known.root == null) {
      known.root = root(run, known.run, fact);
    }
    Span root = known.root;
    switch (fact.event()) {
      case RunEvent.TaskQueued(int task, _, _) -> known.queued.put(task, at);
      case RunEvent.TaskReconsidered(int task) -> known.queued.remove(task);
      case RunEvent.AttemptStarted(int task, _, var worker) -> {
        Long queued = known.queued.remove(task);
        known.started.put(task, new Started(at, queued == null ? at : queued, worker));
      }
      case RunEvent.AttemptSucceeded(int task, int attempt, _) ->
          attempt(run, known, task, attempt, at).end(at, TimeUnit.MILLISECONDS);
      case RunEvent.AttemptFailed(int task, int attempt, var failure, _) ->
          failed(attempt(run, known, task, attempt, at), failure, at);
      case RunEvent.AttemptCancelled(int task, int attempt) ->
          attempt(run, known, task, attempt, at)
              .setAttribute("millrace.cancelled", true)
              .end(at, TimeUnit.MILLISECONDS);
      case RunEvent.TaskFailed(int task, var failure) ->
          failed(task(run, root, task, at).startSpan(), failure, at);
      case RunEvent.TaskCached(int task, _, var result, _) -> {
        known.cached++;
        if (known.cached <= MOST_CACHED) {
          task(run, root, task, at)
              .setAttribute("millrace.cached", true)
              .setAttribute("millrace.cached.run", result.producer().run())
              .startSpan()
              .end(at, TimeUnit.MILLISECONDS);
        }
      }
      case RunEvent.RunFinished(var status) -> {
        finish(run, root, status, at);
        known.root = null;
      }
      default -> {}
    }
  }

  /** Begins the span of a run; one that is taken up again has a span below its first one. */
  private Span root(RunView run, Taken taken, CommittedFact first) {
    Context parent =
        W3CTraceContextPropagator.getInstance().extract(Context.root(), taken.labels(), LABELS);
    if (first.event() instanceof RunEvent.RunReopened(var by)) {
      SpanContext caller = Span.fromContext(parent).getSpanContext();
      SpanContext before =
          SpanContext.createFromRemoteParent(
              caller.isValid() ? caller.getTraceId() : SpanIds.trace(run.id()),
              SpanIds.root(run.id()),
              caller.isValid() ? caller.getTraceFlags() : TraceFlags.getSampled(),
              TraceState.getDefault());
      return runSpan(run, Context.root().with(Span.wrap(before)), first.atMillis())
          .setAttribute("millrace.retried.by", by)
          .startSpan();
    }
    SpanBuilder builder = runSpan(run, parent, taken.acceptedMillis());
    return ids.ofRun(run.id(), builder::startSpan);
  }

  private SpanBuilder runSpan(RunView run, Context parent, long atMillis) {
    String pipeline = run.plan().pipeline().name();
    return tracer
        .spanBuilder("run " + pipeline)
        .setParent(parent)
        .setStartTimestamp(atMillis, TimeUnit.MILLISECONDS)
        .setAttribute("millrace.run", run.id())
        .setAttribute("millrace.pipeline", pipeline);
  }

  private static void finish(RunView run, Span root, RunStatus status, long at) {
    root.setAttribute("millrace.status", status.label());
    root.setAttribute("millrace.tasks", run.tasks());
    root.setAttribute("millrace.tasks.cached", run.cached());
    root.setStatus(
        switch (status) {
          case SUCCEEDED -> StatusCode.OK;
          case FAILED -> StatusCode.ERROR;
          case CANCELLED, RUNNING -> StatusCode.UNSET;
        });
    root.end(at, TimeUnit.MILLISECONDS);
  }

  private Span attempt(RunView run, Traced known, int task, int attempt, long now) {
    Started started = known.started.remove(task);
    Span root = known.root == null ? Span.getInvalid() : known.root;
    SpanBuilder span = task(run, root, task, started == null ? now : started.atMillis);
    span.setAttribute("millrace.attempt", attempt);
    span.setAttribute("millrace.executor", run.plan().step(run.stepOf(task)).step().executor());
    if (started != null) {
      span.setAttribute("millrace.worker", started.worker);
      span.setAttribute("millrace.queued.seconds", (started.atMillis - started.queuedMillis) / 1e3);
    }
    return span.startSpan();
  }

  private SpanBuilder task(RunView run, Span root, int task, long atMillis) {
    String step = run.plan().step(run.stepOf(task)).step().id();
    return tracer
        .spanBuilder(step)
        .setParent(Context.root().with(root))
        .setStartTimestamp(atMillis, TimeUnit.MILLISECONDS)
        .setAttribute("millrace.run", run.id())
        .setAttribute("millrace.step", step)
        .setAttribute("millrace.task", run.taskName(task));
  }

  private static void failed(Span span, Failure failure, long at) {
    span.setAttribute("millrace.failure", failure.kind().label());
    if (failure.exitCode() >= 0) {
      span.setAttribute("millrace.exit.code", failure.exitCode());
    }
    span.setStatus(StatusCode.ERROR, failure.message()).end(at, TimeUnit.MILLISECONDS);
  }
}
