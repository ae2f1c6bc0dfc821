package dev.millrace.executors.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.transport.DockerHttpClient;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The Docker Engine that containers run in, and the name by which an engine of ours knows its own
 * there. Found as by Docker's own client: {@code DOCKER_HOST}, {@code DOCKER_TLS_VERIFY}, {@code
 * DOCKER_CERT_PATH}, {@code DOCKER_CONFIG}, {@code DOCKER_CONTEXT}. Nothing is sent before it is
 * needed. Safe for use by many threads; a thread that waits for an answer can be interrupted.
 */
final class DockerEngine implements AutoCloseable {

  /** The oldest API that has all that is used here: Docker 20.10's. */
  static final String API_VERSION = "1.41";

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  private final EngineState state;
  private final DockerClientConfig config;
  private final DockerHttpClient http;
  private final DockerClient client;
  private @Nullable Integer processors;

  /**
   * Prepares a connection.
   *
   * @param stateDirectory the engine's, which exists
   */
  DockerEngine(Path stateDirectory) {
    state = new EngineState(stateDirectory);
    config =
        DefaultDockerClientConfig.createDefaultConfigBuilder().withApiVersion(API_VERSION).build();
    http =
        new ZerodepDockerHttpClient.Builder()
            .dockerHost(config.getDockerHost())
            .sslConfig(config.getSSLConfig())
            .connectionTimeout(CONNECT_TIMEOUT)
            .build();
    client = DockerClientImpl.getInstance(config, http);
  }

  DockerClient client() {
    return client;
  }

  /** Returns the connection itself, for answers that are streams of bytes. */
  DockerHttpClient http() {
    return http;
  }

  /** Returns what the state directory says about containers. */
  EngineState state() {
    return state;
  }

  /** Returns where the engine is looked for, for people. */
  String address() {
    return config.getDockerHost().toString();
  }

  /**
   * Returns how many processors the Docker Engine's machine has: it refuses to give more. Asked
   * once.
   */
  synchronized int processors() {
    Integer known = processors;
    if (known == null) {
      Integer told = client.infoCmd().exec().getNCPU();
      known = told == null ? Integer.MAX_VALUE : told;
      processors = known;
    }
    return known;
  }

  @Override
  public void close() {
    try {
      client.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close the connection to " + address(), e);
    }
  }
}
