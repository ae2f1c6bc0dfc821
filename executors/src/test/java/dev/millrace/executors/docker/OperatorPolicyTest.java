package dev.millrace.executors.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.millrace.pipeline.ContainerSpec;
import dev.millrace.pipeline.ContainerSpec.Isolation;
import dev.millrace.pipeline.ContainerSpec.Mount;
import dev.millrace.pipeline.ContainerSpec.Pull;
import dev.millrace.pipeline.ContainerSpec.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OperatorPolicyTest {
  private Path parent = Path.of("");
  private Path allowed = Path.of("");
  private Path other = Path.of("");
  private OperatorPolicy policy = OperatorPolicy.of(Map.of());

  @BeforeEach
  void directories(@TempDir Path directory) throws IOException {
    parent = directory.toRealPath();
    allowed = Files.createDirectory(parent.resolve("allowed"));
    Files.createDirectory(allowed.resolve("deep"));
    other = Files.createDirectory(parent.resolve("allowed-not"));
    policy =
        OperatorPolicy.of(
            Map.of(
                OperatorPolicy.MOUNTS,
                "relative::" + allowed + ":/no/such",
                OperatorPolicy.NETWORKS,
                " lab ,,net2"));
  }

  private List<String> objections(String network, Mount... mounts) {
    return policy.objections(
        new ContainerSpec(
            Isolation.SLOT, Pull.MISSING, network, null, User.CALLER, List.of(mounts)));
  }

  private static Mount mount(Path source) {
    return new Mount(source.toString(), "/data", false);
  }

  @Test
  void whatIsAllowedIsNotObjectedTo() {
    for (String network : List.of("none", "bridge", "lab", "net2")) {
      assertEquals(List.of(), objections(network, mount(allowed), mount(allowed.resolve("deep"))));
    }
  }

  @Test
  void otherNetworksAreObjectedTo() {
    for (String network : List.of("host", "container:x", "lab ", "")) {
      List<String> objections = objections(network);
      assertEquals(1, objections.size());
      assertTrue(objections.getFirst().contains(OperatorPolicy.NETWORKS));
    }
  }

  @Test
  void otherDirectoriesAreObjectedTo() {
    for (Path source : List.of(other, parent, allowed.resolve("../allowed-not"), Path.of("/"))) {
      List<String> objections = objections("none", mount(source));
      assertEquals(1, objections.size(), source::toString);
      assertTrue(objections.getFirst().contains(OperatorPolicy.MOUNTS));
    }
  }

  @Test
  void aLinkInAnAllowedDirectoryLeadsNowhereElse() throws IOException {
    Path link = Files.createSymbolicLink(allowed.resolve("link"), other);
    assertTrue(objections("none", mount(link)).getFirst().contains("not allowed"));
    Path inside = Files.createSymbolicLink(allowed.resolve("inside"), allowed.resolve("deep"));
    assertEquals(allowed.resolve("deep"), policy.sourceOf(mount(inside)));
  }

  @Test
  void whatIsNotThereIsObjectedTo() {
    Mount gone = mount(allowed.resolve("gone"));
    assertThrows(IllegalArgumentException.class, () -> policy.sourceOf(gone));
  }

  @Test
  void theSandboxCannotBeHidden() {
    for (String target : List.of("/millrace", "/millrace/work/x", "/", "/data/../millrace")) {
      Mount mount = new Mount(allowed.toString(), target, true);
      assertTrue(objections("none", mount).getFirst().contains("target"), target);
    }
  }

  @Test
  void withoutAWordOfTheOperatorNothingIsAllowed() {
    policy = OperatorPolicy.of(Map.of());
    assertEquals(1, objections("none", mount(allowed)).size());
    assertEquals(1, objections("lab").size());
    assertEquals(List.of(), objections("bridge"));
  }
}
