package dev.millrace.http;

import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a server shows of itself, in PEM files. They are read again when they change, as they do
 * each time a certificate is renewed.
 *
 * @param certificate its chain, its own first
 * @param key PKCS 8, without a password
 */
public record Tls(Path certificate, Path key) {

  PemKeyCertOptions pem() {
    return new PemKeyCertOptions().addCertPath(certificate.toString()).addKeyPath(key.toString());
  }

  /** Returns what changes when the files do. */
  List<Object> stamp() throws IOException {
    return List.of(
        Files.getLastModifiedTime(certificate),
        Files.size(certificate),
        Files.getLastModifiedTime(key),
        Files.size(key));
  }
}
