package io.evenkeel.cli.runs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunStateCommandsTest extends RunCommandFixture {

    @ParameterizedTest
    @ValueSource(strings = {"pause", "resume", "start"})
    void pauseResumeAndStartPostToTheRun(String change) {
        coordinator.on("POST /runs/digits/" + change, RUNNING);

        assertThat(cli.run("runs", change, "digits")).isZero();
        assertThat(cli.out()).isEqualTo("digits  running  round 61 of 600\n");
    }

    @Test
    void cancelDoesNothingUnlessItIsConfirmed() {
        assertThat(cli.run("runs", "cancel", "digits")).isEqualTo(2);
        assertThat(cli.err()).contains("Cancel run 'digits'", "give --yes");
        assertThat(cli.onTerminal(80).typing("n\n").run("runs", "cancel", "digits"))
                .isEqualTo(1);
        assertThat(cli.err()).contains("[y/N]", "nothing was done");
        assertThat(coordinator.requests()).isEmpty();
    }

    @Test
    void cancelEndsTheRunIfItIsConfirmed() {
        coordinator.on("POST /runs/digits/cancel", RUNNING.replace("running", "cancelled"));

        assertThat(cli.run("runs", "cancel", "digits", "--yes")).isZero();
        assertThat(cli.onTerminal(80).typing("y\n").run("runs", "cancel", "digits"))
                .isZero();
        assertThat(coordinator.lines()).containsExactly("POST /runs/digits/cancel", "POST /runs/digits/cancel");
    }

    @Test
    void startWaitsUntilEnoughDevicesHaveJoined() {
        coordinator
                .problem("POST /runs/digits/start", 409, "too-few-members")
                .problem("POST /runs/digits/start", 409, "too-few-members")
                .on("POST /runs/digits/start", RUNNING);

        assertThat(cli.run("runs", "start", "digits", "--wait")).isZero();
        assertThat(cli.pauses()).containsExactly(Duration.ofMillis(500), Duration.ofSeconds(1));
    }

    @Test
    void startDoesNotWaitIfWaitingDoesNotHelp() {
        coordinator.problem("POST /runs/digits/start", 409, "wrong-state");

        assertThat(cli.run("runs", "start", "digits", "--wait")).isEqualTo(5);
        assertThat(cli.pauses()).isEmpty();
    }

    @Test
    void startGivesUpAfterTheTimeout() {
        coordinator.problem("POST /runs/digits/start", 409, "too-few-members");

        assertThat(cli.run("runs", "start", "digits", "--wait", "--timeout", "3s"))
                .isEqualTo(7);
        assertThat(cli.err()).contains("until enough devices have joined run 'digits'");
    }
}
