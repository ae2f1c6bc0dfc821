package dev.millrace.pipeline;

/** A constant with the name that stands for it in documents. */
public interface Labelled {

  /** Returns the word that documents use. */
  String label();
}
