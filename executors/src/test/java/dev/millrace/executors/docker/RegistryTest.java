package dev.millrace.executors.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.dockerjava.api.exception.NotFoundException;
import dev.millrace.executor.ImagePin;
import dev.millrace.pipeline.ContainerSpec.Pull;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Images that are pulled, from a real registry. */
@RequiresDocker
@EnabledIf(
    value = "isInstalled",
    disabledReason = "there is no docker-registry (Debian's package of that name)")
class RegistryTest {
  /** Where Docker's clients look for logins; the client library takes it as a property as well. */
  private static final String LOGINS = "DOCKER_CONFIG";

  private static final List<String> PATHS = List.of("/usr/bin", "/usr/local/bin");

  @TempDir private Path directory;
  private final List<String> told = Collections.synchronizedList(new ArrayList<>());
  private final List<String> names = new ArrayList<>();
  private @Nullable LocalRegistry registry;

  static boolean isInstalled() {
    return PATHS.stream()
        .anyMatch(path -> Files.isExecutable(Path.of(path, LocalRegistry.PROGRAM)));
  }

  private LocalRegistry registry(boolean withLogin) throws IOException, InterruptedException {
    LocalRegistry started =
        new LocalRegistry(Files.createDirectory(directory.resolve("registry")), withLogin);
    registry = started;
    return started;
  }

  private ImagePin pin(String image, Pull pull) {
    try (DockerEngine engine = new DockerEngine(directory.resolve("state"))) {
      return new EngineImages(engine).pin(image, pull, told::add);
    }
  }

  private String push(LocalRegistry to, TestImage image, String name) throws InterruptedException {
    try (DockerConnection docker = new DockerConnection()) {
      String whole = to.push(docker, image, name);
      names.add(whole);
      return whole;
    }
  }

  @AfterEach
  void nothingIsLeft() {
    System.clearProperty(LOGINS);
    if (registry != null) {
      registry.close();
    }
    try (DockerConnection docker = new DockerConnection()) {
      for (String name : names) {
        try {
          LocalRegistry.forget(docker, name);
        } catch (NotFoundException e) {
          // It was not pulled.
        }
      }
    }
  }

  @Test
  void whatIsMissingIsPulledOnceForAllWhoWait() throws Exception {
    TestImage image = TestImage.another();
    String name = push(registry(false), image, "one:1");
    CompletableFuture<ImagePin> other =
        CompletableFuture.supplyAsync(() -> pin(name, Pull.MISSING));
    assertEquals(new ImagePin.Pinned(image.id()), pin(name, Pull.MISSING));
    assertEquals(new ImagePin.Pinned(image.id()), other.join());
    assertEquals(List.of("pulling image " + name), told);
    assertEquals(new ImagePin.Pinned(image.id()), pin(name, Pull.NEVER));
  }

  @Test
  void aTagThatHasMovedIsSeenByWhoAlwaysPulls() throws Exception {
    LocalRegistry registry = registry(false);
    TestImage first = TestImage.another();
    TestImage second = TestImage.another();
    String name = push(registry, first, "moving:1");
    assertEquals(new ImagePin.Pinned(first.id()), pin(name, Pull.MISSING));
    push(registry, second, "moving:1");
    assertEquals(new ImagePin.Pinned(second.id()), pin(name, Pull.ALWAYS));
    assertEquals(new ImagePin.Pinned(second.id()), pin(name, Pull.MISSING));
  }

  @Test
  void aNameWithoutTagIsTheLatest() throws Exception {
    LocalRegistry registry = registry(false);
    TestImage latest = TestImage.another();
    push(registry, TestImage.another(), "tags:1");
    push(registry, latest, "tags:latest");
    assertEquals(new ImagePin.Pinned(latest.id()), pin(registry.address() + "/tags", Pull.MISSING));
    assertInstanceOf(ImagePin.Refused.class, pin(registry.address() + "/tags:1", Pull.NEVER));
  }

  @Test
  void whatTheRegistryHasNotIsRefused() throws Exception {
    LocalRegistry registry = registry(false);
    push(registry, TestImage.another(), "there:1");
    for (String name : List.of("there:2", "not-there:1")) {
      ImagePin pin = pin(registry.address() + "/" + name, Pull.MISSING);
      String message = assertInstanceOf(ImagePin.Refused.class, pin).message();
      assertTrue(message.contains(name) && message.contains("does not exist"), message);
    }
  }

  @Test
  void aRegistryThatDoesNotAnswerIsAskedAgain() throws Exception {
    LocalRegistry registry = registry(false);
    TestImage image = TestImage.another();
    String name = push(registry, image, "later:1");
    registry.close();
    ImagePin pin = pin(name, Pull.MISSING);
    String message = assertInstanceOf(ImagePin.Unavailable.class, pin).message();
    assertTrue(message.contains("cannot be pulled now"), message);
    registry.restart();
    assertEquals(new ImagePin.Pinned(image.id()), pin(name, Pull.MISSING));
  }

  @Test
  void whoIsNotLoggedInIsTold() throws Exception {
    LocalRegistry registry = registry(true);
    logIn(registry, "user:password");
    TestImage image = TestImage.another();
    String name = push(registry, image, "guarded:1");
    logIn(registry, "user:wrong");
    assertIsToLogIn(pin(name, Pull.MISSING));
    System.setProperty(LOGINS, directory.toString());
    assertIsToLogIn(pin(name, Pull.MISSING));
    logIn(registry, "user:password");
    assertEquals(new ImagePin.Pinned(image.id()), pin(name, Pull.MISSING));
  }

  private void logIn(LocalRegistry to, String user) throws IOException {
    Path logins = Files.createDirectories(directory.resolve("logins"));
    String login = Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
    Files.writeString(
        logins.resolve("config.json"),
        "{\"auths\": {\"%s\": {\"auth\": \"%s\"}}}".formatted(to.address(), login));
    System.setProperty(LOGINS, logins.toString());
  }

  private static void assertIsToLogIn(ImagePin pin) {
    String message = assertInstanceOf(ImagePin.Refused.class, pin, pin.toString()).message();
    assertTrue(message.contains("docker login"), message);
  }
}
