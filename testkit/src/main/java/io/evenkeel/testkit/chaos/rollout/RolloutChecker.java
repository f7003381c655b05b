package io.evenkeel.testkit.chaos.rollout;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Checks the course of roll-outs: their groups, their counts, their ends, and the alias. {@link VersionChecker} checks
 * the answers to devices.
 */
final class RolloutChecker {

    private static final String STARTED = "rollout.started";
    private static final String OPENED = "rollout.group_opened";
    private static final String PASSED = "rollout.group_passed";

    private final List<RolloutExchange> exchanges;
    private final Map<String, String> clients;
    private final List<String> violations = new ArrayList<>();

    private RolloutChecker(List<RolloutExchange> exchanges, Map<String, String> clients) {
        this.exchanges = exchanges;
        this.clients = clients;
    }

    /**
     * Returns all violations, one sentence each.
     *
     * @param rollouts the roll-outs in their order, at least one
     * @param exchanges the devices' requests and reports
     * @param clients the devices' ids by their credentials
     */
    static List<String> judge(
            List<RolloutEvidence> rollouts, List<RolloutExchange> exchanges, Map<String, String> clients) {
        RolloutChecker checker = new RolloutChecker(exchanges, clients);
        rollouts.forEach(checker::check);
        checker.violations.addAll(new VersionChecker(rollouts, exchanges, clients).violations());
        return checker.violations;
    }

    private void check(RolloutEvidence rollout) {
        require(
                rollout.state().equals(rollout.scenario().end()),
                rollout,
                "is " + rollout.state() + ", expected " + rollout.scenario().end());
        int moves = rollout.hasFinished() ? 1 : 0;
        require(rollout.moves() == moves, rollout, "moved the alias " + rollout.moves() + " times, expected " + moves);
        int named = rollout.hasFinished() ? rollout.version() : rollout.baseline();
        require(
                rollout.named() == named,
                rollout,
                "left the alias at version " + rollout.named() + ", expected " + named);
        checkOrder(rollout);
        rollout.groups().forEach(group -> checkCounts(rollout, group));
        rollout.groups().stream()
                .filter(group -> group.state().equals("passed"))
                .forEach(group -> checkPassed(rollout, group));
        checkReports(rollout);
    }

    private void require(boolean holds, RolloutEvidence rollout, String what) {
        if (!holds) {
            violations.add("roll-out of version " + rollout.version() + " ("
                    + rollout.scenario().text() + ") " + what);
        }
    }

    /**
     * Checks that a roll-out has one start, groups that open in order, each after the previous one has
     * passed, and one end.
     */
    private void checkOrder(RolloutEvidence rollout) {
        List<String> expected = new ArrayList<>(List.of(STARTED));
        List<RolloutEvidence.Group> open = rollout.groups().stream()
                .filter(group -> !group.state().equals("planned"))
                .toList();
        for (RolloutEvidence.Group group : open) {
            expected.add(OPENED + " " + group.number());
            if (group.state().equals("passed")) {
                expected.add(PASSED + " " + group.number());
            }
        }
        expected.add("rollout." + rollout.state());
        List<String> happened = rollout.events().stream()
                .filter(event ->
                        !event.type().equals("rollout.paused") && !event.type().equals("rollout.resumed"))
                .map(event -> event.group() == 0 || event.type().endsWith("stopped")
                        ? event.type()
                        : event.type() + " " + event.group())
                .toList();
        require(happened.equals(expected), rollout, "had the events " + happened + ", expected " + expected);
        for (int i = 1; i < rollout.groups().size(); i++) {
            boolean isOpen = !rollout.groups().get(i).state().equals("planned");
            require(
                    !isOpen || rollout.groups().get(i - 1).state().equals("passed"),
                    rollout,
                    "opened group " + (i + 1) + " although group " + i + " is "
                            + rollout.groups().get(i - 1).state());
        }
    }

    /**
     * Checks that a group's counts match its devices, each of which counts once, and that only its devices
     * got the version.
     */
    private void checkCounts(RolloutEvidence rollout, RolloutEvidence.Group group) {
        List<RolloutEvidence.Device> own = rollout.devices().stream()
                .filter(device -> device.group() == group.number())
                .toList();
        long installed = own.stream()
                .filter(device -> device.outcome().equals("installed"))
                .count();
        long failed =
                own.stream().filter(device -> device.outcome().equals("failed")).count();
        String counts = group.asked() + ", " + group.installed() + " and " + group.failed();
        String listed = own.size() + ", " + installed + " and " + failed;
        require(
                counts.equals(listed),
                rollout,
                "counts " + counts + " devices in group " + group.number()
                        + " as asked, installed and failed, but lists " + listed);
        require(
                group.reported() == installed,
                rollout,
                "compares the metric on " + group.reported() + " devices of group " + group.number() + ", but "
                        + installed + " have installed the version");
        long sofar = rollout.devices().stream()
                .filter(device -> device.group() <= group.number())
                .count();
        require(
                group.state().equals("planned") || sofar <= group.devices(),
                rollout,
                "gave the version to " + sofar + " devices up to group " + group.number() + ", which has "
                        + group.devices());
    }

    /**
     * Checks that a group passes only after enough of its devices have reported, with at most the permitted
     * number of failures.
     */
    private void checkPassed(RolloutEvidence rollout, RolloutEvidence.Group group) {
        require(
                group.verdict().equals("non-inferior"),
                rollout,
                "passed group " + group.number() + " although its metric is " + group.verdict());
        Instant passed = rollout.at(PASSED, group.number());
        if (passed == null) {
            return; // The check of the events' order reports this.
        }
        Set<String> own = rollout.devices().stream()
                .filter(device -> device.group() == group.number())
                .map(RolloutEvidence.Device::client)
                .collect(Collectors.toSet());
        // Events have a resolution of milliseconds.
        Instant latest = passed.plusMillis(1);
        long installed = reporters(
                        rollout, "installed", report -> !report.from().isAfter(latest))
                .stream()
                .filter(own::contains)
                .count();
        long failed = reporters(rollout, "failed", report -> report.isAccepted() && report.endedBefore(passed)).stream()
                .filter(own::contains)
                .count();
        require(
                installed >= rollout.reports() && installed >= RolloutChaosSettings.SUCCESS * (installed + failed),
                rollout,
                "passed group " + group.number() + " when at most " + installed + " of its devices had installed the"
                        + " version and " + failed + " had failed, expected " + rollout.reports() + " reports");
    }

    /** Checks that the coordinator has exactly the accepted reports of each device. */
    private void checkReports(RolloutEvidence rollout) {
        for (String outcome : List.of("installed", "failed")) {
            Set<String> has = rollout.devices().stream()
                    .filter(device -> device.outcome().equals(outcome))
                    .map(RolloutEvidence.Device::client)
                    .collect(Collectors.toSet());
            Set<String> accepted = reporters(rollout, outcome, RolloutExchange::isAccepted);
            Set<String> sent = reporters(rollout, outcome, report -> true);
            require(
                    has.containsAll(accepted),
                    rollout,
                    "lost a report '" + outcome + "': it has those of " + has + ", and accepted those of " + accepted);
            require(
                    sent.containsAll(has),
                    rollout,
                    "has a report '" + outcome + "' that no device sent: it has those of " + has
                            + ", and devices sent those of " + sent);
        }
    }

    private Set<String> reporters(RolloutEvidence rollout, String outcome, Predicate<RolloutExchange> which) {
        return exchanges.stream()
                .filter(exchange -> exchange.outcome().equals(outcome)
                        && exchange.rollout().equals(rollout.id())
                        && which.test(exchange))
                .map(exchange -> Objects.requireNonNullElse(clients.get(exchange.device()), exchange.device()))
                .collect(Collectors.toSet());
    }
}
