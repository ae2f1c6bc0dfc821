/** Who may ask a server for what: tokens and their roles. Knows no door. */
@NullMarked
package dev.millrace.access;

import org.jspecify.annotations.NullMarked;
