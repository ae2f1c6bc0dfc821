package dev.millrace.executors.docker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * The user and group that a process runs as.
 *
 * @param name of the user; its number where it has none
 */
record Owner(int uid, int gid, String name) {

  /**
   * Returns as whom this process makes files: what the file system says of one that it makes.
   *
   * @param directory to make it in
   */
  static Owner ofThisProcess(Path directory) throws IOException {
    Path probe = Files.createTempFile(directory, "owner", "");
    try {
      int uid = (Integer) Files.getAttribute(probe, "unix:uid", LinkOption.NOFOLLOW_LINKS);
      int gid = (Integer) Files.getAttribute(probe, "unix:gid", LinkOption.NOFOLLOW_LINKS);
      return new Owner(uid, gid, Files.getOwner(probe).getName());
    } finally {
      Files.delete(probe);
    }
  }

  /** Returns it in the form that a container's user is given. */
  String user() {
    return uid + ":" + gid;
  }
}
