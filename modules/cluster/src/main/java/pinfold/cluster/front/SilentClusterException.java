package pinfold.cluster.front;

import java.io.IOException;

/**
 * Nobody answers for a cluster: no member can be reached, or the one that can has no manager to ask. That may pass, as when members that
 * died are about to be removed.
 */
public final class SilentClusterException extends IOException {
  SilentClusterException(String message, Throwable cause) {
    super(message, cause);
  }
}
