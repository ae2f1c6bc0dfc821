package dev.millrace.executors.process;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;

/**
 * Memory outside the heap for the calls of one thread, made once and used for all its launches: a
 * block with fixed places for the structures, and a growing one for strings. Freed with its thread.
 *
 * <p>A direct buffer is used rather than an arena since the virtual machine has its classes ready.
 */
final class NativeMemory {
  static final int PID = 8;
  static final int STATUS = 16;
  static final int PIPE = 24;
  static final int SIGNALS = 32;
  static final int SIGINFO = 160;
  static final int RUSAGE = 288;
  static final int ACTIONS = 448;
  static final int ATTRIBUTES = 576;
  static final int TEXT = 1_088;
  static final int TEXT_LENGTH = 1_024;

  private static final int SIZE = TEXT + TEXT_LENGTH;
  private static final int FIRST_STRINGS = 16 * 1024;
  private static final int MOST_KEPT = 256 * 1024;
  private static final ThreadLocal<NativeMemory> OF_THREAD =
      ThreadLocal.withInitial(NativeMemory::new);

  private final ByteBuffer bytes = direct(SIZE);
  private final long address = MemorySegment.ofBuffer(bytes).address();
  private final MemorySegment errnoSegment = MemorySegment.ofBuffer(bytes);
  private ByteBuffer strings = direct(FIRST_STRINGS);
  private long stringsAddress = MemorySegment.ofBuffer(strings).address();
  private boolean attributesReady;

  private NativeMemory() {}

  static NativeMemory ofThread() {
    return OF_THREAD.get();
  }

  private static ByteBuffer direct(int size) {
    return ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
  }

  ByteBuffer bytes() {
    return bytes;
  }

  /** The start of the block, where the linker stores the error number after each call. */
  MemorySegment errnoSegment() {
    return errnoSegment;
  }

  int errno() {
    return bytes.getInt(0);
  }

  /** Returns the address of a place. */
  long at(int place) {
    return address + place;
  }

  /** Makes sure that the spawn attributes, the same for all launches, are there. */
  void readyAttributes() {
    if (!attributesReady) {
      Libc.initAttributes(this);
      attributesReady = true;
    }
  }

  /**
   * Forgets all strings, and makes room for the next ones: addresses stay good until the next call.
   */
  void clearStrings(int size) {
    if (size > strings.capacity() || (strings.capacity() > MOST_KEPT && size < FIRST_STRINGS)) {
      strings = direct(Math.max(size, FIRST_STRINGS));
      stringsAddress = MemorySegment.ofBuffer(strings).address();
    }
    strings.clear();
  }

  /** Adds a string, ended by a zero byte; returns its address. */
  long put(byte[] string) {
    long at = stringsAddress + strings.position();
    strings.put(string).put((byte) 0);
    return at;
  }

  /** Replaces all strings by one; returns its address. */
  long put(String string) {
    byte[] encoded = encode(string);
    clearStrings(encoded.length + 1);
    return put(encoded);
  }

  /** Adds strings and an array of their addresses, ended by a null; returns the array's address. */
  long putAll(Collection<byte[]> list) {
    long[] addresses = new long[list.size()];
    int count = 0;
    for (byte[] string : list) {
      addresses[count++] = put(string);
    }
    strings.position((strings.position() + 7) & ~7);
    long at = stringsAddress + strings.position();
    for (long each : addresses) {
      strings.putLong(each);
    }
    strings.putLong(0);
    return at;
  }

  /** Returns the room that {@link #putAll} takes at most. */
  static int roomOf(Collection<byte[]> list) {
    long room = 16;
    for (byte[] string : list) {
      room += string.length + 1 + Long.BYTES;
    }
    return Math.toIntExact(room);
  }

  static byte[] encode(String string) {
    return string.getBytes(StandardCharsets.UTF_8);
  }
}
