package io.evenkeel.testkit.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evenkeel.core.algorithm.Preset;
import io.evenkeel.testkit.chaos.deployment.ChaosDeployment;
import io.evenkeel.testkit.chaos.run.ChaosSettings;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fills the coordinator's disk in the middle of a run, using a small file system in memory. */
@Tag("full")
class FullDiskIT {

    private static final int FILLED_AT = 20;

    /**
     * Counts refusals of any request: a disk that fills up while a round closes refuses no message, since
     * none is due.
     */
    private static final int ENOUGH_REFUSALS = 2;

    private static final Duration WHILE_FULL = Duration.ofSeconds(2);

    @TempDir
    private Path folder = Path.of("");

    private Path ballast = Path.of("");
    private boolean filled;
    private boolean freed;
    private int refusedBefore;

    private static ChaosSettings settings() {
        return new ChaosSettings(Preset.EF21_SGDM_NORM, null, null, 0, 4, 3, 20, 400, 3, 0.05, 0, false);
    }

    @Test
    void aFullDiskLosesNothingAndTheRunContinuesByItself() throws Exception {
        Chaos chaos = runOnASmallDisk(List.of(), so -> so.unavailable() >= ENOUGH_REFUSALS);

        assertThat(chaos.unavailable()).isGreaterThanOrEqualTo(ENOUGH_REFUSALS);
    }

    @Test
    void aKillWhileTheDiskIsFullLosesNothing() throws Exception {
        KillPlan.Kill kill = new KillPlan.Kill(KillKind.ANY_TIME, FILLED_AT, WHILE_FULL.toNanos());

        Chaos chaos = runOnASmallDisk(List.of(kill), this::isBackOnTheFullDisk);

        assertThat(chaos.starts()).isGreaterThanOrEqualTo(2);
    }

    /** After a kill, the coordinator either cannot start on the full disk, or starts and refuses requests. */
    private boolean isBackOnTheFullDisk(Chaos chaos) {
        if (chaos.starts() == 1) {
            refusedBefore = chaos.unavailable();
        }
        return chaos.starts() > 2 || (chaos.starts() == 2 && chaos.unavailable() > refusedBefore);
    }

    /**
     * @param enough returns true when the disk has been full for long enough
     */
    private Chaos runOnASmallDisk(List<KillPlan.Kill> kills, Predicate<Chaos> enough) throws Exception {
        Path disk = Files.createDirectories(folder.resolve("coordinator"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", disk.toString()),
                "cannot mount a file system here: this needs root on Linux");
        ballast = disk.resolve("ballast");
        AtomicReference<Chaos> running = new AtomicReference<>();
        try {
            Chaos chaos = new Chaos(
                    settings(),
                    folder,
                    ChaosDeployment.onH2(folder),
                    accepted -> fillAndFree(Objects.requireNonNull(running.get()), accepted, enough));
            running.set(chaos);
            ChaosOutcome outcome = chaos.run(new KillPlan(kills, List.of(List.of(), List.of()), List.of()));

            assertThat(freed).isTrue();
            assertThat(outcome.kills()).isEqualTo(kills.size());
            assertThat(outcome.verdict().violations()).isEmpty();
            assertThat(outcome.verdict().checked())
                    .isEqualTo(settings().devices() * settings().rounds());
            return chaos;
        } finally {
            run("umount", disk.toString());
        }
    }

    private void fillAndFree(Chaos chaos, int accepted, Predicate<Chaos> enough) {
        try {
            if (!freed && accepted >= FILLED_AT) {
                // Fills the disk after each message, since H2 frees space that it no longer needs.
                fill();
            }
            if (filled && !freed && enough.test(chaos)) {
                freed = true;
                Files.delete(ballast);
            }
            filled = accepted >= FILLED_AT;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void fill() throws IOException {
        byte[] block = new byte[4096];
        try (OutputStream out = Files.newOutputStream(ballast, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            while (true) {
                out.write(block);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left");
        }
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }
}
