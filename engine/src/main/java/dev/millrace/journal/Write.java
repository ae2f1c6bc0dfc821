package dev.millrace.journal;

import java.sql.SQLException;

/**
 * A change of the database, made within the transaction of its group.
 *
 * <p>It may be run a second time after its first effects were rolled back (see {@link
 * GroupCommit}), so it must do nothing that a rollback does not undo, except overwrite what it
 * noted for its caller. A {@code RuntimeException} refuses the change: the caller gets it, and the
 * rest of the group goes on.
 */
@FunctionalInterface
interface Write {
  void run(Statements statements) throws SQLException;
}
