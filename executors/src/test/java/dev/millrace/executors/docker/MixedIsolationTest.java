package dev.millrace.executors.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.millrace.executor.ContainerRequest;
import dev.millrace.executor.ExecutionRequest;
import dev.millrace.pipeline.ContainerSpec;
import dev.millrace.pipeline.ContainerSpec.Isolation;
import dev.millrace.pipeline.ContainerSpec.Pull;
import dev.millrace.pipeline.ContainerSpec.User;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The executor as it is used: what can be in a slot is, and the rest is not. */
@RequiresDocker
@Timeout(120)
class MixedIsolationTest extends ContainerFixture {
  private static final String NAMESPACE = "readlink /proc/self/ns/mnt";

  @Override
  protected ContainerRequest container() {
    return of(Isolation.SLOT, User.CALLER);
  }

  private static ContainerRequest of(Isolation isolation, User user) {
    return new ContainerRequest(
        TestImage.SHARED.name(),
        TestImage.SHARED.id(),
        new ContainerSpec(isolation, Pull.NEVER, "none", null, user, List.of()));
  }

  private String namespaceOf(ExecutionRequest request) {
    Started started = start(request);
    assertEquals(0, exited(started.await()).exitCode(), () -> stderr(started));
    return stdout(started);
  }

  @Test
  void stepsShareAContainerUnlessTheyAskForTheirOwn() {
    String first = namespaceOf(request(NAMESPACE));
    assertEquals(first, namespaceOf(request(NAMESPACE)));
    ContainerRequest own = of(Isolation.CONTAINER, User.CALLER);
    assertNotEquals(first, namespaceOf(in(own, request(NAMESPACE))));
    ContainerRequest copied = of(Isolation.SLOT, User.IMAGE);
    assertNotEquals(first, namespaceOf(in(copied, request(NAMESPACE))));
    assertEquals(first, namespaceOf(request(NAMESPACE)));
  }

  @Test
  void whatAShellCannotBeToldRunsInAContainerOfItsOwn() {
    Map<String, String> odd = Map.of("PATH", "/usr/bin:/bin", "É-x.y", "value");
    Started started = start(request(List.of("env"), odd, null));
    assertEquals(0, exited(started.await()).exitCode());
    assertEquals(
        1, List.of(stdout(started).split("\n", -1)).stream().filter("É-x.y=value"::equals).count());
  }
}
