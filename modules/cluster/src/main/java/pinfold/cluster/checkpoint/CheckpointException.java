package pinfold.cluster.checkpoint;

/** A checkpoint cannot be written, or is not what it should be: missing, cut short, damaged, of another run, build or format. */
public sealed class CheckpointException extends RuntimeException permits UnreadableCheckpointException {
  private static final long serialVersionUID = 1L;

  public CheckpointException(String message) {
    super(message);
  }

  public CheckpointException(String message, Throwable cause) {
    super(message, cause);
  }
}
