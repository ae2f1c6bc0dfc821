package dev.millrace.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the write-ahead log longer than what is in it, by zeros that are on disk already. A sync
 * after bytes were written over others waits for these alone; after the file has grown it waits for
 * the file's size and place as well, which takes half as long again or more.
 *
 * <p>SQLite reads a log up to the first frame that does not bear the mark of its header, so zeros
 * are no frames; and it writes frame after frame, whatever stands there. Allocating without writing
 * would not do: the first write to such a block changes what the file system knows of it.
 *
 * <p>Used by the thread that writes. Nothing depends on it: where it fails, the log grows as ever.
 */
final class LogPreallocation implements AutoCloseable {
  /** As much is added at a time: some ten commits of a run whose steps wait for each other. */
  private static final int CHUNK_BYTES = 1 << 18;

  /** The log is lengthened when this much or less of it is unused. */
  private static final int LOW_BYTES = 1 << 16;

  // The format of the log: https://www.sqlite.org/fileformat2.html#the_write_ahead_log
  private static final int LOG_HEADER_BYTES = 32;
  private static final int LOG_PAGE_SIZE = 8;
  private static final int LOG_SALT = 16;
  private static final int FRAME_HEADER_BYTES = 24;
  private static final int FRAME_SALT = 8;

  private final Path log;
  private final ByteBuffer logHeader = ByteBuffer.allocateDirect(LOG_HEADER_BYTES);
  private final ByteBuffer frameHeader = ByteBuffer.allocateDirect(FRAME_HEADER_BYTES);
  private final ByteBuffer zeros = ByteBuffer.allocateDirect(CHUNK_BYTES);
  private @Nullable FileChannel channel;

  /** For the log of the database in {@code file}; it need not be there yet. */
  LogPreallocation(Path file) {
    this.log = file.resolveSibling(file.getFileName() + "-wal");
  }

  /** Lengthens the log if it is nearly used up. To be called outside of a transaction. */
  void ensure(Statements statements) {
    try {
      FileChannel open = channel;
      if (open == null) {
        open = FileChannel.open(log, StandardOpenOption.READ, StandardOpenOption.WRITE);
        channel = open;
      }
      if (isLow(open)) {
        // Nobody else may write a frame where the zeros go.
        statements.run("BEGIN IMMEDIATE");
        try {
          append(open);
        } finally {
          statements.run("COMMIT");
        }
      }
    } catch (IOException | SQLException | RuntimeException | Error e) {
      // The next commit meets the same trouble if it is one, and somebody waits for that.
      statements.forget();
      reopen();
    }
  }

  private void reopen() {
    try {
      close();
    } catch (IOException e) {
      // It is opened anew all the same.
    }
    channel = null;
  }

  private boolean isLow(FileChannel open) throws IOException {
    long size = open.size();
    if (size < CHUNK_BYTES) {
      return true;
    }
    read(open, logHeader, 0);
    long frame = FRAME_HEADER_BYTES + Integer.toUnsignedLong(logHeader.getInt(LOG_PAGE_SIZE));
    if (frame == FRAME_HEADER_BYTES) {
      return false; // There is no header yet, and so no frame.
    }
    long last = (size - LOW_BYTES - LOG_HEADER_BYTES) / frame;
    read(open, frameHeader, LOG_HEADER_BYTES + last * frame);
    return frameHeader.getLong(FRAME_SALT) == logHeader.getLong(LOG_SALT);
  }

  private static void read(FileChannel open, ByteBuffer header, long position) throws IOException {
    header.clear();
    while (header.hasRemaining()) {
      if (open.read(header, position + header.position()) < 0) {
        throw new IOException("the log became shorter");
      }
    }
  }

  private void append(FileChannel open) throws IOException {
    long size = open.size();
    zeros.clear();
    while (zeros.hasRemaining()) {
      open.write(zeros, size + zeros.position());
    }
    open.force(false);
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
    }
  }
}
