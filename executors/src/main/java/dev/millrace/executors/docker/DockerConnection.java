package dev.millrace.executors.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
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

  private final DockerClientConfig config =
      DefaultDockerClientConfig.createDefaultConfigBuilder().withApiVersion(API_VERSION).build();
  private final DockerClient client =
      DockerClientImpl.getInstance(
          config,
          new ZerodepDockerHttpClient.Builder()
              .dockerHost(config.getDockerHost())
              .sslConfig(config.getSSLConfig())
              .connectionTimeout(CONNECT_TIMEOUT)
              .build());
  private @Nullable Integer processors;

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

  @Override
  public void close() {
    try {
      client.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close the connection to " + address(), e);
    }
  }
}
