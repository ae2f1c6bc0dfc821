package dev.millrace.runtime;

import dev.millrace.json.CanonicalWriter;
import dev.millrace.json.JsonBoolean;
import dev.millrace.json.JsonNumber;
import dev.millrace.json.JsonObject;
import dev.millrace.json.JsonReader;
import dev.millrace.json.JsonString;
import dev.millrace.json.JsonValue;
import dev.millrace.run.RunWish;
import dev.millrace.run.RunWish.Command;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What other processes ask of the engine that works in a state directory: a directory with a file
 * for each wish.
 *
 * <pre>
 * wishes/000001760000000000-000001-4711.json   one wish; the names are in the order of posting
 * wishes/.000001760000000000-000001-4711.tmp   one that is being written
 * wishes/rejected/                             what is no wish, each with its reason beside it
 * </pre>
 *
 * <p>A wish is durable when {@link #post} returns, and stays until {@link #remove} was called: the
 * engine calls it once the facts that the wish came to are durable. So a wish is never lost, and
 * may be seen twice, which a run's machine takes no harm from. The directory can be written by
 * whoever can write the state; what is in it is not trusted to be well-formed.
 *
 * <p>Posting is safe for use by many threads and processes; polling, by many threads of the one
 * process that has the state's lock.
 */
public final class WishInbox {
  private static final String DIRECTORY = "wishes";
  private static final String REJECTED = "rejected";
  private static final String SUFFIX = ".json";

  /** The longest file that is read, in bytes. */
  static final int LARGEST = 64 << 10;

  /** How many wishes one poll takes at most. */
  static final int MOST = 1_000;

  private static final AtomicInteger POSTED = new AtomicInteger();

  private final Path directory;

  /** What could be neither read nor moved away, so that it is not tried again and again. */
  private final Set<String> stuck = new HashSet<>();

  /** Creates the inbox of a state directory; nothing is made before something is posted. */
  public WishInbox(Path stateDirectory) {
    directory = stateDirectory.resolve(DIRECTORY);
  }

  /**
   * A wish that waits.
   *
   * @param name of its file
   * @param run id of the run that it is about, which need not exist
   * @param wish a number of a task in it may be any
   */
  public record Entry(String name, String run, Command wish) {}

  /**
   * Leaves a wish.
   *
   * @return the name under which it waits
   * @throws IllegalArgumentException if it is too long
   * @throws IOException if it cannot be made durable
   */
  public String post(String run, Command wish) throws IOException {
    byte[] content = write(run, wish);
    if (content.length > LARGEST) {
      throw new IllegalArgumentException(
          "a wish may have " + LARGEST + " bytes, not " + content.length);
    }
    Files.createDirectories(directory);
    String stem =
        padded(System.currentTimeMillis(), 18)
            + "-"
            + padded(POSTED.incrementAndGet(), 6)
            + "-"
            + ProcessHandle.current().pid();
    Path unfinished = directory.resolve("." + stem + ".tmp");
    try (FileChannel channel =
        FileChannel.open(unfinished, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(content);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(unfinished, directory.resolve(stem + SUFFIX), StandardCopyOption.ATOMIC_MOVE);
    sync(directory);
    return stem + SUFFIX;
  }

  private static String padded(long number, int digits) {
    String text = Long.toString(number);
    return "0".repeat(Math.max(0, digits - text.length())) + text;
  }

  private static void sync(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Returns whether a wish still waits. */
  public boolean waits(String name) {
    return Files.exists(directory.resolve(name), LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Returns what waits, oldest first; not all of it where that is very much. What is no wish is put
   * into {@code rejected}, with the reason.
   *
   * @throws IOException if the directory cannot be read
   */
  public synchronized List<Entry> poll() throws IOException {
    List<String> names = names();
    List<Entry> entries = new ArrayList<>(names.size());
    for (String name : names) {
      try {
        entries.add(read(name));
      } catch (NoSuchFileException e) {
        // Somebody took it back.
      } catch (IOException | IllegalArgumentException e) {
        reject(name, e.getMessage() + "");
      }
    }
    return entries;
  }

  private List<String> names() throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
      for (Path file : files) {
        String name = file.getFileName() + "";
        if (!name.startsWith(".") && !stuck.contains(name)) {
          names.add(name);
        }
      }
    } catch (NoSuchFileException e) {
      return List.of();
    }
    Collections.sort(names);
    return names.size() > MOST ? names.subList(0, MOST) : names;
  }

  private Entry read(String name) throws IOException {
    Path file = directory.resolve(name);
    BasicFileAttributes attributes =
        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!attributes.isRegularFile()) {
      throw new IllegalArgumentException("it is not a file");
    }
    byte[] content;
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      content = in.readNBytes(LARGEST + 1);
    }
    if (content.length > LARGEST) {
      throw new IllegalArgumentException("it has more than " + LARGEST + " bytes");
    }
    return entry(name, JsonReader.read(content));
  }

  private static Entry entry(String name, JsonValue json) {
    if (!(json instanceof JsonObject wish)) {
      throw new IllegalArgumentException("it is not a JSON object");
    }
    String run = text(wish, "run");
    String type = text(wish, "type");
    return new Entry(
        name,
        run,
        switch (type) {
          case "approve" ->
              new RunWish.Approve(task(wish), text(wish, "by"), text(wish, "comment"));
          case "reject" -> new RunWish.Reject(task(wish), text(wish, "by"), text(wish, "comment"));
          case "cancel" -> new RunWish.Cancel(JsonBoolean.TRUE.equals(wish.get("force")));
          case "retry" -> new RunWish.Reopen(text(wish, "by"));
          default -> throw new IllegalArgumentException("there is no wish of type " + type);
        });
  }

  private static String text(JsonObject json, String name) {
    if (json.get(name) instanceof JsonString(String text)) {
      return text;
    }
    throw new IllegalArgumentException("it has no text \"" + name + '"');
  }

  private static int task(JsonObject json) {
    if (json.get("task") instanceof JsonNumber number
        && number.isInteger()
        && number.value() >= 0
        && number.value() <= Integer.MAX_VALUE) {
      return (int) number.asLong();
    }
    throw new IllegalArgumentException("it has no number \"task\" of a task");
  }

  private static byte[] write(String run, Command wish) {
    CanonicalWriter json = new CanonicalWriter().beginObject();
    switch (wish) {
      case RunWish.Approve(int task, String by, String comment) ->
          answer(json.name("by").value(by).name("comment").value(comment), run, task, "approve");
      case RunWish.Reject(int task, String by, String comment) ->
          answer(json.name("by").value(by).name("comment").value(comment), run, task, "reject");
      case RunWish.Cancel(boolean force) ->
          json.name("force").value(force).name("run").value(run).name("type").value("cancel");
      case RunWish.Reopen(String by) ->
          json.name("by").value(by).name("run").value(run).name("type").value("retry");
    }
    return json.endObject().toBytes();
  }

  private static void answer(CanonicalWriter json, String run, int task, String type) {
    json.name("run").value(run).name("task").value(task).name("type").value(type);
  }

  /** Takes a wish out, whose facts are durable. Does nothing where it is gone already. */
  public void remove(Entry entry) throws IOException {
    Files.deleteIfExists(directory.resolve(entry.name()));
  }

  private void reject(String name, String reason) {
    Path rejected = directory.resolve(REJECTED);
    try {
      Files.createDirectories(rejected);
      Files.move(
          directory.resolve(name), rejected.resolve(name), StandardCopyOption.REPLACE_EXISTING);
      Files.writeString(rejected.resolve(name + ".why"), reason + "\n");
    } catch (IOException e) {
      stuck.add(name);
    }
  }
}
