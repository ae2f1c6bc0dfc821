package dev.millrace.content;

import java.io.IOException;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.NoSuchElementException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * File calls of the C library of Linux. Each is one system call, with no more around it than to
 * copy a path; the Java platform's take two to five times as long in a virtual machine that is cold
 * or has no optimizing compiler.
 */
final class NativeCalls extends FileCalls {
  private static final int PATH_ROOM = 4096;
  private static final int STATX = 64;
  private static final int PATH = 512;
  private static final int OTHER_PATH = PATH + PATH_ROOM;
  private static final int BYTES = OTHER_PATH + PATH_ROOM;

  private static final int AT_FDCWD = -100;
  private static final int AT_SYMLINK_NOFOLLOW = 0x100;
  private static final int STATX_BASIC_STATS = 0x7ff;
  private static final int O_RDONLY = 0;
  private static final int O_WRONLY = 1;
  private static final int O_CREAT = 0100;
  private static final int O_EXCL = 0200;
  private static final int O_CLOEXEC = 02000000;
  private static final int O_NOFOLLOW =
      System.getProperty("os.arch").equals("aarch64") ? 0100000 : 0400000;
  private static final char UNDECODABLE = '\uFFFD';

  private static final @Nullable NativeCalls INSTANCE = load();

  private final NativeFunction statx;
  private final NativeFunction open;
  private final NativeFunction read;
  private final NativeFunction write;
  private final NativeFunction ftruncate;
  private final NativeFunction fchmod;
  private final NativeFunction close;
  private final NativeFunction chmod;
  private final NativeFunction rename;
  private final NativeFunction unlink;
  private final Charset encoding = Charset.forName(System.getProperty("sun.jnu.encoding"));
  private final PortableCalls portable = new PortableCalls();
  private final ThreadLocal<Memory> memory = ThreadLocal.withInitial(Memory::new);

  private NativeCalls(SymbolLookup library) {
    statx = new NativeFunction(library, "statx");
    open = new NativeFunction(library, "open");
    read = new NativeFunction(library, "read");
    write = new NativeFunction(library, "write");
    ftruncate = new NativeFunction(library, "ftruncate");
    fchmod = new NativeFunction(library, "fchmod");
    close = new NativeFunction(library, "close");
    chmod = new NativeFunction(library, "chmod");
    rename = new NativeFunction(library, "rename");
    unlink = new NativeFunction(library, "unlink");
  }

  /** Returns the calls, prepared by the first call of this; null where there are none. */
  static @Nullable NativeCalls get() {
    return INSTANCE;
  }

  private static @Nullable NativeCalls load() {
    try {
      return NativeFunction.isSupported()
          ? new NativeCalls(Linker.nativeLinker().defaultLookup())
          : null;
    } catch (NoSuchElementException e) {
      return null;
    }
  }

  /** Memory outside the heap for the calls of one thread. */
  private static final class Memory {
    final ByteBuffer bytes =
        ByteBuffer.allocateDirect(BYTES + SMALL).order(ByteOrder.nativeOrder());
    final MemorySegment segment = MemorySegment.ofBuffer(bytes);
    final long address = segment.address();

    int errno() {
      return bytes.getInt(0);
    }
  }

  /** Returns the address of the path, or 0 if the Java platform must deal with it. */
  private long put(Memory memory, int at, Path path) {
    String text = path.toString();
    byte[] encoded = text.getBytes(encoding);
    boolean fits = encoded.length < PATH_ROOM && text.indexOf(UNDECODABLE) < 0;
    if (!fits || encoded.length == 0) {
      return 0;
    }
    memory.bytes.put(at, encoded).put(at + encoded.length, (byte) 0);
    return memory.address + at;
  }

  @Override
  public FileStamp stamp(Path file) throws IOException {
    Memory memory = this.memory.get();
    long path = put(memory, PATH, file);
    if (path == 0) {
      return portable.stamp(file);
    }
    if (look(memory, path) != 0) {
      throw Errno.exception(memory.errno(), file, null);
    }
    ByteBuffer statx = memory.bytes;
    return new FileStamp(
        device(statx.getInt(STATX + 136), statx.getInt(STATX + 140)),
        statx.getLong(STATX + 32),
        statx.getLong(STATX + 40),
        nanos(statx, STATX + 112),
        nanos(statx, STATX + 96),
        Short.toUnsignedInt(statx.getShort(STATX + 28)),
        statx.getInt(STATX + 16),
        statx.getInt(STATX + 20));
  }

  private int look(Memory memory, long path) {
    long buffer = memory.address + STATX;
    return (int)
        statx.call(memory.segment, AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, buffer);
  }

  /** As the C library's {@code makedev} has it. */
  private static long device(int major, int minor) {
    return (minor & 0xffL)
        | (major & 0xfffL) << 8
        | (minor & 0xffff_ff00L) << 12
        | (major & 0xffff_f000L) << 32;
  }

  private static long nanos(ByteBuffer statx, int at) {
    return TimeUnit.SECONDS.toNanos(statx.getLong(at)) + statx.getInt(at + 8);
  }

  @Override
  public @Nullable Found find(Path file) throws IOException {
    Memory memory = this.memory.get();
    long path = put(memory, PATH, file);
    if (path == 0) {
      return portable.find(file);
    }
    if (look(memory, path) == 0) {
      return new Found(memory.bytes.getLong(STATX + 40), nanos(memory.bytes, STATX + 112));
    }
    if (memory.errno() == Errno.ENOENT) {
      return null;
    }
    throw Errno.exception(memory.errno(), file, null);
  }

  @Override
  byte @Nullable [] readSmall(Path file) throws IOException {
    Memory memory = this.memory.get();
    long path = put(memory, PATH, file);
    if (path == 0) {
      return portable.readSmall(file);
    }
    long descriptor = open(memory, path, O_RDONLY | O_NOFOLLOW, 0, file);
    try {
      int size = 0;
      long count;
      do {
        count = read.call(memory.segment, descriptor, memory.address + BYTES + size, SMALL - size);
        if (count < 0) {
          throw Errno.exception(memory.errno(), file, null);
        }
        size += (int) count;
      } while (count > 0 && size < SMALL);
      byte[] content = new byte[size];
      memory.bytes.get(BYTES, content);
      return size < SMALL ? content : null;
    } finally {
      close.call(memory.segment, descriptor, 0, 0);
    }
  }

  private long open(Memory memory, long path, int flags, int mode, Path file) throws IOException {
    int descriptor = (int) open.call(memory.segment, path, flags | O_CLOEXEC, mode);
    if (descriptor < 0) {
      throw Errno.exception(memory.errno(), file, null);
    }
    return descriptor;
  }

  @Override
  void create(Path file, byte[] content, int mode) throws IOException {
    Memory memory = this.memory.get();
    long path = put(memory, PATH, file);
    if (path == 0) {
      portable.create(file, content, mode);
      return;
    }
    long descriptor = open(memory, path, O_WRONLY | O_CREAT | O_EXCL, mode, file);
    try {
      write(memory, descriptor, content, file);
    } catch (IOException e) {
      unlink.call(memory.segment, path, 0, 0);
      throw e;
    } finally {
      close.call(memory.segment, descriptor, 0, 0);
    }
  }

  private void write(Memory memory, long descriptor, byte[] content, Path file) throws IOException {
    int at = 0;
    while (at < content.length) {
      int length = Math.min(SMALL, content.length - at);
      memory.bytes.put(BYTES, content, at, length);
      long written = write.call(memory.segment, descriptor, memory.address + BYTES, length);
      if (written < 0) {
        throw Errno.exception(memory.errno(), file, null);
      }
      at += (int) written;
    }
  }

  @Override
  public void overwrite(Path file, long size, byte[] content, int mode) throws IOException {
    Memory memory = this.memory.get();
    long path = put(memory, PATH, file);
    if (path == 0) {
      portable.overwrite(file, size, content, mode);
      return;
    }
    long descriptor = open(memory, path, O_WRONLY | O_NOFOLLOW, 0, file);
    try {
      write(memory, descriptor, content, file);
      if (size > content.length) {
        require(ftruncate.call(memory.segment, descriptor, content.length, 0), memory, file);
      }
      require(fchmod.call(memory.segment, descriptor, mode, 0), memory, file);
    } finally {
      close.call(memory.segment, descriptor, 0, 0);
    }
  }

  private static void require(long result, Memory memory, Path file) throws IOException {
    if ((int) result != 0) {
      throw Errno.exception(memory.errno(), file, null);
    }
  }

  @Override
  public void setMode(Path file, int mode) throws IOException {
    Memory memory = this.memory.get();
    long path = put(memory, PATH, file);
    if (path == 0) {
      portable.setMode(file, mode);
    } else {
      require(chmod.call(memory.segment, path, mode, 0), memory, file);
    }
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    Memory memory = this.memory.get();
    long path = put(memory, PATH, from);
    long other = put(memory, OTHER_PATH, to);
    if (path == 0 || other == 0) {
      portable.rename(from, to);
    } else if ((int) rename.call(memory.segment, path, other, 0) != 0) {
      throw Errno.exception(memory.errno(), from, to);
    }
  }
}
