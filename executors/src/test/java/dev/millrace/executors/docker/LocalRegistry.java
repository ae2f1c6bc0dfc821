package dev.millrace.executors.docker;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.PushResponseItem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A registry on this machine: Debian's {@code docker-registry}. Its images lie in a directory. */
final class LocalRegistry implements AutoCloseable {
  static final String PROGRAM = "docker-registry";

  /** The user {@code user} with the password {@code password}. */
  private static final String USERS =
      "user:$2b$05$abcdefghijklmnopqrstuuWG29KuyeAicPCJODk1zjyGvyQUU2awu\n";

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Path directory;
  private final int port;
  private Process process;

  /**
   * Starts one.
   *
   * @param directory a new one
   * @param withLogin whether it only answers to its one user
   */
  LocalRegistry(Path directory, boolean withLogin) throws IOException, InterruptedException {
    this.directory = directory;
    port = freePort();
    String login = "";
    if (withLogin) {
      Path users = Files.writeString(directory.resolve("users"), USERS);
      login = "auth: {htpasswd: {realm: test, path: %s}}%n".formatted(users);
    }
    Files.writeString(
        directory.resolve("config.yml"),
        """
        version: 0.1
        log: {level: error, accesslog: {disabled: true}}
        storage: {filesystem: {rootdirectory: %s}}
        http: {addr: "127.0.0.1:%d"}
        %s\
        """
            .formatted(directory.resolve("images"), port, login));
    process = start();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private Process start() throws IOException, InterruptedException {
    Process started =
        new ProcessBuilder(PROGRAM, "serve", directory.resolve("config.yml").toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
    Deadline deadline = Deadline.in(PATIENCE);
    while (!answers()) {
      if (!started.isAlive() || !deadline.awaitNext()) {
        started.destroyForcibly();
        throw new IOException("no registry: " + Files.readString(directory.resolve("log")));
      }
    }
    return started;
  }

  private boolean answers() {
    try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Starts it again. */
  void restart() throws IOException, InterruptedException {
    process = start();
  }

  /** Returns its address, as names of images begin. */
  String address() {
    return "localhost:" + port;
  }

  /**
   * Puts an image of this machine into the registry, and takes that name away from it here.
   *
   * @param docker logged in, if that is necessary
   * @param name within the registry, with a tag
   * @return its name here
   */
  String push(DockerConnection docker, TestImage image, String name) throws InterruptedException {
    String whole = address() + "/" + name;
    int colon = whole.lastIndexOf(':');
    docker
        .client()
        .tagImageCmd(image.id(), whole.substring(0, colon), whole.substring(colon + 1))
        .exec();
    docker
        .client()
        .pushImageCmd(whole)
        .exec(new ResultCallback.Adapter<PushResponseItem>())
        .awaitCompletion();
    forget(docker, whole);
    return whole;
  }

  /** Takes a name away from an image of this machine. */
  static void forget(DockerConnection docker, String name) {
    docker.client().removeImageCmd(name).exec();
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
