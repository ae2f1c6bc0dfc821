package dev.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The images of {@code docker/} are built, and do what they are for. */
class ImagesTest {

  private static final String BASE = "debian:bookworm-slim";

  /** Of this test alone, so that images which are in use keep their names. */
  private static final String TAG = "test-" + UUID.randomUUID();

  private static final String ENGINE = "millrace/engine:" + TAG;
  private static final String WORKER = "millrace/worker:" + TAG;
  private static final String ML_PYTHON = "millrace/ml-python:bookworm";
  private static final Path ROOT = Path.of("..");
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Each verb that needs no server, so that a class which the runtime lacks is found out. */
  private static final String EVERY_VERB =
      """
      set -eux
      ends() {
        wanted=$1
        shift
        code=0
        millrace "$@" || code=$?
        [ "$code" -eq "$wanted" ]
      }
      cat > one.json <<'END'
      {"version": 1, "name": "one", "steps": {
        "tell": {"script": "echo '{\\"n\\": 1}' > n.json; echo told", "outputs": {"n": {"path": "n.json", "kind": "metrics"}}},
        "fail": {"needs": ["tell"], "script": "exit 1"}}}
      END
      ends 0 --version
      ends 0 validate one.json
      ends 0 graph one.json
      ends 1 run one.json
      ends 1 retry latest
      ends 0 runs
      ends 0 show
      ends 0 explain
      ends 0 logs latest tell
      ends 0 compare
      ends 1 watch
      ends 0 lineage "sha256:$(echo '{"n": 1}' | sha256sum | cut -c 1-64)"
      ends 2 cancel latest
      ends 2 approve latest tell
      ends 2 submit one.json
      ends 0 cache stats
      ends 0 cache gc
      ends 0 cache verify
      ends 0 token create tester --role viewer
      ends 0 token list
      ends 0 token revoke tester
      ends 0 completion
      ends 0 help
      """;

  private static final String ASK_SERVER =
      """
      set -eu
      cat > local.json <<'END'
      {"version": 1, "name": "local", "steps": {
        "greet": {"script": "echo \\"hello from $(id -un)\\" > text", "outputs": {"text": "text"}}},
        "outputs": {"text": {"from": "greet.text"}}}
      END
      export MILLRACE_SERVER=http://127.0.0.1:8181
      millrace run local.json --out out >&2
      cat out/*
      """;

  @BeforeAll
  static void build() throws IOException, InterruptedException {
    DockerCommand.assumeImage(BASE, "docker/base");
    assumeTrue(
        Files.exists(ROOT.resolve("api/target/class-path")),
        "there is no distribution in api/target, which `mvn package` makes");
    DockerCommand.Ended ended =
        DockerCommand.Ended.of(
            List.of(ROOT.resolve("docker/build").toString(), "--built"),
            Map.of(
                "MILLRACE_IMAGE_TAG", TAG, "MILLRACE_JAVA_HOME", System.getProperty("java.home")));
    assertEquals(0, ended.exitCode(), ended::output);
  }

  @AfterAll
  static void remove() throws IOException, InterruptedException {
    DockerCommand.Ended.of(List.of("docker", "image", "rm", "--force", WORKER, ENGINE), Map.of());
  }

  @Test
  void everyVerbStarts() throws IOException, InterruptedException {
    DockerCommand.run("run", "--rm", "--entrypoint", "sh", ENGINE, "-c", EVERY_VERB);
  }

  @Test
  void aServerIsHealthyRunsLocalStepsAndStopsWhenTold() throws IOException, InterruptedException {
    String container =
        DockerCommand.run(
            "run",
            "--detach",
            "--health-interval=1s",
            "--read-only",
            "--tmpfs=/tmp",
            "--cap-drop=ALL",
            "--security-opt=no-new-privileges",
            ENGINE,
            "server",
            "--allow-local");
    try {
      awaitHealth(container, "healthy");
      String greeting = DockerCommand.run("exec", container, "sh", "-c", ASK_SERVER);
      assertEquals("hello from millrace", greeting);

      DockerCommand.run("stop", "-t", "30", container);
      assertEquals("0", inspect(container, "{{.State.ExitCode}}"));
    } finally {
      DockerCommand.run("rm", "--force", "--volumes", container);
    }
  }

  @Test
  void aServerIsNotReachableFromOutsideWithoutTokens() throws IOException, InterruptedException {
    DockerCommand.Ended ended =
        DockerCommand.Ended.of(List.of("docker", "run", "--rm", ENGINE), Map.of());
    assertEquals(2, ended.exitCode(), ended::output);
    assertTrue(ended.output().contains("token create"), ended::output);
  }

  @Test
  void theWorkerHasWhatLocalStepsUse() throws IOException, InterruptedException {
    String container = DockerCommand.run("run", "--detach", WORKER, "server", "--allow-local");
    try {
      DockerCommand.run(
          "exec",
          container,
          "sh",
          "-c",
          "python3 -c 'import ensurepip, venv' && git --version && curl --version && jq --version");
    } finally {
      DockerCommand.run("rm", "--force", "--volumes", container);
    }
  }

  @Test
  void thePythonImageTrainsForAnyUserWithoutNetworkOrWritableRoot()
      throws IOException, InterruptedException {
    String score =
        DockerCommand.run(
            "run",
            "--rm",
            "--network=none",
            "--read-only",
            "--user=4321:4321",
            "--cap-drop=ALL",
            ML_PYTHON,
            "python3",
            "-c",
            """
            import pandas
            from sklearn.datasets import load_wine
            from sklearn.ensemble import RandomForestClassifier
            wine = load_wine(as_frame=True)
            assert isinstance(wine.frame, pandas.DataFrame)
            print(RandomForestClassifier(random_state=0).fit(wine.data, wine.target).score(wine.data, wine.target))
            """);
    assertEquals("1.0", score);
  }

  private static void awaitHealth(String container, String wanted)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    String health = inspect(container, "{{.State.Health.Status}}");
    while (!health.equals(wanted)) {
      assertEquals("running", inspect(container, "{{.State.Status}}"), () -> logs(container));
      assertTrue(System.nanoTime() < deadline, health + " after " + PATIENCE);
      health = inspect(container, "{{.State.Health.Status}}");
    }
  }

  private static String inspect(String container, String format)
      throws IOException, InterruptedException {
    return DockerCommand.run("inspect", "--format", format, container);
  }

  private static String logs(String container) {
    try {
      return DockerCommand.run("logs", container);
    } catch (IOException e) {
      return e.toString();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return e.toString();
    }
  }
}
