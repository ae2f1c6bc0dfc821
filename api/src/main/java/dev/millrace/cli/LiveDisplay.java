package dev.millrace.cli;

import dev.millrace.cli.Printer.Style;
import dev.millrace.run.Failure;
import dev.millrace.run.RunEvent;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;

/**
 * Two lines at the bottom of a terminal that are redrawn as the run goes on; failures are told
 * above them. The lines are written over, not erased first, so they do not flicker, and each fits
 * its line, so going up always finds their beginning. A run that ends at once is never drawn.
 */
final class LiveDisplay implements RunDisplay {
  private static final long FRAME_MILLIS = 100;
  private static final long FIRST_FRAME_MILLIS = 200;

  private final Printer printer;
  private final SummaryText summaryText;
  private final LiveLines lines;
  private final TerminalSize size;
  private final SequencedSet<String> running = new LinkedHashSet<>();
  private final Pace pace = new Pace(System.nanoTime());
  private long nextFrame = System.nanoTime() + FIRST_FRAME_MILLIS * 1_000_000;

  /** What the terminal shows now; empty if nothing. */
  private String drawn = "";

  private boolean cancelling;

  LiveDisplay(Session session, String where) {
    printer = session.printer();
    summaryText = new SummaryText(session, where);
    lines = new LiveLines(printer.terminal().unicode());
    size = new TerminalSize(session);
  }

  @Override
  public void begin(RunStart start) {
    summaryText.begin(start);
    pace.begin(start.finished());
    printer.flush();
  }

  @Override
  public long patienceMillis() {
    return FRAME_MILLIS;
  }

  @Override
  public void show(Progress progress, List<RunNews> news) {
    for (RunNews item : news) {
      take(item);
    }
    long now = System.nanoTime();
    if (now >= nextFrame) {
      nextFrame = now + FRAME_MILLIS * 1_000_000;
      pace.see(progress, now);
      draw(progress, now);
    }
    printer.flush();
  }

  private void take(RunNews news) {
    String task = news.name();
    switch (news.fact().event()) {
      case RunEvent.ApprovalRequested _ -> {
        erase();
        printer.line(Style.STRONG, task, " " + summaryText.waitsForApproval(task));
      }
      case RunEvent.TaskRejected rejected -> tell(task, rejected.failure(), "");
      case RunEvent.ResultDiffered differed -> {
        erase();
        printer.line(Style.STRONG, task, " " + TaskText.differs(differed));
      }
      case RunEvent.AttemptStarted _ -> running.addLast(task);
      case RunEvent.AttemptSucceeded _, RunEvent.AttemptCancelled _ -> running.remove(task);
      case RunEvent.AttemptFailed failed -> {
        running.remove(task);
        boolean again = failed.retryAtMillis() != null;
        tell(task, failed.failure(), again ? "; it will be tried again" : "");
      }
      case RunEvent.TaskFailed(_, var failure) -> tell(task, failure, "");
      case RunEvent.CancelRequested _ -> cancelling = true;
      case RunEvent.RunReopened _ -> cancelling = false;
      case RunEvent.RunAccepted _,
          RunEvent.StepExpanded _,
          RunEvent.ImagePinned _,
          RunEvent.TaskCached _,
          RunEvent.TaskQueued _,
          RunEvent.TaskApproved _,
          RunEvent.TaskReconsidered _,
          RunEvent.RetryDue _,
          RunEvent.TaskSkipped _,
          RunEvent.InputsLost _,
          RunEvent.RunFinished _ -> {}
    }
  }

  private void tell(String task, Failure failure, String more) {
    erase();
    printer.line(Style.BAD, task, " failed: " + failure.message() + more);
  }

  private void draw(Progress progress, long now) {
    int columns = size.columns() - 1;
    String first = lines.progress(progress, pace, now, columns);
    String second = lines.running(running, cancelling, columns);
    String frame = first + "\u001b[K\n" + second + "\u001b[K";
    if (!frame.equals(drawn)) {
      printer.raw((drawn.isEmpty() ? "" : "\r\u001b[1A") + frame);
      drawn = frame;
    }
  }

  /** Leaves nothing of the two lines. */
  private void erase() {
    if (!drawn.isEmpty()) {
      printer.raw("\r\u001b[1A\u001b[J");
      drawn = "";
    }
  }

  @Override
  public void trouble(String message) {
    erase();
    printer.problem(message);
  }

  @Override
  public void end() {
    erase();
    printer.flush();
  }

  @Override
  public void summary(RunSummary summary) {
    summaryText.end(summary);
  }
}
