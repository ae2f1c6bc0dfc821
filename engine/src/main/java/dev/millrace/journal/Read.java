package dev.millrace.journal;

import java.sql.SQLException;

/** A question to the database. What it returns must not need the connection any more. */
@FunctionalInterface
interface Read<T> {
  T run(Statements statements) throws SQLException;
}
