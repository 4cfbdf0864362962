package pinfold.cluster.files;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.slf4j.Logger;
import pinfold.cluster.checkpoint.CheckpointException;
import pinfold.cluster.files.FileMessage.Chunk;
import pinfold.cluster.files.FileMessage.FileRefused;

/** Moves files of runs between this member's directory and those of other members. Protocol: docs/protocol.md, "Files". */
final class FileKeeper {
  /**
   * What one message holds at most.
   *
   * @param chunkBytes of a file
   * @param files names in an answer to the question what there is, and those of one run more
   */
  record Sizes(int chunkBytes, int files) {}

  private final Logger log;
  private final KeptRuns runs;
  private final Sizes sizes;
  private final MemberLinks links;
  private final FileSender sender;
  private final FileReceiver receiver;
  private final CopyHolders holders;
  private final FileFetcher fetcher;
  private final FileSurveys surveys;
  private final RunListing listing;

  /** @param copies how many other members keep a group's state */
  FileKeeper(KeptRuns runs, int copies, Sizes sizes, MemberLinks links, Logger log) {
    this.log = log;
    this.runs = runs;
    this.sizes = sizes;
    this.links = links;
    this.sender = new FileSender(runs.root(), sizes.chunkBytes, links, log);
    this.fetcher = new FileFetcher(runs.root(), links);
    this.receiver = new FileReceiver(links.self(), runs, fetcher::isWanted, this::arrived, log);
    this.holders = new CopyHolders(copies, links, sender, log);
    this.surveys = new FileSurveys(runs.root(), links, fetcher);
    this.listing = new RunListing(runs);
  }

  void handle(FileMessage message) throws IOException {
    switch (message) {
      case Chunk chunk when links.isMember(chunk.from()) -> receive(chunk);
      case Chunk stranger -> log.warn("a file of {}, which is no member", stranger.from());
      case FileMessage.ChunkTaken taken -> sender.taken(taken);
      case FileRefused refused -> sender.refused(refused);
      case FileMessage.WhatHaveYou question when links.isMember(question.from()) -> say(question);
      case FileMessage.WhatHaveYou stranger -> log.warn("a question of {}, which is no member", stranger.from());
      case FileMessage.Have answer -> surveys.answered(answer);
      case FileMessage.SendFile request -> sendFile(request);
      case FileMessage.NoSuchFile answer -> fetcher.failed(answer.from(), answer.file());
      case FileMessage.Discard discard -> discard(discard);
      case FileMessage.KeepByAll keep -> holders.keepByAll(keep.file(), keep.epoch(), keep.then());
      case FileMessage.KeepBySome keep -> holders.keepBySome(keep.files(), keep.epoch(), keep.then());
      case FileMessage.Survey survey -> surveys.survey(links.others(), survey.run(), survey.then());
      case FileMessage.Fetch fetch -> fetcher.fetch(fetch.files(), fetch.then());
      case FileMessage.DiscardByAll discard -> links.others().forEach(member -> links.tell(member,
          new FileMessage.Discard(links.self(), discard.run(), discard.epoch(), discard.checkpoint())));
      case FileMessage.MemberCame came -> memberCame(came.member());
      case FileMessage.MemberGone gone -> memberGone(gone.member());
      case FileMessage.Tick tick -> tick();
    }
  }

  private void receive(Chunk chunk) {
    fetcher.underWay(chunk.file());
    FileMessage answer = receiver.receive(chunk);
    if (answer != null) {
      links.tell(chunk.from(), answer);
    }
    if (answer instanceof FileRefused) {
      fetcher.failed(chunk.from(), chunk.file());
    }
  }

  private void arrived(String file) {
    fetcher.arrived(file);
    if (RunPath.isComplete(file)) {
      try {
        runs.removeOldCheckpoints(RunPath.run(file));
      } catch (CheckpointException e) { // They stay until the next time; the file is here all the same.
        log.warn("old checkpoints of run {} stay", RunPath.run(file), e);
      }
    }
  }

  private void say(FileMessage.WhatHaveYou question) throws IOException {
    RunListing.Page page = listing.list(question.run(), question.after(), sizes.files);
    links.tell(question.from(), new FileMessage.Have(links.self(), question.question(), page.runs(), page.more()));
  }

  private void sendFile(FileMessage.SendFile request) {
    if (!links.isMember(request.from())) {
      log.warn("a file is asked for by {}, which is no member", request.from());
    } else if (!RunPath.isAllowed(request.file()) || !Files.isRegularFile(runs.root().resolve(request.file()))) {
      links.tell(request.from(), new FileMessage.NoSuchFile(links.self(), request.file()));
    } else if (!sender.isSending(request.from(), request.file())) {
      sender.send(request.from(), request.file(), runs.epoch(RunPath.run(request.file())), sent -> {});
    }
  }

  private void discard(FileMessage.Discard discard) {
    boolean known = RunPath.isRun(discard.run()) && RunPath.isCheckpoint(discard.checkpoint()) && links.isMember(discard.from());
    if (known && discard.epoch() >= runs.epoch(discard.run())) {
      runs.discardCheckpoint(discard.run(), discard.checkpoint());
    }
  }

  /** Whoever comes has not seen what was said before, and may have what nobody else has. */
  private void memberCame(String member) {
    if (!member.equals(links.self())) {
      surveys.survey(List.of(member), "", surveyed -> {});
    }
  }

  private void memberGone(String member) {
    holders.memberGone(member);
    receiver.memberGone(member);
    sender.memberGone(member);
  }

  private void tick() {
    sender.tick();
    fetcher.tick();
    surveys.tick();
    holders.forget(file -> !Files.exists(runs.root().resolve(file)));
  }

  void close() {
    receiver.close();
    sender.close();
  }
}
