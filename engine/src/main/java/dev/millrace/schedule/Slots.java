package dev.millrace.schedule;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is free of each resource in one place, by number of resource. The place may be kept for
 * tasks of one queue: then others of the same or a lower priority have to leave room for one of
 * them.
 */
final class Slots {
  /** Sums of fractions such as 0.1 must not keep a last task from fitting. */
  private static final double GRAIN = 1e-9;

  private double[] capacity;
  private double[] free;
  private @Nullable DemandQueue keptFor;
  private @Nullable Amounts kept;

  /** An empty place. */
  Slots(Amounts capacity, int resources) {
    this.capacity = new double[resources];
    for (int i = 0; i < capacity.size(); i++) {
      this.capacity[capacity.resources[i]] = capacity.values[i];
    }
    free = this.capacity.clone();
  }

  /** Changes what there is of one resource when the place is empty. */
  void setCapacity(int resource, double amount) {
    if (resource >= capacity.length) {
      capacity = Arrays.copyOf(capacity, resource + 1);
      free = Arrays.copyOf(free, resource + 1);
    }
    free[resource] += amount - capacity[resource];
    capacity[resource] = amount;
  }

  double capacity(int resource) {
    return resource < capacity.length ? capacity[resource] : 0;
  }

  /**
   * Returns how much may still be taken.
   *
   * @param ahead how much more than its capacity the place is given, as a share of its capacity
   */
  double room(int resource, double ahead) {
    return resource < free.length ? free[resource] + ahead * capacity[resource] : 0;
  }

  boolean covers(Amounts amounts, double ahead) {
    for (int i = 0; i < amounts.resources.length; i++) {
      if (amounts.values[i] > room(amounts.resources[i], ahead) + GRAIN) {
        return false;
      }
    }
    return true;
  }

  boolean couldEverCover(Amounts amounts) {
    for (int i = 0; i < amounts.resources.length; i++) {
      if (amounts.values[i] > capacity(amounts.resources[i]) + GRAIN) {
        return false;
      }
    }
    return true;
  }

  /** Returns whether there is less of a resource than is wanted. */
  boolean lacks(int resource, double wanted, double ahead) {
    return wanted > room(resource, ahead) + GRAIN;
  }

  void take(Amounts amounts) {
    change(amounts, -1);
  }

  void giveBack(Amounts amounts) {
    change(amounts, 1);
  }

  private void change(Amounts amounts, int sign) {
    for (int i = 0; i < amounts.resources.length; i++) {
      if (amounts.resources[i] < free.length) {
        free[amounts.resources[i]] += sign * amounts.values[i];
      }
    }
  }

  /** Forgets what was taken, and with it the errors of many sums. */
  void empty() {
    System.arraycopy(capacity, 0, free, 0, free.length);
  }

  /** Returns how much would be left of the place: the sum of the shares of its resources. */
  double leftAfter(Amounts amounts) {
    double left = 0;
    for (int resource = 0; resource < capacity.length; resource++) {
      if (capacity[resource] > 0) {
        left += (free[resource] - amounts.of(resource)) / capacity[resource];
      }
    }
    return left;
  }

  /**
   * Returns how much of what is wanted most is missing, as a share; not positive where all fits.
   */
  double shortage(Amounts amounts, double ahead) {
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < amounts.resources.length; i++) {
      double wanted = amounts.values[i];
      most = Math.max(most, (wanted - room(amounts.resources[i], ahead)) / wanted);
    }
    return most;
  }

  @Nullable DemandQueue keptFor() {
    return keptFor;
  }

  void keepFor(@Nullable DemandQueue queue, @Nullable Amounts amounts) {
    keptFor = queue;
    kept = amounts;
  }

  /** Returns whether a task of the queue may take that much, as far as the place is kept. */
  boolean admits(DemandQueue queue, Amounts taken, double ahead) {
    return keptFor == null
        || kept == null
        || keptFor == queue
        || keptFor.priority() < queue.priority()
        || leaves(kept, taken, ahead);
  }

  private boolean leaves(Amounts reserved, Amounts taken, double ahead) {
    for (int i = 0; i < reserved.resources.length; i++) {
      double less = taken.of(reserved.resources[i]);
      if (less > 0 && lacks(reserved.resources[i], reserved.values[i] + less, ahead)) {
        return false;
      }
    }
    return true;
  }
}
