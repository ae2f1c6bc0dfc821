package dev.millrace.executors.docker;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** An engine that starts attempts in slots and waits to be killed. */
final class SlotDoomedEngine {

  private SlotDoomedEngine() {}

  /** Takes the directory of the test, the id of the image, and scripts. */
  public static void main(String[] args) throws InterruptedException {
    Path directory = Path.of(args[0]);
    SlotPoolExecutor executor =
        new SlotPoolExecutor(
            directory.resolve("state"),
            new OperatorPolicy(List.of(), Set.of()),
            Duration.ofSeconds(60));
    SlotFixture.Wish wish = SlotFixture.Wish.plain(args[1]);
    for (int i = 2; i < args.length; i++) {
      List<String> argv = List.of("sh", "-c", args[i]);
      var _ = executor.start(SlotFixture.request(directory, i, wish, argv), end -> {});
    }
    new CountDownLatch(1).await();
  }
}
