package io.evenkeel.engine.rollout;

import static io.evenkeel.engine.rollout.NonInferiorityCoverageTest.STUDENT;
import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/**
 * Transcripts of roll-outs of version 2. Devices have numbers in the order in which groups take them. Each line is what
 * happens, and what comes out of it: the state, the open group, and the events with their details. {@code move} lets the
 * rules decide, and shows new looks at the metric, too.
 */
class GroupRulesTest {

    private static final String ACCURACY = " \"metrics\": [{\"name\": \"accuracy\", \"margin\": 0.02}],";

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

    private void check(String transcript) {
        String played = transcript
                .lines()
                .map(line -> {
                    String event = line.contains("->") ? line.substring(0, line.indexOf("->")) : line + " ";
                    String outcome = happen(event.trim());
                    return event + (outcome.isEmpty() ? "" : "-> " + outcome);
                })
                .map(String::stripTrailing)
                .collect(Collectors.joining("\n", "", "\n"));
        assertThat(played).isEqualTo(transcript);
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

    /** The number of devices, and which of them were not seen lately. */
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

    /** Which of some devices get version 2. */
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

    /** A range of devices; with {@code after} or {@code before after} the accuracy of the versions, to which each device adds a step. */
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

    @Test
    void bringsAVersionGroupByGroup() {
        check("""
                devices 8
                create "groups": [{"name": "first", "devices": 2}, {"share": 1}], "reports": 2 -> running: started; group_opened 1 (2 devices)
                ask 1-8 -> 2 get version 2
                installed 1
                move -> running
                installed 2
                move -> running: group_passed 1 (group 'first' has passed); group_opened 2 (8 devices)
                ask 1-8 -> 8 get version 2
                installed 3-5
                move -> finished: group_passed 2 (group 2 has passed); finished
                """);
    }

    @Test
    void operatorsPauseResumeSkipAndStop() {
        check("""
                devices 4
                create "approval": true, "groups": [{"devices": 1}, {"devices": 2}, {"share": 1}] -> waiting: waiting
                ask 1-4 -> 0 get version 2
                skip -> rollout-state: roll-out r is waiting: it is not under way
                approve -> running: started; group_opened 1 (1 devices; it adds 1 devices seen within 7d and needs 10 reports: it cannot pass unless more devices come)
                approve -> rollout-state: roll-out r is running: it waits for no approval
                ask 1-4 -> 1 get version 2
                resume -> rollout-state: roll-out r is running: it is not paused
                pause look first -> paused: paused 1 (look first)
                ask 1-4 -> 1 get version 2
                pause -> rollout-state: roll-out r is paused: it is not running
                resume -> running: resumed 1
                skip -> running: group_skipped 1; group_opened 2 (2 devices; it adds 1 devices seen within 7d and needs 10 reports: it cannot pass unless more devices come)
                ask 1-4 -> 2 get version 2
                pause -> paused: paused 2 (an operator has paused it)
                skip -> running: group_skipped 2; group_opened 3 (4 devices; it adds 2 devices seen within 7d and needs 10 reports: it cannot pass unless more devices come)
                ask 1-4 -> 4 get version 2
                stop -> stopped: stopped 3 (an operator has stopped it)
                ask 1-4 -> 0 get version 2
                stop -> rollout-state: roll-out r is stopped: it is over
                """);
    }

    @Test
    void stopsWhenTooManyDevicesFail() {
        check("""
                devices 8
                create "groups": [{"devices": 4}, {"share": 1}], "reports": 4, "error": 0.25 -> running: started; group_opened 1 (4 devices)
                ask 1-8 -> 4 get version 2
                failed 1
                move -> running
                ask 1-8 -> 3 get version 2
                failed 2
                move -> stopped: stopped 1 (group 1: 2 of 2 devices that reported have failed, more than the share 0.25)
                ask 1-8 -> 0 get version 2
                """);
    }

    @Test
    void aPausedRollOutStillStopsForFailures() {
        check("""
                devices 1
                create "groups": [{"share": 1}], "reports": 1, "error": 0 -> running: started; group_opened 1 (1 devices)
                ask 1 -> 1 get version 2
                pause -> paused: paused 1 (an operator has paused it)
                failed 1
                move -> stopped: stopped 1 (group 1: 1 of 1 devices that reported have failed, more than the share 0.0)
                """);
    }

    @Test
    void stopsWhenAMetricIsInferior() {
        check("""
                devices 6
                create%s "groups": [{"share": 1}], "reports": 6 -> running: started; group_opened 1 (6 devices)
                installed 1-6 0.6 0.5 0.001
                move -> stopped: accuracy is inferior on 6 devices; stopped 1 (group 1: metric 'accuracy' is inferior: -0.09750 (-0.09946 to -0.09554, 6 devices), margin 0.02)
                """.formatted(ACCURACY));
    }

    @Test
    void pausesWhenTheFirstDevicesOfAGroupAreWorseAndTheOthersAreOffline() {
        check("""
                devices 6
                create%s "groups": [{"share": 1}], "reports": 6 -> running: started; group_opened 1 (6 devices)
                ask 1-3 -> 3 get version 2
                installed 1 0.91 0.19
                move -> running
                installed 2 0.90 0.17
                move -> paused: accuracy is early-inferior on 2 devices; paused 1 (group 1: metric 'accuracy' looks inferior before there are enough devices: -0.7250 (-0.9047 to -0.5453, 2 devices), margin 0.02)
                lacks -> it has 2 of 6 reports; of its 6 devices 1 have the version and have not reported, and 3 have not asked for it; metric 'accuracy' looks inferior before there are enough devices: -0.7250 (-0.9047 to -0.5453, 2 devices), margin 0.02
                warnings -> metric 'accuracy' is worse so far: -0.7250 in the mean of 2 devices, margin 0.02
                ask 1-6 -> 3 get version 2
                """.formatted(ACCURACY));
    }

    @Test
    void pausesEarlyOnceAndLaterDevicesOverruleIt() {
        check("""
                devices 8
                create%s "groups": [{"share": 1}], "reports": 8 -> running: started; group_opened 1 (8 devices)
                installed 1-2 0.70 0.65
                move -> running: accuracy is undecided on 2 devices
                installed 1-3 0.70 0.45
                move -> paused: accuracy is early-inferior on 3 devices; paused 1 (group 1: metric 'accuracy' looks inferior before there are enough devices: -0.2500 (-0.3383 to -0.1617, 3 devices), margin 0.02)
                resume -> running: resumed 1
                installed 4-5 0.70 0.45
                move -> running
                installed 1-8 0.70 0.71
                move -> finished: accuracy is non-inferior on 8 devices; group_passed 1 (group 1 has passed); finished
                """.formatted(ACCURACY));
    }

    @Test
    void needsReportsFromHalfOfItsLivingDevices() {
        check("""
                devices 24 away 1-12
                create "groups": [{"share": 1}], "reports": 4 -> running: started; group_opened 1 (24 devices, 12 of them seen within 7d)
                installed 13-16
                move -> running
                lacks -> it has 4 of 6 reports; of its 12 devices 0 have the version and have not reported, and 8 have not asked for it
                installed 17-18
                move -> finished: group_passed 1 (group 1 has passed); finished
                """);
    }

    @Test
    void choosesANumberOfDevicesAmongTheLivingAndCountsThoseThatEachGroupAdds() {
        check("""
                devices 12 away 1-6
                create "groups": [{"devices": 2}, {"devices": 6}, {"share": 1}], "reports": 1, "seenWithin": "PT1H" -> running: started; group_opened 1 (8 devices, 2 of them seen within 1h)
                ask 7-12 -> 2 get version 2
                skip -> running: group_skipped 1; group_opened 2 (12 devices, 6 of them seen within 1h)
                skip -> running: group_skipped 2; group_opened 3 (12 devices, 6 of them seen within 1h; it adds 0 devices seen within 1h and needs 1 reports: it cannot pass unless more devices come)
                warnings -> it adds 0 devices seen within 1h and needs 1 reports: it cannot pass unless more devices come
                """);
    }

    @Test
    void passesWhenAMetricIsNonInferiorAndWaitsWhileItIsNotKnown() {
        check("""
                devices 8
                create%s "groups": [{"share": 1}], "reports": 4 -> running: started; group_opened 1 (8 devices)
                installed 1-4 0.7 0.67 0.03
                move -> running: accuracy is undecided on 4 devices
                installed 5-8 0.7 0.73
                move -> finished: accuracy is non-inferior on 8 devices; group_passed 1 (group 1 has passed); finished
                """.formatted(ACCURACY));
    }

    @Test
    void stopsByTheReportsOfSlowDevicesAfterTheFastOnesWereNonInferior() {
        check("""
                devices 12
                create%s "groups": [{"share": 1}], "reports": 4, "coverage": 1 -> running: started; group_opened 1 (12 devices)
                installed 1-4 0.7 0.71
                move -> running: accuracy is non-inferior on 4 devices
                installed 5-12 0.7 0.4
                move -> stopped: accuracy is inferior on 12 devices; stopped 1 (group 1: metric 'accuracy' is inferior: -0.1967 (-0.3209 to -0.07241, 12 devices), margin 0.02)
                """.formatted(ACCURACY));
    }

    /** Too few reports since the last look for another one, which is taken because the group would pass. */
    @Test
    void doesNotPassByAnOldLook() {
        check("""
                devices 6
                create%s "groups": [{"share": 1}], "reports": 4, "coverage": 1 -> running: started; group_opened 1 (6 devices)
                installed 1-4 0.7 0.71
                move -> running: accuracy is non-inferior on 4 devices
                installed 5-6 0.7 0.4
                move -> running: accuracy is undecided on 6 devices
                """.formatted(ACCURACY));
    }

    @Test
    void reportsWithoutTheVersionBeforeAreNoPairs() {
        check("""
                devices 3
                create%s "groups": [{"share": 1}], "reports": 2 -> running: started; group_opened 1 (3 devices)
                installed 1-3 - 1
                move -> running
                lacks -> metric 'accuracy' is not yet known: no device has reported it for both versions
                """.formatted(ACCURACY));
    }

    @Test
    void doesAtTheEndOfItsTimeWhatItsRuleSays() {
        check("""
                devices 2
                create "groups": [{"share": 1}], "groupTime": "PT1H" -> running: started; group_opened 1 (2 devices; it adds 2 devices seen within 7d and needs 10 reports: it cannot pass unless more devices come)
                at 59m
                move -> running
                at 60m
                move -> paused: paused 1 (group 1 has not passed in its time: it has 0 of 10 reports; of its 2 devices 0 have the version and have not reported, and 2 have not asked for it)
                """);
        new GroupRulesTest().check("""
                create "groups": [{"share": 1}], "groupTime": "PT1H", "onTimeout": "stop" -> running: started; group_opened 1 (0 devices; it adds 0 devices seen within 7d and needs 10 reports: it cannot pass unless more devices come)
                at 60m
                move -> stopped: stopped 1 (group 1 has not passed in its time: it has 0 of 10 reports; of its 0 devices 0 have the version and have not reported, and 0 have not asked for it)
                """);
        new GroupRulesTest().check("""
                create "groups": [{"share": 1}], "groupTime": "PT1H", "onTimeout": "continue" -> running: started; group_opened 1 (0 devices; it adds 0 devices seen within 7d and needs 10 reports: it cannot pass unless more devices come)
                at 60m
                move -> finished: group_passed 1 (group 1 has not passed in its time: it has 0 of 10 reports; of its 0 devices 0 have the version and have not reported, and 0 have not asked for it); finished
                """);
    }

    @Test
    void keepsAGroupOpenForItsMinimumTime() {
        check("""
                devices 1
                create "groups": [{"share": 1}], "reports": 1, "minTime": "PT10M" -> running: started; group_opened 1 (1 devices)
                installed 1
                at 599s
                move -> running
                at 600s
                move -> finished: group_passed 1 (group 1 has passed); finished
                """);
    }
}
