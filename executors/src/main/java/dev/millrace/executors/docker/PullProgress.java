package dev.millrace.executors.docker;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.PullResponseItem;
import com.github.dockerjava.api.model.ResponseItem.ErrorDetail;
import com.github.dockerjava.api.model.ResponseItem.ProgressDetail;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Listens to a pull: says how it goes now and then, and remembers why it failed. */
final class PullProgress extends ResultCallback.Adapter<PullResponseItem> {
  private static final long PAUSE = Duration.ofSeconds(3).toNanos();
  private static final long MEGABYTE = 1_000_000;
  private static final String DOWNLOADING = "Downloading";

  private final String image;
  private final Consumer<String> progress;
  private final Map<String, Long> loaded = new LinkedHashMap<>();
  private final Map<String, Long> sizes = new LinkedHashMap<>();
  private long told = System.nanoTime();
  private @Nullable String failure;

  PullProgress(String image, Consumer<String> progress) {
    this.image = image;
    this.progress = progress;
  }

  @Override
  public synchronized void onNext(PullResponseItem item) {
    ErrorDetail error = item.getErrorDetail();
    if (error != null) {
      failure = String.valueOf(error.getMessage());
      return;
    }
    ProgressDetail detail = item.getProgressDetail();
    String layer = item.getId();
    if (layer == null || detail == null || !DOWNLOADING.equals(item.getStatus())) {
      return;
    }
    Long current = detail.getCurrent();
    Long total = detail.getTotal();
    if (current != null && total != null) {
      loaded.put(layer, current);
      sizes.put(layer, total);
      tell();
    }
  }

  private void tell() {
    long now = System.nanoTime();
    if (now - told < PAUSE) {
      return;
    }
    told = now;
    progress.accept(
        "pulling image %s: %d of %d MB"
            .formatted(image, sum(loaded) / MEGABYTE, sum(sizes) / MEGABYTE));
  }

  private static long sum(Map<String, Long> values) {
    return values.values().stream().mapToLong(Long::longValue).sum();
  }

  @Override
  public void onError(Throwable thrown) {
    if (thrown instanceof DockerException answer) {
      synchronized (this) {
        failure = EngineAnswer.text(answer);
      }
      onComplete();
    } else {
      super.onError(thrown);
    }
  }

  /** Returns what the Docker Engine said, or null if the image was pulled. */
  synchronized @Nullable String failure() {
    return failure;
  }
}
