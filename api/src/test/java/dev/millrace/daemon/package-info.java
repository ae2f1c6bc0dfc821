/** Tests of the process that stays between commands. */
@NullMarked
package dev.millrace.daemon;

import org.jspecify.annotations.NullMarked;
