package dev.millrace.cli;

import dev.millrace.http.MillraceServer;
import dev.millrace.telemetry.Log;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A server's process, from its start to its end: by a signal, the second of which ends it at once,
 * or because the engine broke. Whatever happens, it does not take long to end.
 */
final class ServerLife {
  /** Supervisors kill what takes longer than half a minute. */
  private static final long LONGEST_STOP_SECONDS = 25;

  private final Printer printer;
  private final Log log = Log.of("server");
  private final CountDownLatch stop = new CountDownLatch(1);
  private volatile boolean broken;
  private volatile boolean ended;

  ServerLife(Printer printer) {
    this.printer = printer;
  }

  /** Tells of something that went wrong while the server works. */
  void warn(String what) {
    log.warning(what, Map.of());
  }

  /**
   * Serves until something ends it.
   *
   * @param base the server's address, without its port
   * @return the exit code
   */
  int serve(MillraceServer.Config config, String base) throws IOException {
    try (Interrupts _ = new Interrupts(new ProcessSignals(), this::interrupted, () -> {});
        MillraceServer server = MillraceServer.start(config)) {
      var _ = server.broken().thenAccept(_ -> engineBroke());
      String address = base + ":" + server.port();
      tellStart(config, server, address);
      stop.await();
      tellStop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    ended = true;
    log.info("stopped", Map.of());
    return broken ? ExitCode.CANNOT_WORK : ExitCode.OK;
  }

  private void tellStart(MillraceServer.Config config, MillraceServer server, String address) {
    printer.line("listening on " + address);
    if (server.busPort() >= 0) {
      printer.line("the event bus on port " + server.busPort());
    }
    if (server.resumed() > 0) {
      printer.line(Amounts.count(server.resumed(), "run goes on", "runs go on"));
    }
    printer.flush();
    Map<String, Object> fields = new TreeMap<>();
    fields.put("address", address);
    fields.put("version", Version.text());
    fields.put("state", config.engine().stateDirectory());
    fields.put("resumed", server.resumed());
    log.info("started", fields);
  }

  private void tellStop() {
    if (broken) {
      log.error(
          "the server ends because its engine broke; start it again, and runs go on",
          Map.of("exit", ExitCode.CANNOT_WORK),
          null);
    } else {
      printer.line("stopping; runs that have not ended go on at the next start");
      printer.flush();
      log.info("stopping", Map.of());
    }
  }

  private void interrupted(boolean again) {
    if (again) {
      Runtime.getRuntime().halt(ExitCode.CANCELLED);
    }
    endSoon();
    stop.countDown();
  }

  private void engineBroke() {
    broken = true;
    endSoon();
    stop.countDown();
  }

  /** What is asked to end may be stuck. The guards of running steps kill them in that case, too. */
  private void endSoon() {
    Thread.ofPlatform()
        .daemon()
        .name("millrace-last-resort")
        .start(
            () -> {
              long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_STOP_SECONDS);
              while (System.nanoTime() < deadline) {
                LockSupport.parkNanos(deadline - System.nanoTime());
              }
              if (!ended) {
                Runtime.getRuntime().halt(ExitCode.CANNOT_WORK);
              }
            });
  }
}
