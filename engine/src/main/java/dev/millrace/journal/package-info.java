/**
 * Durable facts of runs, and what is kept beside them in the embedded database. The only package
 * that sees JDBC; it knows nothing of what the facts say.
 */
@NullMarked
package dev.millrace.journal;

import org.jspecify.annotations.NullMarked;
