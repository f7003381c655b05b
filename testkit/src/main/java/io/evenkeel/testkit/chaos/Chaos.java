package io.evenkeel.testkit.chaos;

import io.evenkeel.testkit.chaos.deployment.ChaosDeployment;
import io.evenkeel.testkit.chaos.run.ChaosSettings;
import io.evenkeel.testkit.chaos.verdict.Checker;
import io.evenkeel.testkit.chaos.verdict.Evidence;
import io.evenkeel.tools.terminal.CommandFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** Runs one chaos test. For one use. */
final class Chaos {

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

    private final ChaosSettings settings;
    private final Path folder;
    private final ChaosDeployment deployment;
    private final IntConsumer progress;
    private volatile @Nullable ChaosLevel level;

    /**
     * @param folder an empty folder for data, devices' states and logs
     * @param deployment the coordinators
     * @param progress repeatedly receives the number of accepted messages
     */
    Chaos(ChaosSettings settings, Path folder, ChaosDeployment deployment, IntConsumer progress) {
        this.settings = settings;
        this.folder = folder;
        this.deployment = deployment;
        this.progress = progress;
    }

    /** Returns the number of starts of the first coordinator. */
    int starts() {
        ChaosLevel current = level;
        return current == null ? 0 : current.coordinators().any().starts();
    }

    /** Returns the number of requests answered with status 503. */
    int unavailable() {
        ChaosLevel current = level;
        return current == null ? 0 : current.recorder().unavailable();
    }

    /**
     * Runs to the end and checks the result.
     *
     * @throws CommandFailure if the run does not end by itself
     */
    ChaosOutcome run() throws IOException, InterruptedException {
        return run(KillPlan.draw(settings, deployment));
    }

    ChaosOutcome run(KillPlan plan) throws IOException, InterruptedException {
        long start = System.nanoTime();
        StoreTroubles troubles = new StoreTroubles(deployment.store(), settings.messages());
        try (ChaosLevel only = new ChaosLevel(settings, 0, folder, deployment, plan)) {
            level = only;
            only.start();
            only.join();
            only.operator().start(ChaosSettings.RUN);
            only.strike();
            awaitEnd(List.of(only), accepted -> {
                progress.accept(accepted);
                troubles.follow(accepted);
            });
            troubles.end();
            only.calm();
            Evidence evidence = only.evidence(settings, List.of());
            return only.outcome(
                    evidence, Checker.judge(settings, evidence), Duration.ofNanos(System.nanoTime() - start));
        }
    }

    /**
     * Waits until the devices of all levels have finished and the last kills are done; starts devices that
     * join in the meantime.
     *
     * @param levels the levels, the upper one first
     * @param progress repeatedly receives the number of messages accepted on the upper level
     */
    static void awaitEnd(List<ChaosLevel> levels, IntConsumer progress) throws InterruptedException {
        TrafficRecorder recorder = levels.get(0).recorder();
        int seen = 0;
        long since = System.nanoTime();
        while (!levels.stream().allMatch(ChaosLevel::isOver)) {
            if (recorder.awaitAccepted(seen + 1, BETWEEN_LOOKS)) {
                seen = recorder.accepted();
                since = System.nanoTime();
            }
            progress.accept(seen);
            for (ChaosLevel level : levels) {
                level.admit();
            }
            boolean failed = parts(levels).stream().anyMatch(CompletableFuture::isCompletedExceptionally);
            if (failed || System.nanoTime() - since > ChaosLevel.STANDSTILL.toNanos()) {
                throw stuck(parts(levels), seen);
            }
        }
        levels.forEach(ChaosLevel::end);
        try {
            CompletableFuture.allOf(parts(levels).toArray(CompletableFuture[]::new))
                    .join();
        } catch (CompletionException e) {
            throw stuck(parts(levels), seen);
        }
    }

    private static List<CompletableFuture<Void>> parts(List<ChaosLevel> levels) {
        return levels.stream().flatMap(level -> level.parts().stream()).toList();
    }

    private static CommandFailure stuck(List<CompletableFuture<Void>> parts, int accepted) {
        StringBuilder why =
                new StringBuilder("the run did not end by itself, after " + accepted + " accepted messages");
        for (CompletableFuture<Void> part : parts) {
            if (part.isCompletedExceptionally()) {
                try {
                    part.join();
                } catch (CompletionException e) {
                    why.append("; ").append(e.getCause());
                }
            }
        }
        return new CommandFailure(why.toString());
    }
}
