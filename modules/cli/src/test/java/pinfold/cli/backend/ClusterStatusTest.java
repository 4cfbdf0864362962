package pinfold.cli.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import pinfold.cli.backend.ClusterStatus.Asked;
import pinfold.cluster.front.Metrics;

class ClusterStatusTest {
  private static final String RUN = "1d7770635e782b95";

  private static Metrics member(int number, String more) {
    String text = """
        pinfold_member_info{member="10.0.0.%d:7400",build="x",pid="4%d"} 1
        pinfold_member_state{member="10.0.0.1:7400",state="up"} 1
        pinfold_member_state{member="10.0.0.1:7400",state="unreachable"} 0
        pinfold_member_state{member="10.0.0.2:7400",state="up"} 1
        pinfold_member_state{member="10.0.0.2:7400",state="unreachable"} 0
        pinfold_member_state{member="10.0.0.3:7400",state="up"} 0
        pinfold_member_state{member="10.0.0.3:7400",state="unreachable"} 1
        pinfold_heap_used_bytes 104857600
        pinfold_heap_max_bytes 2147483648
        pinfold_gc_seconds_total 1.5
        pinfold_uptime_seconds 75
        pinfold_group{run="RUN",part="%d",group="%d"} 1
        pinfold_group{run="RUN",part="%d",group="%d"} 1
        pinfold_rounds_total{run="RUN",part="%d"} 9000
        pinfold_events_total{run="RUN",part="%d"} 123456
        pinfold_round_bytes_total{run="RUN",part="%d"} 1572864
        pinfold_asked_again_total{run="RUN",part="%d"} 3
        pinfold_busy_seconds_total{run="RUN",part="%d"} 10
        pinfold_waited_seconds_total{run="RUN",part="%d"} 30
        pinfold_waiting_seconds{run="RUN",part="%d"} 4.25
        """.replaceAll("part=\"%d\"", "part=\"" + (number - 1) + "\"");
    return Metrics.read((text.formatted(number, number, 2 * number, 2 * number + 1) + more).replace("RUN", RUN));
  }

  private static final String MANAGER = """
      pinfold_run_info{run="RUN",scenario="vm-passthrough",variant="linux-6.12",seed="1"} 1
      pinfold_run_state{run="RUN",state="placing"} 0
      pinfold_run_state{run="RUN",state="running"} 1
      pinfold_run_epoch{run="RUN"} 2
      pinfold_run_simulated_seconds{run="RUN"} 0.0718
      pinfold_run_progress_ratio{run="RUN"} 0.069
      pinfold_run_windows_per_second{run="RUN"} 391.4
      pinfold_run_bytes_per_window{run="RUN"} 158.3
      pinfold_run_imbalance_ratio{run="RUN"} 1.434
      pinfold_run_checkpoint_age_seconds{run="RUN"} 16.2
      pinfold_run_checkpoint_bytes{run="RUN"} 22439526
      pinfold_run_checkpoint_duration_seconds{run="RUN"} 0.23
      """;

  private static ClusterStatus status() {
    return new ClusterStatus(List.of(new Asked("127.0.0.1:7480", member(1, MANAGER), ""), new Asked("10.0.0.2:7480", member(2, ""), ""),
        Asked.inVain("10.0.0.4:7480", "nobody answers at 10.0.0.4:7480")));
  }

  @Test
  void itFitsATerminalOfEightyColumns() {
    // Process ids are of this machine alone; 1.5 of 75 s, 2 %; 6.9 % is not yet 7; 30 of 40 s, 75 %; 1,572,864 bytes are 1.5 MiB.
    assertThat(status().text(80)).isEqualTo("""
        Members
        member         http            pid  state      heap           gc (%)  up for
        -------------  --------------  ---  ---------  -------------  ------  ----------
        10.0.0.1:7400  127.0.0.1:7480  41   up         100 MiB of        2.0  1 min 15 s
                                                       2.00 GiB
        10.0.0.2:7400  10.0.0.2:7480        up         100 MiB of        2.0  1 min 15 s
                                                       2.00 GiB
                       10.0.0.4:7480        no answer
        nobody answers at 10.0.0.4:7480
        and 10.0.0.3:7400, which does not answer

        Runs
                                           done                        bytes/
        run               state    epoch    (%)  simulated  windows/s  window  imbalance
        ----------------  -------  -----  -----  ---------  ---------  ------  ---------
        1d7770635e782b95  running      2      6    71.8 ms        391     158       1.43

        run               scenario        variant     seed  last checkpoint
        ----------------  --------------  ----------  ----  ----------------------------
        1d7770635e782b95  vm-passthrough  linux-6.12     1  16 s ago, 21.4 MiB in 0.23 s

        Parts
                                                                  asked  waited    waits
        run       part  member         groups  events      sent   again     (%)  now (s)
        --------  ----  -------------  ------  ------  --------  ------  ------  -------
        1d777063     0  10.0.0.1:7400  2-3     123456  1.50 MiB       3      75      4.3
        1d777063     1  10.0.0.2:7400  4-5     123456  1.50 MiB       3      75      4.3
        """);
    assertThat(status().text(160).lines()).anyMatch(line -> line.contains("100 MiB of 2.00 GiB"));
  }

  @Test
  void aMemberThatDoesNotAnswerIsNoGoodOrder() {
    assertThat(status().isWhole()).isFalse();
    assertThat(new ClusterStatus(List.of(new Asked("a:1", Metrics.read("pinfold_member_info{member=\"a:2\"} 1\n"), ""))).isWhole()).isTrue();
  }

  @Test
  void jsonHasTheMetricsUnderTheirOwnNames() {
    assertThat(status().json()).contains("\"run\": \"" + RUN + "\"", "\"windows_per_second\": 391.4", "\"groups\": [\n        2,\n        3\n",
        "\"answers\": false", "\"not_asked\": [\n    \"10.0.0.3:7400\"\n  ]", "\"heap_used_bytes\": 1.048576E8");
  }
}
