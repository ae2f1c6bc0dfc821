package dev.millrace.executors.process;

import dev.millrace.executor.ExecutionRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** An engine that starts attempts with all kinds of processes and waits to be killed. */
final class DoomedEngine {

  private DoomedEngine() {}

  /** Takes the state directory, the folder for sandboxes, and the argument of every process. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path sandboxes = Path.of(args[1]);
    String lasting = "sleep " + args[2];
    List<String> scripts =
        List.of(
            lasting,
            lasting + " & " + lasting + " & wait",
            "env -i " + lasting + "; true",
            "trap '' TERM INT HUP; " + lasting + " & wait",
            "setsid " + lasting + " & (setsid sh -c '(cd /; " + lasting + " &)' &); sleep 1000");
    ProcessTaskExecutor executor = new ProcessTaskExecutor(Path.of(args[0]));
    for (int i = 0; i < scripts.size(); i++) {
      Path sandbox = Files.createDirectories(sandboxes.resolve("sandbox-" + i));
      var _ =
          executor.start(
              new ExecutionRequest(
                  "run/0/" + i,
                  List.of("sh", "-c", scripts.get(i)),
                  Map.of("PATH", "/usr/bin:/bin"),
                  sandbox,
                  sandboxes.resolve("out-" + i),
                  sandboxes.resolve("err-" + i),
                  null,
                  null,
                  Map.of()),
              outcome -> {});
    }
    new CountDownLatch(1).await();
  }
}
