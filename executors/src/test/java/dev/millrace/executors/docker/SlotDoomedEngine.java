package dev.millrace.executors.docker;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** An engine that starts attempts in slots and waits to be killed. */
final class SlotDoomedEngine {

  private SlotDoomedEngine() {}

  /** Takes the directory of the test, the id of the image, and scripts. */
  public static void main(String[] args) throws InterruptedException {
    Path directory = Path.of(args[0]);
    DockerTaskExecutor executor = new DockerTaskExecutor(directory.resolve("state"), Map.of());
    SlotFixture.Wish wish = SlotFixture.Wish.plain(args[1]);
    for (int i = 2; i < args.length; i++) {
      List<String> argv = List.of("sh", "-c", args[i]);
      var _ = executor.start(SlotFixture.request(directory, i, wish, argv), end -> {});
    }
    new CountDownLatch(1).await();
  }
}
