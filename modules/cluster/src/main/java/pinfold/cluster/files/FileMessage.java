package pinfold.cluster.files;

import java.util.List;
import java.util.function.Consumer;

/**
 * What the keepers of files on the members say to each other; docs/protocol.md has the table. Files are named by their path in the run
 * directory ({@link RunPath}), members by their address, as {@code pekko://pinfold@HOST:PORT}.
 */
public sealed interface FileMessage {
  /** Most bytes of a {@link Chunk}. */
  int MOST_CHUNK_BYTES = 1 << 20;

  /**
   * The next bytes of a file. The following chunk is sent when this one was answered.
   *
   * @param epoch of the run, as the sender has it
   * @param size of the whole file
   * @param at where these bytes are in it
   * @param sum CRC-32C of the file up to the end of these bytes
   */
  record Chunk(String from, String file, int epoch, long size, long at, byte[] bytes, long sum) implements FileMessage {}

  /**
   * Answer to a chunk.
   *
   * @param next where the next should begin; 0 asks for the whole file anew
   * @param whole the file is on disk
   */
  record ChunkTaken(String from, String file, long next, boolean whole) implements FileMessage {}

  /** Answer to a chunk: not this file. */
  record FileRefused(String from, String file, String why) implements FileMessage {}

  /**
   * Which runs and files do you have?
   *
   * @param question comes back with the answer
   * @param run one run, or empty for all
   * @param after runs whose names come after this one
   */
  record WhatHaveYou(String from, long question, String run, String after) implements FileMessage {}

  /** Answer, in the order of the runs' names. {@code more}: these are not all, ask again for what comes after the last. */
  record Have(String from, long question, List<HeldRun> runs, boolean more) implements FileMessage {}

  /** What a member has of a run; {@code epoch} is 0 where it has none. Not a message of its own. */
  record HeldRun(String run, int epoch, List<String> files) {}

  /** Send me this file. Answered by its chunks, or {@link NoSuchFile}. */
  record SendFile(String from, String file) implements FileMessage {}

  /** Answer: not here. */
  record NoSuchFile(String from, String file) implements FileMessage {}

  /** From the manager's member: remove this checkpoint, it cannot be used. */
  record Discard(String from, String run, int epoch, String checkpoint) implements FileMessage {}

  /** From an actor of this member: all members shall have this file. {@code then} hears whether more than half of them do. */
  record KeepByAll(String file, int epoch, Consumer<Boolean> then) implements FileMessage {}

  /** From an actor of this member: so many others as the setting says shall have these files. */
  record KeepBySome(List<String> files, int epoch, Runnable then) implements FileMessage {}

  /** From an actor of this member: who has what of a run, or of all if it is empty. Small files that were missing here are then here. */
  record Survey(String run, Consumer<Surveyed> then) implements FileMessage {}

  /** From an actor of this member: get these. {@code then} hears which no member has that is up. */
  record Fetch(List<String> files, Consumer<List<String>> then) implements FileMessage {}

  /** From an actor of this member: {@link Discard} for all others. */
  record DiscardByAll(String run, int epoch, String checkpoint) implements FileMessage {}

  /** To itself. */
  record MemberCame(String member) implements FileMessage {}

  /** To itself: a member was removed. */
  record MemberGone(String member) implements FileMessage {}

  /** To itself: a timer. */
  record Tick() implements FileMessage {}
}
