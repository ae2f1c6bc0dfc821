package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A command that follows a run, and what may happen to either end of its connection. */
class RemoteRunKillTest {
  @TempDir private Path folder;

  private static String output(MillraceProcess process) {
    try {
      return process.output();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private MillraceProcess server(int port) throws IOException {
    MillraceProcess process =
        MillraceProcess.start(
            folder, "server", "--allow-local", "--state", "state", "--port", "" + port);
    MillraceProcess.await("it listens", () -> output(process).contains("listening on"));
    return process;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Test
  void itGoesOnWhenTheServerWasKilledAndIsBack() throws Exception {
    int port = freePort();
    Files.writeString(
        folder.resolve("p.json"),
        """
        {"version": 1, "name": "k", "steps": {
          "before": {"script": "echo b > b.txt", "outputs": {"b": "b.txt"}},
          "wait": {"needs": ["before"], "script": "while ! test -e %s; do sleep 0.05; done"},
          "after": {"needs": ["wait"], "script": "true"}},
         "outputs": {"b": {"from": "before.b"}}}\
        """
            .formatted(folder.resolve("go")));
    MillraceProcess run;
    try (MillraceProcess first = server(port)) {
      run =
          MillraceProcess.start(
              folder, "run", "p.json", "--server", "http://127.0.0.1:" + port, "--out", "o");
      MillraceProcess.await("a task runs", () -> output(run).contains("wait started"));
      first.signal("KILL");
      first.exitCode();
    }
    MillraceProcess.await("it says so", () -> output(run).contains("cannot be reached"));
    Files.createFile(folder.resolve("go"));
    try (run;
        MillraceProcess second = server(port)) {
      assertEquals(0, run.exitCode(), run.output());
      String text = run.output();
      assertEquals(1, text.split("before done", -1).length - 1, text);
      assertEquals(1, text.split("after done", -1).length - 1, text);
      assertTrue(text.contains("3 tasks run"), text);
      assertEquals("b\n", Files.readString(folder.resolve("o/b.txt")));
      second.signal("TERM");
      assertEquals(0, second.exitCode(), second.output());
    }
  }

  @Test
  void anInterruptReachesAServerThatComesBack() throws Exception {
    int port = freePort();
    Files.writeString(
        folder.resolve("p.json"),
        "{\"version\": 1, \"name\": \"i\", \"steps\": {\"w\": {\"script\": \"exec sleep 600\"}}}");
    MillraceProcess run;
    try (MillraceProcess first = server(port)) {
      run = MillraceProcess.start(folder, "run", "p.json", "--server", "http://127.0.0.1:" + port);
      MillraceProcess.await("a task runs", () -> output(run).contains("w started"));
      first.signal("KILL");
      first.exitCode();
    }
    MillraceProcess.await("it says so", () -> output(run).contains("cannot be reached"));
    run.signal("INT");
    try (run;
        MillraceProcess second = server(port)) {
      assertEquals(ExitCode.CANCELLED, run.exitCode(), run.output() + second.output());
    }
  }
}
