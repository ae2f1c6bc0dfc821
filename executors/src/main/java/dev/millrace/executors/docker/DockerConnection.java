package dev.millrace.executors.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The connection to a Docker Engine, found as by Docker's own client: {@code DOCKER_HOST}, {@code
 * DOCKER_TLS_VERIFY}, {@code DOCKER_CERT_PATH}, {@code DOCKER_CONFIG}, {@code DOCKER_CONTEXT}.
 * Nothing is loaded or sent before it is needed. Safe for use by many threads; a thread that waits
 * for an answer can be interrupted.
 */
final class DockerConnection implements AutoCloseable {

  /** The oldest API that has all that is used here: Docker 20.10's. */
  private static final String API_VERSION = "1.41";

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  private final DockerClientConfig config;
  private final DockerClient client;
  private @Nullable Integer processors;

  /** Connects to the one that the environment names. */
  DockerConnection() {
    this(DefaultDockerClientConfig.createDefaultConfigBuilder());
  }

  /**
   * Connects to one.
   *
   * @param address such as {@code unix:///var/run/docker.sock}
   */
  DockerConnection(String address) {
    this(DefaultDockerClientConfig.createDefaultConfigBuilder().withDockerHost(address));
  }

  private DockerConnection(DefaultDockerClientConfig.Builder builder) {
    config = builder.withApiVersion(API_VERSION).build();
    client =
        DockerClientImpl.getInstance(
            config,
            new ZerodepDockerHttpClient.Builder()
                .dockerHost(config.getDockerHost())
                .sslConfig(config.getSSLConfig())
                .connectionTimeout(CONNECT_TIMEOUT)
                .build());
  }

  DockerClient client() {
    return client;
  }

  /** Returns where the Docker Engine is looked for, for people. */
  String address() {
    return config.getDockerHost().toString();
  }

  /** Returns how many processors its machine has: it refuses to give more. Asked once. */
  synchronized int processors() {
    Integer known = processors;
    if (known == null) {
      Integer told = client.infoCmd().exec().getNCPU();
      known = told == null ? Integer.MAX_VALUE : told;
      processors = known;
    }
    return known;
  }

  /** Returns why no container can be run there, in a sentence that says what to do. */
  Optional<String> unavailable() {
    try {
      client.pingCmd().exec();
      return Optional.empty();
    } catch (DockerException e) {
      return Optional.of(
          "the Docker Engine at %s cannot be used; version 20.10 or newer is needed. It says: %s"
              .formatted(address(), EngineAnswer.text(e)));
    } catch (RuntimeException e) {
      return Optional.of(EngineAnswer.silence(address(), e));
    }
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
