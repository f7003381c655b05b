package io.evenkeel.testkit.chaos.rollout;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Checks every answer with a version: a device gets the version of a roll-out only while its group is open or after the
 * roll-out has finished. It returns to the previous version only if it failed or the roll-out stopped, and gets the
 * version that the alias names otherwise. An event during a request may count as before or after it.
 */
final class VersionChecker {

    private final List<RolloutEvidence> rollouts;
    private final Map<String, String> clients;
    private final List<String> violations = new ArrayList<>();
    private final Map<String, List<RolloutExchange>> byDevice = new HashMap<>();

    /**
     * @param rollouts the roll-outs in their order, at least one
     * @param exchanges the devices' requests and answers
     * @param clients the devices' ids by their credentials
     */
    VersionChecker(List<RolloutEvidence> rollouts, List<RolloutExchange> exchanges, Map<String, String> clients) {
        this.rollouts = rollouts;
        this.clients = clients;
        for (RolloutExchange exchange : exchanges) {
            byDevice.computeIfAbsent(exchange.device(), device -> new ArrayList<>())
                    .add(exchange);
        }
        byDevice.values().forEach(list -> list.sort(Comparator.comparing(RolloutExchange::from)));
    }

    /** Returns all violations, one sentence each. */
    List<String> violations() {
        for (List<RolloutExchange> own : byDevice.values()) {
            for (RolloutExchange answer : own) {
                if (!answer.isReport() && answer.isAccepted() && answer.to() != null) {
                    check(answer, answer.to(), own);
                }
            }
        }
        return violations;
    }

    private void check(RolloutExchange answer, Instant to, List<RolloutExchange> own) {
        Set<Integer> allowed = new TreeSet<>();
        List<String> why = new ArrayList<>();
        RolloutEvidence first = rollouts.get(0);
        if (!answer.from().isAfter(first.started())) {
            allowed.add(first.baseline());
        }
        for (int i = 0; i < rollouts.size(); i++) {
            RolloutEvidence rollout = rollouts.get(i);
            if (!to.isBefore(rollout.started()) && !answer.from().isAfter(rollout.seenOver())) {
                String refused = answer.version() == rollout.version()
                        ? whyNotNew(rollout, answer, to, own)
                        : whyNotBefore(rollout, answer, to, own);
                if (refused == null) {
                    allowed.add(answer.version() == rollout.version() ? rollout.version() : rollout.baseline());
                } else {
                    why.add(refused);
                }
            }
            Instant next = i + 1 < rollouts.size() ? rollouts.get(i + 1).started() : Instant.MAX;
            if (!to.isBefore(rollout.ended()) && !answer.from().isAfter(next)) {
                allowed.add(rollout.hasFinished() ? rollout.version() : rollout.baseline());
            }
        }
        if (!allowed.contains(answer.version())) {
            violations.add("device " + client(answer) + " got version " + answer.version() + " at " + to + ", expected "
                    + allowed + (why.isEmpty() ? "" : ": " + String.join("; ", why)));
        }
    }

    private String client(RolloutExchange answer) {
        return clients.getOrDefault(answer.device(), "unknown");
    }

    /** Returns why a device must not get the version of a roll-out in progress; null if it may. */
    private @Nullable String whyNotNew(
            RolloutEvidence rollout, RolloutExchange answer, Instant to, List<RolloutExchange> own) {
        Optional<RolloutEvidence.Device> device = rollout.devices().stream()
                .filter(known -> known.client().equals(client(answer)))
                .findFirst();
        if (device.isEmpty()) {
            return "the coordinator does not list it among those that got version " + rollout.version();
        }
        if (!answer.rollout().equals(rollout.id())) {
            return "the answer names no roll-out";
        }
        Instant opened = rollout.at("rollout.group_opened", device.get().group());
        if (opened == null || opened.isAfter(to)) {
            return "its group " + device.get().group() + " was closed";
        }
        boolean hadFailed = own.stream()
                .anyMatch(report -> isReport(report, rollout, "failed")
                        && report.isAccepted()
                        && report.endedBefore(answer.from()));
        if (hadFailed) {
            return "it had reported a failure";
        }
        Instant paused = rollout.seenPaused();
        Instant resumed = rollout.resumed();
        boolean isNewInPause = paused != null
                && resumed != null
                && answer.from().isAfter(paused)
                && to.isBefore(resumed)
                && own.stream()
                        .noneMatch(other -> !other.isReport()
                                && other.from().isBefore(paused)
                                && other.from().isAfter(rollout.started().minusMillis(1))
                                && (other.version() == rollout.version()
                                        || other.mayBeDone()
                                        || !other.endedBefore(paused)));
        return isNewInPause ? "it was paused" : null;
    }

    /** Returns why a device must not get the previous version during a roll-out; null if it may. */
    private static @Nullable String whyNotBefore(
            RolloutEvidence rollout, RolloutExchange answer, Instant to, List<RolloutExchange> own) {
        boolean hadNew = own.stream()
                .anyMatch(other -> !other.isReport()
                        && other.isAccepted()
                        && other.version() == rollout.version()
                        && other.endedBefore(answer.from()));
        boolean hasFailed = own.stream()
                .anyMatch(report ->
                        isReport(report, rollout, "failed") && !report.from().isAfter(to));
        boolean isStopped = !rollout.hasFinished() && !rollout.ended().isAfter(to);
        return hadNew && !hasFailed && !isStopped ? "it had got version " + rollout.version() : null;
    }

    private static boolean isReport(RolloutExchange exchange, RolloutEvidence rollout, String outcome) {
        return exchange.outcome().equals(outcome) && exchange.rollout().equals(rollout.id());
    }
}
