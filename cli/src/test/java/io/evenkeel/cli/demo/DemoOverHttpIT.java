package io.evenkeel.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.engine.OnlyInCi;
import io.evenkeel.tools.OperatorException;
import io.evenkeel.tools.process.JavaLaunch;
import io.evenkeel.tools.process.LocalCoordinator;
import io.evenkeel.tools.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs of the demonstration against one coordinator. */
@OnlyInCi
class DemoOverHttpIT {

    @TempDir
    static Path data;

    private static LocalCoordinator coordinator;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        coordinator = LocalCoordinator.start(data, JavaLaunch.QUICK);
    }

    @AfterAll
    static void stop() {
        coordinator.close();
    }

    private DemoResult train(DemoSettings settings, String run) throws InterruptedException {
        Terminal terminal =
                new Terminal(new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8), false, 80);
        return new Demo(settings, terminal)
                .run(coordinator.address(), coordinator.operatorToken(), run, folder.resolve(run));
    }

    private void givesTheModelOfTheInProcessRun(DemoSettings settings, String name) throws Exception {
        InProcessDemo expected = InProcessDemo.run(settings);
        DemoResult first = train(settings, name);
        DemoResult second = train(settings, name + "-again");
        assertThat(first.modelHash()).isEqualTo(expected.modelHash());
        assertThat(second.modelHash()).isEqualTo(expected.modelHash());
        assertThat(first.heldOut().accuracy()).isEqualTo(expected.accuracy());
        assertThat(first.uplinkBytes()).isEqualTo(second.uplinkBytes());
    }

    @Test
    void givesTheModelOfTheInProcessRunEachTime() throws Exception {
        givesTheModelOfTheInProcessRun(
                InProcessDemo.settings(3, 12, "ef21-sgdm-norm", "top-k:0.01", 0, 7), "everybody");
    }

    @Test
    @Tag("full")
    void givesTheModelOfTheInProcessRunWithMissedRounds() throws Exception {
        givesTheModelOfTheInProcessRun(
                InProcessDemo.settings(4, 12, "ef21-sgdm-norm", "top-k:0.01", 2, 7), "some-missing");
    }

    @Test
    @Tag("full")
    void givesTheModelOfTheInProcessRunWithCoordinatesDrawnAtRandom() throws Exception {
        givesTheModelOfTheInProcessRun(InProcessDemo.settings(3, 6, "ef14", "rand-k:0.05", 1, 7), "drawn");
    }

    @Test
    void comparesBytesWithUncompressedOnes() throws Exception {
        DemoResult result = train(InProcessDemo.settings(3, 5, "ef21-sgdm-norm", "top-k:0.01", 0, 7), "counted");
        assertThat(result.denseUplinkBytes()).isEqualTo(3L * 5 * 4 * 9610);
        assertThat(result.denseDownlinkBytes()).isEqualTo(3L * 5 * 4 * 9610);
        assertThat(result.uplinkBytes()).isBetween(3L * 5 * 480, 3L * 5 * 4 * 9610 / 40);
        assertThat(result.downlinkBytes()).isPositive();
    }

    @Test
    void saysThatARunsNameIsTaken() throws Exception {
        DemoSettings settings = InProcessDemo.settings(1, 1, "gd", "identity", 0, 7);
        train(settings, "taken");
        assertThatThrownBy(() -> train(settings, "taken"))
                .isInstanceOf(OperatorException.class)
                .hasMessageContaining("run 'taken' already exists");
    }
}
