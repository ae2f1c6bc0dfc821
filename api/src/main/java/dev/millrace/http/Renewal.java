package dev.millrace.http;

import dev.millrace.access.Access;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.ServerSSLOptions;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Takes up tokens and certificates that have changed. Called by one thread at a time. */
final class Renewal implements Callable<Boolean> {
  private final Access access;
  private final @Nullable Tls tls;
  private final HttpServer http;
  private final Consumer<String> warnings;
  private List<Object> stamp;
  private volatile String complaint = "";

  Renewal(Access access, @Nullable Tls tls, HttpServer http, Consumer<String> warnings)
      throws IOException {
    this.access = access;
    this.tls = tls;
    this.http = http;
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
        http.updateSSLOptions(new ServerSSLOptions().setKeyCertOptions(mine.pem()), true)
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
