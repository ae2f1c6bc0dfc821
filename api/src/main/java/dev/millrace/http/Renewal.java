package dev.millrace.http;

import dev.millrace.access.Access;
import io.vertx.core.Future;
import io.vertx.core.net.ServerSSLOptions;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Takes up tokens and certificates that have changed. Called by one thread at a time. */
final class Renewal implements Callable<Boolean> {
  private final Access access;
  private final @Nullable Tls tls;
  private final Function<ServerSSLOptions, Future<?>> certificate;
  private final Consumer<String> warnings;
  private List<Object> stamp;
  private volatile String complaint = "";

  /**
   * @param certificate puts a certificate into use
   */
  Renewal(
      Access access,
      @Nullable Tls tls,
      Function<ServerSSLOptions, Future<?>> certificate,
      Consumer<String> warnings)
      throws IOException {
    this.access = access;
    this.tls = tls;
    this.certificate = certificate;
    this.warnings = warnings;
    stamp = tls == null ? List.of() : tls.stamp();
  }

  @Override
  public Boolean call() throws IOException {
    access.refresh();
    Tls mine = tls;
    if (mine != null) {
      List<Object> now = mine.stamp();
      if (!now.equals(stamp)) {
        stamp = now;
        certificate
            .apply(new ServerSSLOptions().setKeyCertOptions(mine.pem()))
            .onFailure(this::failed);
      }
    }
    complaint = "";
    return true;
  }

  /** Says it once: what was read before stays in use. */
  void failed(Throwable failure) {
    String text = "tokens or certificate cannot be read again: " + failure.getMessage();
    if (!text.equals(complaint)) {
      complaint = text;
      warnings.accept(text);
    }
  }
}
