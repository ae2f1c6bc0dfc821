package dev.millrace.journal;

/**
 * A fact as it was committed.
 *
 * @param sequence its number within the run, from 1
 * @param text the fact, as given to the journal
 */
public record StoredFact(long sequence, String text) {}
