package pinfold.cluster.files;

import java.util.List;

/** The members of the cluster, and the way to the keepers of files on them. */
interface MemberLinks {
  /** This member. */
  String self();

  /** Members that are up, this one and those that do not answer at present among them, sorted. */
  List<String> up();

  /** Members that are up and answer, without this one, beginning with the one after it in the sorted list and going round. */
  List<String> others();

  /** Any that was not removed. */
  boolean isMember(String member);

  void tell(String member, FileMessage message);
}
