/** Actions, their keys, recorded results, and why an action ran. */
@NullMarked
package dev.millrace.cache;

import org.jspecify.annotations.NullMarked;
