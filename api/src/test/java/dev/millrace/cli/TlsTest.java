package dev.millrace.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.http.MillraceServer;
import dev.millrace.http.Tls;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server with a certificate. */
class TlsTest {
  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir private Path directory;

  @Test
  void itShowsItsCertificateAndTheNextOneWhenItIsRenewed() throws Exception {
    Tls tls = new Tls(directory.resolve("cert.pem"), directory.resolve("key.pem"));
    X509Certificate first = issue("first", tls);
    try (MillraceServer server =
        ServerClient.server(directory.resolve("state"), "127.0.0.1", tls)) {
      assertTrue(shows(server.port(), first));
      assertTrue(shows(server.busPort(), first));
      X509Certificate second = issue("second", tls);
      MillraceProcess.await("the renewed certificate is shown", () -> shows(server.port(), second));
      MillraceProcess.await("by the bus too", () -> shows(server.busPort(), second));
    }
  }

  @Test
  void itSaysNothingToWhoeverSpeaksInTheClear() throws Exception {
    Tls tls = new Tls(directory.resolve("cert.pem"), directory.resolve("key.pem"));
    issue("only", tls);
    try (MillraceServer server = ServerClient.server(directory.resolve("state"), "127.0.0.1", tls);
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write("GET /v1/runs HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII));
      byte[] answer = socket.getInputStream().readNBytes(100);
      assertTrue(!new String(answer, US_ASCII).contains("HTTP"));
    }
  }

  @Test
  void theCommandLineTrustsWhatItIsToldToTrust() throws Exception {
    Tls tls = new Tls(directory.resolve("cert.pem"), directory.resolve("key.pem"));
    issue("mine", tls);
    Shell shell = new Shell(directory);
    try (MillraceServer server =
        ServerClient.server(directory.resolve("state"), "127.0.0.1", tls)) {
      String address = "https://127.0.0.1:" + server.port();
      Shell.Done trusted = shell.millrace("runs", "--server", address, "--ca", "cert.pem");
      assertEquals(ExitCode.OK, trusted.exitCode(), trusted.err());
      Shell.Done stranger = shell.millrace("runs", "--server", address);
      assertEquals(ExitCode.CANNOT_WORK, stranger.exitCode());
      assertTrue(stranger.err().contains("no answer from the server " + address), stranger.err());
    }
  }

  /** Makes a certificate that signs itself, and its key, as PEM files. */
  private X509Certificate issue(String name, Tls tls) throws Exception {
    Path store = directory.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-ext",
                "SAN=dns:localhost,ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                new String(PASSWORD))
            .inheritIO()
            .start();
    assertTrue(keytool.waitFor(60, TimeUnit.SECONDS));
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD);
    }
    X509Certificate certificate = (X509Certificate) keys.getCertificate("server");
    write(tls.key(), "PRIVATE KEY", keys.getKey("server", PASSWORD).getEncoded());
    write(tls.certificate(), "CERTIFICATE", certificate.getEncoded());
    return certificate;
  }

  private static void write(Path file, String label, byte[] content) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    Files.writeString(
        file, "-----BEGIN " + label + "-----\n" + text + "\n-----END " + label + "-----\n");
  }

  /** Returns whether the server answers with that certificate. */
  private static boolean shows(int port, X509Certificate certificate) {
    try {
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      trusted.setCertificateEntry("server", certificate);
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      try (SSLSocket socket =
          (SSLSocket)
              context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
        socket.startHandshake();
        OutputStream out = socket.getOutputStream();
        out.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII));
        String answer = new String(socket.getInputStream().readNBytes(12), US_ASCII);
        // The bridge to the event bus takes the request for a frame that is too long.
        return answer.equals("HTTP/1.1 200") || answer.endsWith("{\"type\":");
      }
    } catch (SSLHandshakeException e) {
      return false; // it shows another
    } catch (IOException | GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
