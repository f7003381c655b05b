package io.evenkeel.engine.rollout;

import static io.evenkeel.engine.rollout.NonInferiorityCoverageTest.STUDENT;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.engine.Transcript;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.rollout.RolloutDefinition.Metric;
import io.evenkeel.engine.selection.Attributes;
import io.evenkeel.engine.selection.DeviceFraction;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A roll-out of version 2 that a transcript plays. Devices are numbered in the order in which groups take them. Each
 * line is an event and its outcome: the state, the open group, and the recorded events with their details. {@code move}
 * evaluates the rules, and also shows new looks at the metric. Not thread-safe.
 */
final class PlayedRollout {

    private final GroupRules rules = new GroupRules(STUDENT);
    private final Map<String, DeviceReport> reports = new TreeMap<>();
    private final Map<String, Integer> groupOf = new HashMap<>();
    private final Map<Integer, Map<String, MetricLook>> looks = new TreeMap<>();
    private final List<OpenedGroup> opened = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private List<String> fleet = List.of();
    private Set<String> away = Set.of();
    private Instant now = Instant.EPOCH;
    private @Nullable Rollout current;

    void check(String transcript) {
        Transcript.check(transcript, this::happen);
    }

    private Rollout rollout() {
        return Objects.requireNonNull(current);
    }

    private String happen(String line) {
        String[] words = line.split(" ", 2);
        String more = words.length > 1 ? words[1] : "";
        try {
            switch (words[0]) {
                case "devices" -> devices(more);
                case "create" -> create(more);
                case "ask" -> {
                    return ask(more);
                }
                case "installed", "failed" -> report(words[0], more);
                case "move" -> move();
                case "at" -> now = Instant.EPOCH.plus(Duration.parse("PT" + more));
                case "pause" -> save(rollout().pause("ada", more.isEmpty() ? null : more, now));
                case "resume" -> {
                    save(rollout().resume("ada", now));
                    replaceOpen(open().until(now.plus(rollout().definition().groupTime())));
                }
                case "skip" -> {
                    rollout().requireSkippable(opened.size() > rollout().group());
                    end(OpenedGroup.State.SKIPPED, "ada", null);
                }
                case "stop" -> save(rollout().stop("ada", null, now));
                case "approve" -> {
                    save(rollout().approve("bob", Optional.empty(), now));
                    openNext();
                }
                case "lacks" -> {
                    return texts(GroupNotices.missing(rollout().definition(), open(), counts(), newest()).stream());
                }
                case "warnings" -> {
                    return texts(Stream.concat(
                            GroupNotices.tooFew(rollout().definition(), open(), counts()).stream(),
                            GroupNotices.worse(rollout().definition(), newest()).stream()));
                }
                default -> throw new AssertionError("not a line of a transcript: " + line);
            }
        } catch (ProblemException e) {
            return e.problem().slug() + ": " + e.detail();
        }
        if (Set.of("devices", "installed", "failed", "at").contains(words[0])) {
            return "";
        }
        String events = String.join("; ", told);
        told.clear();
        return rollout().state().text() + (events.isEmpty() ? "" : ": " + events);
    }

    /** Sets the number of devices, and those that were not seen recently. */
    private void devices(String more) {
        String[] words = more.split(" away ", -1);
        fleet = IntStream.rangeClosed(1, Integer.parseInt(words[0]))
                .mapToObj(number -> "device-" + number)
                .sorted(Comparator.comparingDouble(device -> DeviceFraction.of("r", device)))
                .toList();
        away = words.length > 1 ? Set.copyOf(numbered(words[1])) : Set.of();
    }

    private List<String> numbered(String range) {
        String[] ends = range.split("-", -1);
        return fleet.subList(Integer.parseInt(ends[0]) - 1, Integer.parseInt(ends[ends.length - 1]));
    }

    private void create(String more) {
        RolloutDefinition definition = JsonMapper.shared()
                .readValue(
                        "{\"model\": \"m\", \"version\": 2, \"alias\": \"production\", " + more + "}",
                        RolloutDefinition.class);
        RolloutCheck.check(definition);
        save(Rollout.create("r", 1, definition, "ada", now));
        openNext();
    }

    private void openNext() {
        if (rollout().state() != RolloutState.RUNNING
                || opened.size() > rollout().group()) {
            return;
        }
        RolloutGroupRule group = rollout().definition().groups().get(rollout().group());
        GroupExtent.NumberBound number =
                new GroupExtent.NumberBound("r", group.devices() == null ? 1 : group.devices(), Map.of());
        fleet.forEach(device -> number.add(device, !away.contains(device)));
        GroupExtent.Counter counter = new GroupExtent.Counter(
                rollout(),
                group.devices() == null ? Objects.requireNonNull(group.share()) : number.bound(),
                opened,
                Set.of(),
                Map.of());
        fleet.forEach(device -> counter.add(device, !away.contains(device)));
        opened.add(OpenedGroup.opened(
                rollout().group(), counter.extent(), rollout().definition(), now));
        save(rollout().opened(open(), counter.extent()));
    }

    /** Returns the number of devices in a range that get version 2. */
    private String ask(String range) {
        return numbered(range).stream().filter(this::isGiven).count() + " get version 2";
    }

    private boolean isGiven(String device) {
        if (!reports.containsKey(device) && rollout().state() == RolloutState.RUNNING) {
            GroupExtent.groupOf(rollout(), opened, device, Attributes.NONE).ifPresent(group -> {
                groupOf.put(device, group);
                reports.put(device, new DeviceReport(DeviceOutcome.ASKED, null, null, new TreeMap<>(), null));
            });
        }
        return reports.containsKey(device)
                && reports.get(device).outcome() != DeviceOutcome.FAILED
                && !rollout().state().isOver();
    }

    /**
     * Reports for a range of devices, optionally with the accuracy before and after; {@code -} omits the former. An
     * optional step is added to the accuracy after from device to device.
     */
    private void report(String outcome, String more) {
        String[] words = more.split(" ", -1);
        List<String> reporting = numbered(words[0]);
        for (int i = 0; i < reporting.size(); i++) {
            TreeMap<String, DeviceReport.Values> values = new TreeMap<>();
            if (words.length > 1) {
                double step = words.length > 3 ? i * Double.parseDouble(words[3]) : 0;
                values.put(
                        "accuracy",
                        new DeviceReport.Values(
                                words[1].equals("-") ? null : Double.valueOf(words[1]),
                                Double.parseDouble(words[2]) + step));
            }
            DeviceReport report =
                    new DeviceReport(DeviceOutcome.valueOf(outcome.toUpperCase(Locale.ROOT)), null, 50L, values, null);
            assertThat(isGiven(reporting.get(i)) || reports.containsKey(reporting.get(i)))
                    .as("gets the version")
                    .isTrue();
            reports.put(reporting.get(i), report);
        }
    }

    private void move() {
        GroupRules.Decision decision =
                rules.decide(rollout(), open(), allCounts(), List.copyOf(stored().values()), metricReports(), now);
        decision.looks().forEach(look -> {
            stored().put(look.metric(), look);
            told.add("accuracy is " + look.verdict().text() + " on " + look.pairs() + " devices");
        });
        switch (decision.step()) {
            case WAIT -> {}
            case PASS -> end(OpenedGroup.State.PASSED, null, decision.why());
            case PAUSE -> save(rollout().paused(null, decision.why(), now));
            case STOP -> save(rollout().stopped(null, decision.why(), now));
        }
    }

    private void end(OpenedGroup.State how, @Nullable String by, @Nullable String why) {
        replaceOpen(open().ended(how, now));
        rollout().groupEnded(how, by, why, now).forEach(this::save);
        openNext();
    }

    private void save(Rollout.Change change) {
        current = change.rollout();
        told.add(change.type().text().replace("rollout.", "")
                + (change.group() == null ? "" : " " + change.group())
                + (change.detail() == null ? "" : " (" + change.detail() + ")"));
    }

    private OpenedGroup open() {
        return opened.get(rollout().group());
    }

    private void replaceOpen(OpenedGroup group) {
        opened.set(rollout().group(), group);
    }

    private Map<String, MetricLook> stored() {
        return looks.computeIfAbsent(rollout().group(), group -> new TreeMap<>());
    }

    private List<MetricLook> newest() {
        return rollout().definition().metrics().stream()
                .map(metric -> stored().getOrDefault(metric.name(), MetricLook.none(metric.name())))
                .toList();
    }

    private Map<Integer, DeviceCounts> allCounts() {
        Map<Integer, DeviceCounts> counts = new TreeMap<>();
        reports.forEach((device, report) ->
                counts.merge(groupOf.get(device), DeviceCounts.of(report.outcome(), 1), DeviceCounts::plus));
        return counts;
    }

    private DeviceCounts counts() {
        return allCounts().getOrDefault(rollout().group(), DeviceCounts.NONE);
    }

    private GroupRules.MetricReports metricReports() {
        return new GroupRules.MetricReports() {
            @Override
            public int pairs(Metric metric) {
                return differences(metric).count();
            }

            @Override
            public PairedDifferences differences(Metric metric) {
                PairedDifferences differences = new PairedDifferences();
                reports.forEach((device, report) -> {
                    DeviceReport.Values values = report.values().get(metric.name());
                    if (Objects.equals(groupOf.get(device), rollout().group())
                            && values != null
                            && values.before() != null) {
                        differences.add(values.after() - values.before());
                    }
                });
                return differences;
            }
        };
    }

    private static String texts(Stream<RolloutNotice> notices) {
        return notices.map(RolloutNotice::text).collect(Collectors.joining("; "));
    }
}
