package dev.millrace.simulation;

import java.util.List;
import java.util.SplittableRandom;

/** All that is random in a simulation, from one seed. */
public final class Chance {
  private final SplittableRandom random;

  /** A source of its own for each seed. */
  public Chance(long seed) {
    // Neighbouring seeds of a splittable generator begin alike; a first draw mixes them.
    random = new SplittableRandom(new SplittableRandom(seed).nextLong());
  }

  /** Returns true with that probability. */
  public boolean in(double probability) {
    return probability > 0 && random.nextDouble() < probability;
  }

  /** Returns a whole number, both ends included. */
  public long between(long least, long most) {
    return least + (most > least ? random.nextLong(most - least + 1) : 0);
  }

  /** Returns a whole number from 0, less than {@code bound}. */
  public int below(int bound) {
    return random.nextInt(bound);
  }

  /** Returns a number in [0, 1). */
  public double share() {
    return random.nextDouble();
  }

  /** Returns one of them. */
  public <T> T of(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  /**
   * Returns a duration whose logarithm is spread evenly: most are short, some are very long.
   *
   * @param least in whatever unit, at least 1
   */
  public long spread(long least, long most) {
    double low = Math.log((double) least);
    double log = low + random.nextDouble() * (Math.log((double) most) - low);
    return Math.round(Math.exp(log));
  }
}
