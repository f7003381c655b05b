package io.evenkeel.pilot.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The coordinator's disk is full for a while in the middle of a run: a small file system in memory, where one can be mounted. */
class FullDiskTest {

    private static final int FILLED_AT = 20;

    /** Of any request: a disk that fills up while a round is closing refuses no message, as none is due. */
    private static final int ENOUGH_REFUSALS = 2;

    @TempDir
    private Path folder = Path.of("");

    private Path ballast = Path.of("");
    private Chaos chaos = new Chaos(settings(), folder, accepted -> {});
    private boolean filled;
    private boolean freed;

    private static ChaosSettings settings() {
        return new ChaosSettings(0, 4, 3, 20, 400, 3, 0.05);
    }

    @Test
    void afterAFullDiskNothingIsLostAndTheRunGoesOnByItself() throws Exception {
        Path disk = Files.createDirectories(folder.resolve("coordinator"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", disk.toString()),
                "no file system can be mounted here: it takes root on Linux");
        ballast = disk.resolve("ballast");
        Outcome outcome;
        try {
            chaos = new Chaos(settings(), folder, this::fillAndFree);
            outcome = chaos.run();
        } finally {
            run("umount", disk.toString());
        }

        assertThat(freed).isTrue();
        assertThat(chaos.unavailable()).isGreaterThanOrEqualTo(ENOUGH_REFUSALS);
        assertThat(outcome.verdict().violations()).isEmpty();
        assertThat(outcome.verdict().checked())
                .isEqualTo(settings().devices() * settings().rounds());
    }

    private void fillAndFree(int accepted) {
        try {
            if (!filled && accepted >= FILLED_AT) {
                filled = true;
                fill();
            } else if (filled && !freed && chaos.unavailable() >= ENOUGH_REFUSALS) {
                freed = true;
                Files.delete(ballast);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void fill() throws IOException {
        byte[] block = new byte[4096];
        try (OutputStream out = Files.newOutputStream(ballast)) {
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
