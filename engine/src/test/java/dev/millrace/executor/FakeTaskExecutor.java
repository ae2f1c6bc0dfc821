package dev.millrace.executor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Runs nothing: attempts last until the test ends them. Ends are told from a thread of the fake's
 * own, in the order in which they were caused, as real executors may do.
 */
public final class FakeTaskExecutor implements TaskExecutor {
  private static final long CLOSE_SECONDS = 30;

  private final String name;
  private final Map<String, Fake> running = new LinkedHashMap<>();
  private final List<ExecutionRequest> started = new ArrayList<>();
  private final ExecutorService teller =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("fake-ends").factory());
  private boolean closed;

  /** Makes a fake with a name, as steps ask for it. */
  public FakeTaskExecutor(String name) {
    this.name = name;
  }

  private final class Fake implements Execution {
    private final String attemptId;
    private final ExecutionListener listener;

    Fake(String attemptId, ExecutionListener listener) {
      this.attemptId = attemptId;
      this.listener = listener;
    }

    @Override
    public void cancel() {
      finish(attemptId, this, new ExecutionOutcome.Cancelled(ResourceUsage.NONE));
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public synchronized Execution start(ExecutionRequest request, ExecutionListener listener) {
    if (closed) {
      Thread.ofPlatform()
          .start(() -> listener.ended(new ExecutionOutcome.Cancelled(ResourceUsage.NONE)));
      return () -> {};
    }
    Fake fake = new Fake(request.attemptId(), listener);
    if (running.putIfAbsent(request.attemptId(), fake) != null) {
      throw new IllegalStateException("attempt " + request.attemptId() + " runs already");
    }
    started.add(request);
    return fake;
  }

  /** Returns all requests so far, in the order of their start. */
  public synchronized List<ExecutionRequest> started() {
    return List.copyOf(started);
  }

  /** Returns the ids of the attempts that run, in the order of their start. */
  public synchronized List<String> running() {
    return List.copyOf(running.keySet());
  }

  /**
   * Ends a running attempt.
   *
   * @throws IllegalStateException when it does not run
   */
  public void end(String attemptId, ExecutionOutcome outcome) {
    Fake fake;
    synchronized (this) {
      fake = running.get(attemptId);
    }
    if (fake == null || !finish(attemptId, fake, outcome)) {
      throw new IllegalStateException("attempt " + attemptId + " does not run");
    }
  }

  private synchronized boolean finish(String attemptId, Fake fake, ExecutionOutcome outcome) {
    if (!running.remove(attemptId, fake)) {
      return false;
    }
    teller.execute(() -> fake.listener.ended(outcome));
    return true;
  }

  @Override
  public void close() {
    List<Fake> left;
    synchronized (this) {
      closed = true;
      left = List.copyOf(running.values());
    }
    left.forEach(Fake::cancel);
    teller.shutdown();
    try {
      if (!teller.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("a listener does not return");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
