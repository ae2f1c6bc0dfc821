package dev.millrace.journal;

import java.sql.SQLException;
import java.util.List;

/**
 * A change of the database, made within the transaction of its group.
 *
 * <p>It may be run again after its effects were rolled back (see {@link GroupCommit}), so it must
 * do nothing that a rollback does not undo, except overwrite what it noted for its caller. A {@code
 * RuntimeException} refuses the change: the caller gets it, and the rest of the group goes on.
 */
@FunctionalInterface
interface Write {
  void run(Statements statements) throws SQLException;

  /**
   * Makes this change, the first of {@code waiting}, and as many of those right behind it as are
   * made for less together with it.
   *
   * @return how many were made, at least 1
   */
  default int runWith(List<Write> waiting, Statements statements) throws SQLException {
    run(statements);
    return 1;
  }
}
