package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.cli.Shell.Done;
import dev.millrace.http.MillraceServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands about a server do what those about a state directory do. */
class RemoteVerbsTest {
  @TempDir private Path folder;
  private Shell shell;
  private MillraceServer server;
  private String address;

  @BeforeEach
  void start() throws IOException {
    shell = new Shell(folder);
    shell.file("p.json", RunVerbTest.TWO_STEPS);
    shell.file("in.txt", "hello\n");
    server = ServerClient.server(folder.resolve("there"));
    address = "http://127.0.0.1:" + server.port();
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private Done there(String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--server", address));
    return shell.millrace(all.toArray(String[]::new));
  }

  /** Times and ids differ from run to run; what is said must not. */
  private static String masked(String text) {
    return text.replaceAll("[0-9]{8}-[0-9]{6}-\\w+", "RUN").replaceAll("[0-9:.]+( s\\b| )", "N ");
  }

  @Test
  void aRunThereShowsAndLeavesWhatARunHereDoes() throws IOException {
    Done here = shell.millrace("run", "p.json", "--state", "here", "--out", "o");
    String text = shell.read("o/text.txt");
    Done done = there("run", "p.json", "--out", "o");
    assertEquals(ExitCode.OK, done.exitCode(), done.err());
    assertEquals("sending 1 file, 6 B\n" + masked(here.out()), maskedButFirst(done.out()));
    assertEquals(text, shell.read("o/text.txt"));
    Done again = there("run", "p.json", "--out", "o");
    assertTrue(again.out().contains("nothing changed: all 2 tasks came from the cache"));
    assertFalse(again.out().contains("sending"), again.out());
    assertEquals(
        types(shell.millrace("run", "p.json", "--state", "here", "--json")),
        types(there("run", "p.json", "--json")));
  }

  private static String maskedButFirst(String text) {
    int line = text.indexOf('\n') + 1;
    return text.substring(0, line) + masked(text.substring(line));
  }

  private static List<String> types(Done done) {
    return done.objects().stream().map(object -> Shell.text(object, "type")).toList();
  }

  @Test
  void readingThereSaysWhatReadingTheStateSays() throws IOException {
    shell.file("sub/x.txt", "x\n");
    Done run = there("run", "p.json", "--label", "a=b", "--out", "o");
    assertEquals(ExitCode.OK, run.exitCode(), run.err());
    shell.file("in.txt", "changed\n");
    there("run", "p.json", "--out", "o", "--param", "n=2");
    for (String command :
        List.of(
            "runs",
            "runs --json --label a=b",
            "show",
            "show --json",
            "show latest --task copy",
            "explain",
            "explain latest copy",
            "explain --json",
            "logs copy",
            "logs count --stdout",
            "compare",
            "compare --json",
            "lineage o/n.json",
            "lineage o/n.json --json",
            "show none",
            "logs cope",
            "watch",
            "watch --json")) {
      String[] words = command.split(" ");
      String[] local = Arrays.copyOf(words, words.length + 2);
      local[words.length] = "--state";
      local[words.length + 1] = "there";
      Done expected = shell.millrace(local);
      Done done = there(words);
      assertEquals(
          expected.out().replace(" --state there", ""),
          done.out().replace(" --server " + address, ""),
          command);
      assertEquals(expected.exitCode(), done.exitCode(), command);
      assertEquals(expected.err(), done.err(), command);
    }
  }

  @Test
  void aRunIsSubmittedWatchedApprovedCancelledAndTriedAgain() throws IOException {
    shell.file(
        "held.json",
        """
        {"version": 1, "name": "held", "steps": {
          "ask": {"approval": true, "script": "test -e %s"}}}\
        """
            .formatted(folder.resolve("good")));
    Done submitted = there("submit", "held.json");
    assertEquals(ExitCode.OK, submitted.exitCode(), submitted.err());
    String run = submitted.out().strip();
    CompletableFuture<Done> watched = CompletableFuture.supplyAsync(() -> there("watch", run));
    MillraceProcess.await(
        "it waits", () -> there("show", run).out().contains("waits for approval"));
    Done approved = there("approve", run, "ask", "--comment", "fine");
    assertEquals("ask is approved\n", approved.out(), approved.err());
    Done seen = watched.join();
    assertEquals(ExitCode.FAILED, seen.exitCode());
    assertTrue(seen.out().contains("ask approved by local: fine"), seen.out());
    assertTrue(seen.out().contains("logs " + run + " ask --server " + address), seen.out());
    assertEquals(ExitCode.BAD_INPUT, there("approve", run, "ask").exitCode());

    shell.file("good", "");
    Done retried = there("retry", run);
    assertEquals(ExitCode.OK, retried.exitCode(), retried.out() + retried.err());
    assertTrue(retried.out().startsWith("continuing run " + run), retried.out());
    assertEquals(ExitCode.BAD_INPUT, there("retry", run).exitCode());
    Done cancelled = there("cancel", run);
    assertEquals(ExitCode.BAD_INPUT, cancelled.exitCode());
    assertTrue(cancelled.err().contains("has ended: its status is succeeded"), cancelled.err());

    String second = there("submit", "held.json", "--refresh").out().strip();
    assertEquals("run " + second + " is cancelled\n", there("cancel", second).out());
  }

  @Test
  void whatATaskWritesIsFollowed() throws IOException {
    shell.file(
        "slow.json",
        """
        {"version": 1, "name": "slow", "steps": {
          "s": {"script": "echo one; while ! test -e %s; do sleep 0.02; done; echo two"}}}\
        """
            .formatted(folder.resolve("go")));
    String run = there("submit", "slow.json").out().strip();
    CompletableFuture<Done> followed =
        CompletableFuture.supplyAsync(() -> there("logs", run, "s", "--follow"));
    MillraceProcess.await("a line", () -> there("logs", run, "s").out().equals("one\n"));
    shell.file("go", "");
    assertEquals("one\ntwo\n", followed.join().out());
  }

  @Test
  void filesElsewhereAndFoldersAreSent() throws IOException {
    Path elsewhere = Files.createTempDirectory("millrace-elsewhere");
    Files.writeString(elsewhere.resolve("f.txt"), "far\n");
    shell.file("d/sub/g.txt", "deep\n");
    shell.file(
        "files.json",
        """
        {"version": 1, "name": "files", "params": {"f": {"type": "file"}}, "steps": {"s": {
          "script": "cat inputs/f inputs/d/sub/g.txt",
          "inputs": {"f": {"param": "f"}, "d": {"path": "d"}}}}}\
        """);
    Done done = there("run", "files.json", "--param", "f=" + elsewhere.resolve("f.txt"));
    assertEquals(ExitCode.OK, done.exitCode(), done.out() + done.err());
    assertEquals("far\ndeep\n", there("logs", "s").out());
    Done folderDone = there("submit", "files.json", "--param", "f=" + elsewhere);
    assertEquals(ExitCode.OK, folderDone.exitCode(), folderDone.err());
    Done missing = there("run", "files.json", "--param", "f=nowhere");
    assertEquals(ExitCode.BAD_INPUT, missing.exitCode());
  }

  @Test
  void whatCannotBeDoneIsSaid() throws IOException {
    shell.file(
        "bad.json",
        "{\"version\": 1, \"name\": \"x\",\n"
            + " \"steps\": {\"a\": {\"script\": \"x\", \"executor\": \"nix\"}}}");
    Done bad = there("run", "bad.json");
    assertEquals(ExitCode.BAD_INPUT, bad.exitCode());
    assertTrue(bad.err().startsWith("bad.json:2:"), bad.err());
    assertTrue(bad.err().contains("there is no executor \"nix\""), bad.err());
    Done both = there("runs", "--state", "there");
    assertTrue(both.err().contains("keep one of them"), both.err());
    Done jobs = there("run", "p.json", "--jobs", "2", "--secret", "x");
    assertEquals(2, jobs.err().lines().count(), jobs.err());
    assertTrue(shell.millrace("submit", "p.json").err().contains("MILLRACE_SERVER"));
    Done nobody = shell.millrace("runs", "--server", "http://nobody.invalid");
    assertEquals(ExitCode.CANNOT_WORK, nobody.exitCode());
    assertTrue(
        nobody.err().contains("no answer from the server http://nobody.invalid"), nobody.err());
    Done address = shell.millrace("runs", "--server", "127.0.0.1:8181");
    assertEquals(ExitCode.BAD_INPUT, address.exitCode());
    assertTrue(there("runs", "--token-file", "none").err().contains("there is no file none"));
  }

  @Test
  void aTokenIsShownWhereTheServerWantsOne() throws IOException {
    shell.millrace("token", "create", "reader", "--role", "viewer", "--state", "there");
    Done created =
        shell.millrace("token", "create", "me", "--role", "submitter", "--state", "there");
    String secret =
        created
            .out()
            .lines()
            .filter(line -> line.startsWith("mlr_"))
            .findFirst()
            .orElseThrow(() -> new AssertionError(created.out()));
    MillraceProcess.await("a token is wanted", () -> there("runs").exitCode() != ExitCode.OK);
    Done refused = there("runs");
    assertEquals(ExitCode.CANNOT_WORK, refused.exitCode());
    assertTrue(refused.err().contains("--token-file"), refused.err());
    shell.file("token", secret + "\n");
    assertEquals(ExitCode.OK, there("runs", "--token-file", "token").exitCode());
    shell.with("MILLRACE_TOKEN", secret).with("MILLRACE_SERVER", address);
    assertEquals(ExitCode.OK, shell.millrace("run", "p.json", "--out", "o").exitCode());
    assertTrue(shell.millrace("runs").out().contains("submitted-by=me"));
    Done forbidden = shell.millrace("approve", "latest", "copy");
    assertEquals(ExitCode.BAD_INPUT, forbidden.exitCode(), "it does not wait for approval");
  }
}
