package io.evenkeel.coordinator.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.system.DurabilityRules.Postgres;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurabilityRulesTest {

    @Test
    void reportsNothingAboutASafeServer() {
        assertThat(DurabilityRules.of(new Postgres(true, "on", "", 0))).isEmpty();
        assertThat(DurabilityRules.of(new Postgres(true, "on", "ANY 1 (a, b)", 2)))
                .isEmpty();
        assertThat(DurabilityRules.of(new Postgres(true, "remote_apply", "*", 1)))
                .isEmpty();
    }

    @Test
    void namesAServerThatDoesNotWaitForItsDisk() {
        assertThat(DurabilityRules.of(new Postgres(false, "on", "", 0)))
                .singleElement()
                .asString()
                .contains("fsync is off", "set fsync = on");
        assertThat(DurabilityRules.of(new Postgres(true, "off", "", 0)))
                .singleElement()
                .asString()
                .contains("synchronous_commit is off", "the database and the role");
    }

    @ParameterizedTest
    @CsvSource({"on, ''", "local, *", "on, ' '"})
    void namesAStandbyThatNoCommitWaitsFor(String commit, String names) {
        assertThat(DurabilityRules.of(new Postgres(true, commit, names, 2)))
                .singleElement()
                .asString()
                .contains("standbys (2)", "synchronous_standby_names");
    }

    @Test
    void namesFilesInMemoryAndDatabasesOnANetwork() {
        assertThat(DurabilityRules.ofObjects("/objects", "tmpfs"))
                .singleElement()
                .asString()
                .contains("the object store is in memory (/objects is on tmpfs)", "move it to a disk");
        assertThat(DurabilityRules.ofDatabase("/db", "ramfs"))
                .singleElement()
                .asString()
                .contains("the database's file is in memory (/db is on ramfs)");
        assertThat(DurabilityRules.ofDatabase("/db", "nfs4"))
                .singleElement()
                .asString()
                .contains("H2 can damage it");
        assertThat(DurabilityRules.ofObjects("/objects", "nfs4")).isEmpty();
        assertThat(DurabilityRules.ofDatabase("/db", "ext4")).isEmpty();
    }
}
