package pinfold.cluster.checkpoint;

/** A checkpoint cannot be read at present; nothing says that it is damaged, and another attempt may succeed. */
public final class UnreadableCheckpointException extends CheckpointException {
  private static final long serialVersionUID = 1L;

  public UnreadableCheckpointException(String message, Throwable cause) {
    super(message, cause);
  }
}
