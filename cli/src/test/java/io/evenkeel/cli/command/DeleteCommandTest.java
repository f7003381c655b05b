package io.evenkeel.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.cli.StubFixture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeleteCommandTest extends StubFixture {

    @ParameterizedTest
    @CsvSource({
        "runs, runs/x1",
        "evaluations, evaluations/x1",
        "devices, clients/x1/record",
        "tokens, enrolment-tokens/x1/record"
    })
    void deletesOneIfItIsConfirmed(String group, String path) {
        coordinator.on("DELETE /" + path, "");

        assertThat(cli.run(group, "delete", "x1")).isEqualTo(2);
        assertThat(cli.err()).contains("'x1' for good", "give --yes");
        assertThat(coordinator.requests()).isEmpty();
        assertThat(cli.run(group, "delete", "x1", "--yes")).isZero();
        assertThat(cli.out()).startsWith("1 ").endsWith(" deleted\n");
        assertThat(coordinator.lines()).containsExactly("DELETE /" + path);
    }

    @Test
    void asksForTheNameOfARun() {
        coordinator.on("DELETE /runs/digits", "");

        assertThat(cli.onTerminal(80).typing("y\n").run("runs", "delete", "digits"))
                .isEqualTo(1);
        assertThat(cli.err()).contains("Type its name", "nothing was done");
        assertThat(coordinator.requests()).isEmpty();
        assertThat(cli.onTerminal(80).typing("digits\n").run("runs", "delete", "digits"))
                .isZero();
        assertThat(coordinator.lines()).containsExactly("DELETE /runs/digits");
    }

    @Test
    void deletesOldRecordsPageByPageAfterListingThem() {
        String kept = "[{\"name\":\"c\",\"type\":\"urn:evenkeel:problem:in-use\",\"reason\":\"client c is a member\"}]";
        String first = "{\"deleted\":[\"a\"],\"kept\":[],\"next\":\"a\"}";
        String second = "{\"deleted\":[\"b\"],\"kept\":" + kept + "}";
        coordinator
                .on("POST /deletions", first)
                .on("POST /deletions", second)
                .on("POST /deletions", first)
                .on("POST /deletions", second);

        assertThat(cli.onTerminal(80).typing("y\n").run("devices", "delete", "--older-than", "90d"))
                .isZero();
        assertThat(cli.err()).contains("Delete 2 devices for good: a, b?");
        assertThat(cli.out()).contains("2 devices deleted", "kept: client c is a member");
        assertThat(coordinator.requests()).hasSize(4);
        assertThat(coordinator.requests().get(0).body())
                .contains("\"kind\":\"devices\"", "\"olderThan\":\"PT2160H\"", "\"after\":\"\"", "\"dryRun\":true");
        assertThat(coordinator.requests().get(3).body()).contains("\"after\":\"a\"", "\"dryRun\":false");
    }

    @Test
    void doesNotAskIfNothingIsOldEnough() {
        coordinator.on("POST /deletions", "{\"deleted\":[],\"kept\":[]}");

        assertThat(cli.run("tokens", "delete", "--older-than", "90d")).isZero();
        assertThat(cli.out()).isEqualTo("0 tokens deleted\n");
        assertThat(coordinator.requests()).hasSize(1);
    }

    @Test
    void requiresEitherANameOrAnAge() {
        assertThat(cli.run("runs", "delete", "--yes")).isEqualTo(2);
        assertThat(cli.err()).contains("--older-than");
        assertThat(cli.run("runs", "delete", "digits", "--older-than", "90d", "--yes"))
                .isEqualTo(2);
        assertThat(coordinator.requests()).isEmpty();
    }
}
