/**
 * The protocol between the owner of a run, the placement loop and the workers, and the two ends of
 * it that are not the owner. Knows nothing of how messages travel, of run machines and of
 * sandboxes.
 *
 * <pre>
 * owner      -- Want, Freed, Gone, Sync -----> placement
 * owner      &lt;- Grant, Reconsider ------------ placement
 * owner      -- Start, Stop, Acknowledge ----> worker
 * owner      &lt;- Report, Holding, Stalled ----- worker
 * placement  &lt;- Heartbeat -------------------- worker
 * </pre>
 *
 * <p>Every message may be lost, come twice or come late, and every party may die at any moment:
 *
 * <ul>
 *   <li>The truth is in the run's journal. The placement loop and the workers hold soft state that
 *       is told to them again: an owner repeats all it wants and holds ({@code Sync}), a worker all
 *       it has ({@code Heartbeat}, {@code Holding}).
 *   <li>An attempt is named by run, task and number. The number comes from a durable fact, so no
 *       two assignments ever share it: whatever names another attempt than the one that runs is
 *       late, and changes nothing.
 *   <li>A worker's address is new with each start of it: a message to a dead one reaches nobody,
 *       and what it held is lost as soon as it is silent for longer than its lease.
 *   <li>A worker keeps a report until it is acknowledged, which its owner does when the fact made
 *       of it is durable.
 *   <li>What an owner of an older epoch says is dropped, by the placement loop and, for each
 *       attempt, by its worker. An owner that has written nothing for a while asks the journal
 *       whether the run is still its own: otherwise one that was replaced would speak for ever.
 *   <li>Nothing is said to a worker before all facts are durable that were decided before it, not
 *       even that a report is of no use.
 *   <li>Where a run has no owner because it has ended, which the journal knows, any engine that is
 *       told of its attempts has them ended and forgotten.
 * </ul>
 */
@NullMarked
package dev.millrace.dispatch;

import org.jspecify.annotations.NullMarked;
