package dev.millrace.executors.docker;

import dev.millrace.digest.Digest;
import dev.millrace.executor.ContainerRequest;
import dev.millrace.pipeline.ContainerSpec;
import dev.millrace.pipeline.ContainerSpec.Isolation;
import dev.millrace.pipeline.ContainerSpec.Mount;
import dev.millrace.pipeline.ContainerSpec.Pull;
import dev.millrace.pipeline.ContainerSpec.User;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * An image made of this machine's own programs and the libraries that they need, so that tests need
 * no registry. One for each process, of a random name, removed when the process ends.
 */
final class TestImage {
  private static final List<String> PROGRAMS =
      List.of(
          "sh",
          "bash",
          "cat",
          "chmod",
          "cp",
          "dd",
          "echo",
          "env",
          "false",
          "head",
          "id",
          "kill",
          "ln",
          "ls",
          "mkdir",
          "mv",
          "printf",
          "readlink",
          "rm",
          "seq",
          "setsid",
          "sleep",
          "sort",
          "stat",
          "tail",
          "touch",
          "true",
          "tr",
          "wc");

  private static final Pattern LIBRARY = Pattern.compile("(?:=> )?(/\\S+) \\(0x");
  private static final int EXECUTABLE = 0755;

  private static final byte[] LAYER = layer();

  /** A variable that the image sets. */
  static final String VARIABLE = "OF_IMAGE";

  /** Runs as root unless asked otherwise. */
  static final TestImage SHARED = make("");

  /** Has a user of its own, who has no name. */
  static final int OWN_USER = 4242;

  private final String name;
  private final String id;

  private TestImage(String name, String id) {
    this.name = name;
    this.id = id;
  }

  /** Returns a new image whose own user is {@link #OWN_USER}. */
  static TestImage withOwnUser() {
    return make(OWN_USER + ":" + OWN_USER);
  }

  /** Returns a new image; no other has its id. */
  static TestImage another() {
    return make("");
  }

  private static TestImage make(String user) {
    String name = "millrace-test-" + UUID.randomUUID() + ":1";
    String config =
        """
        {"architecture": "%s", "os": "linux",
         "config": {"User": "%s", "Labels": {"name": "%s"}, "Env": ["%s=yes"]},
         "rootfs": {"type": "layers", "diff_ids": ["sha256:%s"]}}
        """
            .formatted(architecture(), user, name, VARIABLE, Digest.of(LAYER).hex());
    String manifest =
        """
        [{"Config": "config.json", "RepoTags": ["%s"], "Layers": ["layer.tar"]}]
        """
            .formatted(name);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream archive = new TarArchiveOutputStream(bytes)) {
      add(archive, "config.json", config.getBytes(StandardCharsets.UTF_8));
      add(archive, "manifest.json", manifest.getBytes(StandardCharsets.UTF_8));
      add(archive, "layer.tar", LAYER);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try (DockerConnection docker = new DockerConnection()) {
      docker.client().loadImageCmd(new ByteArrayInputStream(bytes.toByteArray())).exec();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(name)));
      String id = docker.client().inspectImageCmd(name).exec().getId();
      return new TestImage(name, Objects.requireNonNull(id));
    }
  }

  private static String architecture() {
    String machine = System.getProperty("os.arch");
    return switch (machine) {
      case "x86_64" -> "amd64";
      case "aarch64" -> "arm64";
      default -> machine;
    };
  }

  private static void remove(String name) {
    try (DockerConnection docker = new DockerConnection()) {
      docker.client().removeImageCmd(name).withForce(true).exec();
    }
  }

  String name() {
    return name;
  }

  String id() {
    return id;
  }

  /** Returns a request for a container of its own, on no network. */
  ContainerRequest container() {
    return container(User.CALLER, List.of());
  }

  ContainerRequest container(User user, List<Mount> mounts) {
    return new ContainerRequest(
        name, id, new ContainerSpec(Isolation.CONTAINER, Pull.NEVER, "none", null, user, mounts));
  }

  private static byte[] layer() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream archive = new TarArchiveOutputStream(bytes)) {
      for (String directory : List.of("tmp/", "etc/", "dev/", "proc/", "sys/")) {
        TarArchiveEntry entry = new TarArchiveEntry(directory);
        entry.setMode(directory.equals("tmp/") ? 01777 : EXECUTABLE);
        archive.putArchiveEntry(entry);
        archive.closeArchiveEntry();
      }
      Set<String> libraries = new TreeSet<>();
      for (String program : PROGRAMS) {
        Path file = find(program);
        add(archive, "usr/bin/" + program, Files.readAllBytes(file));
        libraries.addAll(libraries(file));
      }
      add(archive, "bin/sh", Files.readAllBytes(find("sh")));
      for (String library : libraries) {
        add(archive, library.substring(1), Files.readAllBytes(Path.of(library)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void add(TarArchiveOutputStream archive, String name, byte[] content)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(content.length);
    entry.setMode(EXECUTABLE);
    archive.putArchiveEntry(entry);
    archive.write(content);
    archive.closeArchiveEntry();
  }

  private static Path find(String program) {
    for (String directory : List.of("/usr/bin", "/bin", "/usr/sbin", "/sbin")) {
      Path file = Path.of(directory, program);
      if (Files.isExecutable(file)) {
        return file;
      }
    }
    throw new IllegalStateException("this machine has no program " + program);
  }

  private static Set<String> libraries(Path program) throws IOException {
    Process ldd = new ProcessBuilder("ldd", program.toString()).redirectErrorStream(true).start();
    String text = new String(ldd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    Set<String> libraries = new HashSet<>();
    Matcher matcher = LIBRARY.matcher(text);
    while (matcher.find()) {
      libraries.add(matcher.group(1));
    }
    return libraries;
  }
}
