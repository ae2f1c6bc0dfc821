package dev.millrace.executors.process;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The functions of the GNU C library that processes need.
 *
 * <p>All of them go through one downcall handle of six {@code long}s to a {@code long}. Making a
 * handle costs a cold virtual machine 66 ms for the first and 4 ms for each further signature, more
 * than the whole rest of a launch. One signature is right for all on the two systems that {@link
 * #isSupported} admits: there, arguments of int, long and pointer type travel alike in the first
 * six integer registers, whose upper half the callee ignores for an int and which it does not read
 * beyond its own parameters; variadic functions of Linux take them from the same places. An int
 * result leaves the upper half of the result undefined, so results are narrowed here.
 */
final class Libc {
  static final int SIGKILL = 9;
  static final int SIGTERM = 15;
  static final int SIGCONT = 18;
  private static final int SIGCHLD = 17;
  private static final int SIG_DFL = 0;
  static final int EINTR = 4;
  static final int O_RDONLY = 0;
  static final int O_WRONLY = 1;
  static final int O_CREAT = 0100;
  static final int O_CLOEXEC = 02000000;
  static final int O_NOFOLLOW = System.getProperty("os.arch").equals("aarch64") ? 0100000 : 0400000;
  static final int WNOHANG = 1;

  private static final int P_PID = 1;
  private static final int WEXITED = 4;
  private static final int WNOWAIT = 0x0100_0000;
  private static final int PR_SET_CHILD_SUBREAPER = 36;
  private static final int POSIX_SPAWN_SETSIGDEF = 0x04;
  private static final int POSIX_SPAWN_SETSIGMASK = 0x08;
  private static final int POSIX_SPAWN_SETSID = 0x80;

  private static final MethodHandle CALL = handle();
  private static final SymbolLookup SYMBOLS = Linker.nativeLinker().defaultLookup();
  private static final MemorySegment SPAWN = symbol("posix_spawn");
  private static final MemorySegment ACTIONS_INIT = symbol("posix_spawn_file_actions_init");
  private static final MemorySegment ACTIONS_DESTROY = symbol("posix_spawn_file_actions_destroy");
  private static final MemorySegment ADD_OPEN = symbol("posix_spawn_file_actions_addopen");
  private static final MemorySegment ADD_DUP2 = symbol("posix_spawn_file_actions_adddup2");
  private static final MemorySegment ADD_CHDIR = symbol("posix_spawn_file_actions_addchdir_np");
  private static final MemorySegment ADD_CLOSE = symbol("posix_spawn_file_actions_addclosefrom_np");
  private static final MemorySegment ATTR_INIT = symbol("posix_spawnattr_init");
  private static final MemorySegment ATTR_FLAGS = symbol("posix_spawnattr_setflags");
  private static final MemorySegment ATTR_MASK = symbol("posix_spawnattr_setsigmask");
  private static final MemorySegment ATTR_DEFAULT = symbol("posix_spawnattr_setsigdefault");
  private static final MemorySegment SIGEMPTYSET = symbol("sigemptyset");
  private static final MemorySegment SIGFILLSET = symbol("sigfillset");
  private static final MemorySegment WAITID = symbol("waitid");
  private static final MemorySegment WAIT4 = symbol("wait4");
  private static final MemorySegment KILL = symbol("kill");
  private static final MemorySegment PRCTL = symbol("prctl");
  private static final MemorySegment SIGNAL = symbol("signal");
  private static final MemorySegment GETPID = symbol("getpid");
  private static final MemorySegment OPEN = symbol("open");
  private static final MemorySegment PREAD = symbol("pread");
  private static final MemorySegment WRITE = symbol("write");
  private static final MemorySegment CLOSE = symbol("close");
  private static final MemorySegment PIPE2 = symbol("pipe2");
  private static final MemorySegment GETRUSAGE = symbol("getrusage");

  private Libc() {}

  /** Tells, without touching anything native, whether the calls below fit this machine at all. */
  static boolean isSupported() {
    String architecture = System.getProperty("os.arch");
    return System.getProperty("os.name").equals("Linux")
        && (architecture.equals("amd64") || architecture.equals("aarch64"));
  }

  /** Tells whether the C library has what older ones and other makes lack (glibc 2.34 has it). */
  static boolean isComplete() {
    return !ADD_CLOSE.equals(MemorySegment.NULL)
        && !ADD_CHDIR.equals(MemorySegment.NULL)
        && !SPAWN.equals(MemorySegment.NULL);
  }

  @SuppressWarnings("restricted")
  private static MethodHandle handle() {
    ValueLayout.OfLong word = ValueLayout.JAVA_LONG;
    return Linker.nativeLinker()
        .downcallHandle(
            FunctionDescriptor.of(word, word, word, word, word, word, word),
            Linker.Option.captureCallState("errno"));
  }

  private static MemorySegment symbol(String name) {
    return SYMBOLS.find(name).orElse(MemorySegment.NULL);
  }

  /**
   * Starts a program from what {@code memory} has been filled with; returns an error number or 0.
   */
  static int spawn(NativeMemory memory, long program, long argv, long envp) {
    try {
      return (int)
          (long)
              CALL.invokeExact(
                  SPAWN,
                  memory.errnoSegment(),
                  memory.at(NativeMemory.PID),
                  program,
                  memory.at(NativeMemory.ACTIONS),
                  memory.at(NativeMemory.ATTRIBUTES),
                  argv,
                  envp);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /** Adds the opening of a file as descriptor {@code fd} to the file actions. */
  static void addOpen(NativeMemory memory, int fd, long path, int flags, int mode) {
    try {
      long _ =
          (long)
              CALL.invokeExact(
                  ADD_OPEN,
                  memory.errnoSegment(),
                  memory.at(NativeMemory.ACTIONS),
                  (long) fd,
                  path,
                  (long) flags,
                  (long) mode,
                  0L);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  private static int call(NativeMemory memory, MemorySegment function, long a, long b) {
    return (int) call(memory, function, a, b, 0, 0);
  }

  private static long call(
      NativeMemory memory, MemorySegment function, long a, long b, long c, long d) {
    try {
      return (long) CALL.invokeExact(function, memory.errnoSegment(), a, b, c, d, 0L, 0L);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  private static IllegalStateException broken(Throwable cause) {
    if (cause instanceof Error error) {
      throw error;
    }
    return new IllegalStateException("a call into the C library failed", cause);
  }

  static void initActions(NativeMemory memory) {
    call(memory, ACTIONS_INIT, memory.at(NativeMemory.ACTIONS), 0);
  }

  static void destroyActions(NativeMemory memory) {
    call(memory, ACTIONS_DESTROY, memory.at(NativeMemory.ACTIONS), 0);
  }

  static void addDup2(NativeMemory memory, int from, int to) {
    call(memory, ADD_DUP2, memory.at(NativeMemory.ACTIONS), from, to, 0);
  }

  static void addChdir(NativeMemory memory, long path) {
    call(memory, ADD_CHDIR, memory.at(NativeMemory.ACTIONS), path);
  }

  static void addCloseFrom(NativeMemory memory, int fd) {
    call(memory, ADD_CLOSE, memory.at(NativeMemory.ACTIONS), fd);
  }

  /** Own session; no signal blocked or ignored, whatever the virtual machine does with them. */
  static void initAttributes(NativeMemory memory) {
    long attributes = memory.at(NativeMemory.ATTRIBUTES);
    long set = memory.at(NativeMemory.SIGNALS);
    call(memory, ATTR_INIT, attributes, 0);
    call(
        memory,
        ATTR_FLAGS,
        attributes,
        POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    call(memory, SIGEMPTYSET, set, 0);
    call(memory, ATTR_MASK, attributes, set);
    call(memory, SIGFILLSET, set, 0);
    call(memory, ATTR_DEFAULT, attributes, set);
  }

  /** Blocks until a child has ended, and leaves it a zombie. */
  static void awaitExit(NativeMemory memory, long pid) {
    long information = memory.at(NativeMemory.SIGINFO);
    int result;
    do {
      result = (int) call(memory, WAITID, P_PID, pid, information, WEXITED | WNOWAIT);
    } while (result < 0 && memory.errno() == EINTR);
  }

  /**
   * Reaps a child; its status and usage are in {@code memory} then.
   *
   * @return the child's pid, 0 when it lives ({@link #WNOHANG}), or -1
   */
  static int reap(NativeMemory memory, long pid, int options) {
    long status = memory.at(NativeMemory.STATUS);
    int result;
    do {
      result = (int) call(memory, WAIT4, pid, status, options, memory.at(NativeMemory.RUSAGE));
    } while (result < 0 && memory.errno() == EINTR);
    return result;
  }

  /** Sends a signal; a negative pid means a process group. Returns 0, or -1 with errno. */
  static int kill(NativeMemory memory, long pid, int signal) {
    return call(memory, KILL, pid, signal);
  }

  static boolean becomeSubreaper(NativeMemory memory) {
    return call(memory, PRCTL, PR_SET_CHILD_SUBREAPER, 1) == 0;
  }

  /** Whoever starts a program may make it ignore SIGCHLD; its children then leave no exit code. */
  static void keepEndedChildren(NativeMemory memory) {
    call(memory, SIGNAL, SIGCHLD, SIG_DFL);
  }

  static int ownPid(NativeMemory memory) {
    return call(memory, GETPID, 0, 0);
  }

  static int open(NativeMemory memory, String path, int flags) {
    return call(memory, OPEN, memory.put(path), flags);
  }

  /** Reads from the start of a file into {@link NativeMemory#TEXT}; returns the count, or -1. */
  static int readStart(NativeMemory memory, int fd) {
    return (int) call(memory, PREAD, fd, memory.at(NativeMemory.TEXT), NativeMemory.TEXT_LENGTH, 0);
  }

  static void writeLine(NativeMemory memory, int fd, String line) {
    long address = memory.put(line + "\n");
    call(memory, WRITE, fd, address, line.length() + 1, 0);
  }

  static void close(NativeMemory memory, int fd) {
    call(memory, CLOSE, fd, 0);
  }

  /** Makes a pipe that no child inherits; the descriptors are in {@link NativeMemory#PIPE}. */
  static boolean pipe(NativeMemory memory) {
    return call(memory, PIPE2, memory.at(NativeMemory.PIPE), O_CLOEXEC) == 0;
  }

  /** Puts this process's own usage into {@link NativeMemory#RUSAGE}. */
  static void ownUsage(NativeMemory memory) {
    call(memory, GETRUSAGE, 0, memory.at(NativeMemory.RUSAGE));
  }
}
