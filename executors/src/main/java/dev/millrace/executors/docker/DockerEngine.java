package dev.millrace.executors.docker;

import com.github.dockerjava.api.DockerClient;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The Docker Engine that an executor's containers run in, with what the state directory says about
 * them. Connected when first needed. Safe for use by many threads.
 */
final class DockerEngine implements AutoCloseable {
  private final EngineState state;
  private final Supplier<DockerConnection> connecting;
  private @Nullable DockerConnection connection;

  /**
   * Prepares it.
   *
   * @param stateDirectory the engine's, which may not exist yet
   */
  DockerEngine(Path stateDirectory) {
    this(new EngineState(stateDirectory), DockerConnection::new);
  }

  DockerEngine(EngineState state, Supplier<DockerConnection> connecting) {
    this.state = state;
    this.connecting = connecting;
  }

  /** Returns the connection. */
  synchronized DockerConnection connection() {
    DockerConnection made = connection;
    if (made == null) {
      made = connecting.get();
      connection = made;
    }
    return made;
  }

  /** Returns the client of the connection. */
  DockerClient client() {
    return connection().client();
  }

  /** Returns what the state directory says about containers. */
  EngineState state() {
    return state;
  }

  /** Returns how many processors the Docker Engine's machine has: it refuses to give more. */
  int processors() {
    return connection().processors();
  }

  @Override
  public synchronized void close() {
    if (connection != null) {
      connection.close();
      connection = null;
    }
  }
}
