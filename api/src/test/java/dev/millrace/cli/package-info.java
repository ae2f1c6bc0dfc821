/** The command line, as its user sees it. */
@NullMarked
package dev.millrace.cli;

import org.jspecify.annotations.NullMarked;
