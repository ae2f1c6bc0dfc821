package dev.millrace.json;

/**
 * Why a text is not JSON as this project takes it.
 *
 * @param code stable name of the kind of flaw, in kebab-case
 * @param pointer to the place, as far as it is known
 * @param message a sentence that says what to write instead
 * @param position in the text
 */
public record JsonFlaw(String code, String pointer, String message, Position position) {}
