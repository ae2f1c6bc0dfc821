package dev.millrace.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.run.RunWish;
import dev.millrace.run.RunWish.Command;
import dev.millrace.runtime.WishInbox.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WishInboxTest {
  @TempDir Path state;
  private Path wishes;
  private WishInbox inbox;

  @BeforeEach
  void open() {
    wishes = state.resolve("wishes");
    inbox = new WishInbox(state);
  }

  @Test
  void wishesComeOutInTheOrderOfPostingAndStayUntilTheyAreRemoved() throws IOException {
    List<Command> posted = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      posted.add(new RunWish.Approve(i, "ada", "ließ \"es\"\nzu"));
      posted.add(new RunWish.Reject(i, "bob", ""));
      posted.add(new RunWish.Cancel(i % 2 == 0));
      posted.add(new RunWish.Reopen("eve"));
    }
    List<String> names = new ArrayList<>();
    for (Command wish : posted) {
      names.add(inbox.post("r1", wish));
    }
    List<Entry> entries = new WishInbox(state).poll();
    assertEquals(posted, entries.stream().map(Entry::wish).toList());
    assertEquals(names, entries.stream().map(Entry::name).toList());
    assertEquals(entries, inbox.poll());
    for (Entry entry : entries) {
      assertEquals("r1", entry.run());
      assertTrue(inbox.waits(entry.name()));
      inbox.remove(entry);
      inbox.remove(entry);
      assertFalse(inbox.waits(entry.name()));
    }
    assertEquals(List.of(), inbox.poll());
  }

  @Test
  void thereIsNothingInAStateWithoutWishes() throws IOException {
    assertEquals(List.of(), inbox.poll());
    assertFalse(Files.exists(wishes));
  }

  @Test
  void whatIsNoWishIsPutAsideWithItsReason() throws IOException {
    Files.createDirectories(wishes);
    Files.writeString(wishes.resolve("1.json"), "{");
    Files.writeString(wishes.resolve("2.json"), "[]");
    Files.writeString(wishes.resolve("3.json"), "{\"run\":\"r\",\"type\":\"delete\"}");
    Files.writeString(wishes.resolve("4.json"), "{\"run\":7,\"type\":\"cancel\"}");
    Files.writeString(
        wishes.resolve("5.json"),
        "{\"by\":\"\",\"comment\":\"\",\"run\":\"r\",\"task\":-1,\"type\":\"approve\"}");
    Files.writeString(wishes.resolve("6.json"), "[".repeat(10_000));
    Files.write(wishes.resolve("7.json"), new byte[WishInbox.LARGEST + 1]);
    Files.write(wishes.resolve("8.json"), new byte[] {(byte) 0xff, (byte) 0xfe});
    Files.createDirectory(wishes.resolve("9.json"));
    Files.createSymbolicLink(wishes.resolve("a.json"), state.resolve("nowhere"));
    inbox.post("r1", new RunWish.Cancel(false));
    assertEquals(1, inbox.poll().size());
    for (String name : "123456789a".split("")) {
      assertFalse(inbox.waits(name + ".json"), name);
      String why = Files.readString(wishes.resolve("rejected").resolve(name + ".json.why"));
      assertTrue(why.length() > 5, why);
    }
    assertEquals(1, inbox.poll().size());
  }

  @Test
  void anUnfinishedWishIsNotSeen() throws IOException {
    Files.createDirectories(wishes);
    Files.writeString(wishes.resolve(".1.tmp"), "{");
    Files.writeString(wishes.resolve(".1.json"), "{");
    assertEquals(List.of(), inbox.poll());
    assertFalse(Files.exists(wishes.resolve("rejected")));
  }

  @Test
  void onePollTakesSoManyAndNoMore() throws IOException {
    Files.createDirectories(wishes);
    String cancel = "{\"force\":true,\"run\":\"r\",\"type\":\"cancel\"}";
    for (int i = 0; i < WishInbox.MOST + 5; i++) {
      Files.writeString(wishes.resolve(10_000 + i + ".json"), cancel);
    }
    List<Entry> first = inbox.poll();
    assertEquals(WishInbox.MOST, first.size());
    assertEquals(new Entry("10000.json", "r", new RunWish.Cancel(true)), first.getFirst());
  }

  @Test
  void aCommentThatIsTooLongIsRefusedWhereItIsGiven() {
    RunWish.Approve wish = new RunWish.Approve(0, "ada", "x".repeat(WishInbox.LARGEST));
    assertThrows(IllegalArgumentException.class, () -> inbox.post("r1", wish));
  }
}
