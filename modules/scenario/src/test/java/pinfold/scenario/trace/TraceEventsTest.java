package pinfold.scenario.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import pinfold.kernel.trace.TraceEvent;
import pinfold.scenario.ConfigError;

class TraceEventsTest {
  @Test
  void eventsAreNamedAloneWithTheirSystemOrByPart() {
    assertThat(TraceEvents.named(List.of("mm_lru_activate"))).containsExactly(TraceEvent.MM_LRU_ACTIVATE);
    assertThat(TraceEvents.named(List.of("pagemap:mm_lru_activate"))).containsExactly(TraceEvent.MM_LRU_ACTIVATE);
    assertThat(TraceEvents.named(List.of("migrate:*"))).containsExactly(TraceEvent.MM_MIGRATE_PAGES_START,
        TraceEvent.MM_MIGRATE_PAGES, TraceEvent.SET_MIGRATION_PTE, TraceEvent.REMOVE_MIGRATION_PTE);
    assertThat(TraceEvents.named(List.of("*_migration_pte", "k_migrate_pages"))).containsExactly(TraceEvent.SET_MIGRATION_PTE,
        TraceEvent.REMOVE_MIGRATION_PTE, TraceEvent.K_MIGRATE_PAGES);
    assertThat(TraceEvents.named(List.of("all"))).containsExactly(TraceEvent.values());
  }

  @Test
  void aWrongNameIsAnsweredWithTheNearest() {
    assertThatThrownBy(() -> TraceEvents.named(List.of("mm_lru_insertoin"))).isInstanceOf(ConfigError.class)
        .hasMessageContaining("mm_lru_insertoin").hasMessageContaining("did you mean mm_lru_insertion?");
    assertThatThrownBy(() -> TraceEvents.named(List.of("kmem:mm_lru_insertion"))).isInstanceOf(ConfigError.class);
  }
}
