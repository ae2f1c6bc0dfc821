/**
 * Webhooks: tells other servers of events, each of them in its own time, until they have them.
 * Knows no door.
 */
@NullMarked
package dev.millrace.webhook;

import org.jspecify.annotations.NullMarked;
