package dev.millrace.content;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * A function in C.
 *
 * <p>All are called through one downcall handle of six {@code long}s to a {@code long}, which is
 * also told the error number. Handles are dear to make, and the linker keeps this one: it is the
 * same as for launching processes. On the two systems that {@link #isSupported} admits, arguments
 * of int, long and pointer type travel alike in the first six registers; an int result leaves the
 * upper half undefined, so callers narrow it.
 */
final class NativeFunction {
  private static final MethodHandle CALL = handle();

  private final MemorySegment address;

  /**
   * Finds a function.
   *
   * @throws java.util.NoSuchElementException if the library has none of that name
   */
  NativeFunction(SymbolLookup library, String name) {
    address = library.findOrThrow(name);
  }

  /** Tells, without touching anything native, whether functions can be called here. */
  static boolean isSupported() {
    String architecture = System.getProperty("os.arch");
    return NativeFunction.class.getModule().isNativeAccessEnabled()
        && System.getProperty("os.name").equals("Linux")
        && (architecture.equals("amd64") || architecture.equals("aarch64"));
  }

  @SuppressWarnings("restricted")
  private static MethodHandle handle() {
    ValueLayout.OfLong word = ValueLayout.JAVA_LONG;
    return Linker.nativeLinker()
        .downcallHandle(
            FunctionDescriptor.of(word, word, word, word, word, word, word),
            Linker.Option.captureCallState("errno"));
  }

  /**
   * Calls it.
   *
   * @param errno where the error number goes: the first four bytes
   */
  long call(MemorySegment errno, long a, long b, long c) {
    return call(errno, a, b, c, 0, 0);
  }

  /** Calls it with more arguments. */
  long call(MemorySegment errno, long a, long b, long c, long d, long e) {
    try {
      return (long) CALL.invokeExact(address, errno, a, b, c, d, e, 0L);
    } catch (Throwable failure) {
      throw new IllegalStateException("a native call failed", failure);
    }
  }
}
