package pinfold.cluster;

/** An entity threw while it ran; the run is over and the host only good for closing. */
public final class EntityFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String entity;

  EntityFailedException(String entity, Throwable cause) {
    super(entity + ": " + (cause.getMessage() == null ? cause.getClass().getName() : cause.getMessage()), cause);
    this.entity = entity;
  }

  /** Name of the entity. */
  public String entity() {
    return entity;
  }
}
