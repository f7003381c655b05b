package io.evenkeel.testkit.chaos;

import io.evenkeel.core.wire.SecAggFrames;
import io.evenkeel.testkit.chaos.proxy.HttpText;
import io.evenkeel.testkit.chaos.proxy.Monitor;
import io.evenkeel.testkit.chaos.proxy.TrafficListener;
import io.evenkeel.testkit.chaos.verdict.Evidence;
import io.evenkeel.testkit.chaos.verdict.MaskedHeader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Records the steps of cohorts, and the messages in each sum that the coordinator announces to each device. Kills a
 * coordinator in a given step. The proxy forwards no response in the meantime, so the record shows exactly what each
 * device knew at that moment. Thread-safe.
 */
final class CohortRecorder implements TrafficListener {

    private static final Pattern STEP =
            Pattern.compile("(GET|PUT) /api/v1/runs/[^/ ]+/rounds/(\\d+)/attempts/(\\d+)/([a-z]+)/me[? ].*");
    private static final int OK = 200;

    private final JsonMapper json = new JsonMapper();
    private final Monitor monitor = new Monitor();
    private final Map<Long, MaskedHeader> masked = new HashMap<>();
    private final Map<Attempt, Progress> attempts = new HashMap<>();
    private final Map<String, Sent> newest = new HashMap<>();
    private final Set<HttpText> unanswered = new HashSet<>();
    private final Set<Integer> decided = new HashSet<>();
    private final Set<Integer> included = new HashSet<>();
    private Attempt latest = new Attempt(-1, 0);

    /** Kills a coordinator. */
    @FunctionalInterface
    interface Kill {

        /**
         * Kills the coordinator; returns when its process has ended.
         *
         * @param port the port of the coordinator that has the device's request
         */
        void strike(int port) throws InterruptedException;
    }

    private record Attempt(int round, int number) {

        boolean isAfter(Attempt other) {
            return round > other.round || (round == other.round && number > other.number);
        }
    }

    /** A step that a device takes or queries. */
    private record Step(boolean sends, Attempt attempt, String name) {

        static @Nullable Step of(HttpText request) {
            Matcher found = STEP.matcher(request.firstLine());
            return found.matches()
                    ? new Step(
                            found.group(1).equals("PUT"),
                            new Attempt(Integer.parseInt(found.group(2)), Integer.parseInt(found.group(3))),
                            found.group(4))
                    : null;
        }
    }

    private record Sent(HttpText request, int port) {}

    /** The recorded steps of an attempt; devices are named by the header of their credentials. */
    private static final class Progress {

        private final Map<String, Integer> members = new HashMap<>();
        private final Map<Integer, Long> digests = new HashMap<>();
        private final Map<String, Set<Integer>> announced = new HashMap<>();
        private final Set<String> revealing = new HashSet<>();
        private int threshold = Integer.MAX_VALUE;
    }

    @Override
    public void sent(HttpText request, int port) {
        Step step = Step.of(request);
        if (step == null || !step.sends()) {
            return;
        }
        String device = request.header("authorization");
        monitor.change(() -> {
            Progress progress = attempts.computeIfAbsent(step.attempt(), first -> new Progress());
            switch (step.name()) {
                case "keys" ->
                    progress.members.put(
                            device, SecAggFrames.decodeKeys(request.body()).member());
                case "masked" -> {
                    MaskedHeader header = MaskedHeader.of(request.body());
                    masked.put(header.digest(), header);
                    progress.digests.put(progress.members.getOrDefault(device, -1), header.digest());
                }
                case "reveals" -> progress.revealing.add(device);
                default -> {
                    // Shares only count as a step.
                }
            }
            if (step.attempt().isAfter(latest)) {
                latest = step.attempt();
            }
            newest.put(step.name(), new Sent(request, port));
            unanswered.add(request);
        });
    }

    @Override
    public void answered(HttpText request, HttpText answer) {
        Step step = Step.of(request);
        if (step == null) {
            return;
        }
        String device = request.header("authorization");
        monitor.change(() -> {
            unanswered.remove(request);
            if (step.sends() || answer.status() != OK) {
                return;
            }
            Progress progress = attempts.computeIfAbsent(step.attempt(), first -> new Progress());
            switch (step.name()) {
                case "keys" ->
                    progress.threshold =
                            SecAggFrames.decodeCohort(answer.body()).threshold();
                case "included" -> progress.announced.put(device, SecAggFrames.decodeIncluded(answer.body()));
                case "outcome" -> {
                    decided.add(step.attempt().round());
                    if (json.readTree(answer.body()).path("included").asBoolean()) {
                        included.add(step.attempt().round());
                    }
                }
                default -> {
                    // Shares are encrypted.
                }
            }
        });
    }

    /**
     * Kills a coordinator that has received a device's contribution to a step, before it answers.
     *
     * @param step {@code keys}, {@code shares}, {@code masked} or {@code reveals}
     * @param delayNanos the delay after the request was sent; halved if the coordinator was faster
     * @param longest the maximum wait for each request
     * @return false if there was no such request
     */
    boolean strikeIn(String step, long delayNanos, Duration longest, Kill kill) throws InterruptedException {
        for (long delay = delayNanos; ; delay /= 2) {
            Sent before = monitor.read(() -> newest.get(step));
            if (!monitor.await(() -> !Objects.equals(newest.get(step), before), longest)) {
                return false;
            }
            Sent sent = monitor.read(() -> newest.getOrDefault(step, before));
            LockSupport.parkNanos(delay);
            if (strikeIf(() -> unanswered.contains(sent.request()), kill, sent.port())) {
                return true;
            }
        }
    }

    /**
     * Kills a coordinator when enough devices have revealed, before any device knows the outcome. Delay, wait and
     * result are as in {@link #strikeIn}.
     */
    boolean strikeBeforeOutcome(long delayNanos, Duration longest, Kill kill) throws InterruptedException {
        for (long delay = delayNanos; ; delay /= 2) {
            if (!monitor.await(this::isClosing, longest)) {
                return false;
            }
            LockSupport.parkNanos(delay);
            if (strikeIf(this::isClosing, kill, 0)) {
                return true;
            }
        }
    }

    private boolean isClosing() {
        Progress progress = attempts.get(latest);
        return progress != null && progress.revealing.size() >= progress.threshold && !decided.contains(latest.round());
    }

    /** Kills a coordinator after the first device has learned that its message is in a sum, like {@link #strikeIn}. */
    boolean strikeAfterOutcome(long delayNanos, Duration longest, Kill kill) throws InterruptedException {
        int before = monitor.read(included::size);
        if (!monitor.await(() -> included.size() > before, longest)) {
            return false;
        }
        LockSupport.parkNanos(delayNanos);
        return strikeIf(() -> true, kill, 0);
    }

    /**
     * No device receives a response between the check and the end of the process, since the proxy must record each
     * response before it forwards it.
     */
    private boolean strikeIf(BooleanSupplier holds, Kill kill, int port) throws InterruptedException {
        return monitor.runIf(holds, () -> kill.strike(port));
    }

    /** Records that the run is over, and wakes waiting threads. */
    void end() {
        monitor.end();
    }

    /** Returns whether a thread is waiting for a step. */
    boolean isAwaited() {
        return monitor.isAwaited();
    }

    /** Returns the chain positions of masked vectors by their digests. */
    Map<Long, MaskedHeader> masked() {
        return monitor.read(() -> Map.copyOf(masked));
    }

    /** Returns the sums announced to devices, one for each device and attempt. */
    List<Evidence.AnnouncedSum> announced() {
        return monitor.read(() -> {
            List<Evidence.AnnouncedSum> all = new ArrayList<>();
            attempts.forEach((attempt, progress) -> progress.announced.forEach((device, members) -> {
                Set<Long> digests = new HashSet<>();
                members.forEach(member -> digests.add(progress.digests.getOrDefault(member, 0L)));
                all.add(new Evidence.AnnouncedSum(attempt.round(), attempt.number(), digests));
            }));
            return List.copyOf(all);
        });
    }
}
