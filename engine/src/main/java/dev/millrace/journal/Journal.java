package dev.millrace.journal;

import dev.millrace.journal.RunRecord.Summary;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The durable facts of runs: append-only, numbered from 1 without gaps within a run. A service
 * provider interface; its compatibility suite is {@code JournalTck}.
 *
 * <p>A fact is an opaque text of one line here (JSON, made by the owner of the vocabulary).
 *
 * <ul>
 *   <li>When the stage of {@link #append} completes normally, the facts MUST survive the death of
 *       every process and of the machine.
 *   <li>An append MUST be all or nothing, and MUST be refused with {@link StaleOwnerException} when
 *       its epoch is not the run's newest: an owner that was replaced can write nothing more.
 *   <li>Appends of one run MUST be applied in the order of the calls; appends of several callers
 *       SHOULD share one commit (group commit). One append's refusal MUST NOT touch the others.
 *   <li>An append whose first number does not follow the run's last fact MUST be refused with an
 *       {@code IllegalStateException}. So when one append fails for lack of space, those of the
 *       same run that were called behind it fail too, and all can be made again in their order.
 *   <li>An append that cannot be committed for lack of space or access MUST fail with an {@code
 *       IOException} as its cause and leave nothing behind, so that the same call can be made
 *       again.
 *   <li>Reading MUST be paged: no call loads a whole history.
 *   <li>All methods MUST be safe to call from any thread. Stages MAY complete on the journal's own
 *       thread, so what depends on them must be short, must not call {@link #claim}, or must move
 *       to another thread.
 *   <li>Calls that answer at once MUST throw {@code UncheckedIOException} where the store fails.
 * </ul>
 */
public interface Journal extends AutoCloseable {

  /**
   * Creates a run with its first facts, and claims it with epoch 1.
   *
   * @return completes when durable; fails with {@code IllegalStateException} where there is a run
   *     of that id
   */
  CompletionStage<Void> create(RunRecord run, List<String> facts);

  /**
   * Takes the run over: from now on only the returned epoch may append.
   *
   * @param owner names the process that takes it, for people
   * @throws IllegalArgumentException if there is no such run
   */
  long claim(String runId, String owner);

  /**
   * Appends facts.
   *
   * @param epoch as returned by {@link #claim}, 1 after {@link #create}
   * @param firstSequence number of the first fact; must be the run's last number plus 1
   * @param facts may be empty, to change the summary only
   * @param summary what the run's listing shows from now on, or null to leave it as it is
   * @return completes when durable
   */
  CompletionStage<Void> append(
      String runId, long epoch, long firstSequence, List<String> facts, @Nullable Summary summary);

  /**
   * Reads facts in order.
   *
   * @param fromSequence number of the first fact wanted, from 1
   * @param limit at most so many facts, though a page as stored is not cut: a few more may come
   */
  List<StoredFact> read(String runId, long fromSequence, int limit);

  /** Returns the run of that id. */
  Optional<RunRecord> find(String runId);

  /** Lists runs, newest first. */
  List<RunRecord> list(RunQuery query);

  /** Counts the runs that a listing without limit would give. */
  default long count(RunQuery query) {
    return list(query.withLimit(Integer.MAX_VALUE)).size();
  }

  /** Lists the runs whose id begins or ends with that text, newest first. */
  default List<RunRecord> search(String part, int limit) {
    return list(RunQuery.newest(Integer.MAX_VALUE)).stream()
        .filter(run -> run.id().startsWith(part) || run.id().endsWith(part))
        .limit(limit)
        .toList();
  }

  /** Returns the newest run that has not ended and whose submission has that digest. */
  Optional<RunRecord> findUnfinished(String submissionDigest);

  @Override
  void close();
}
