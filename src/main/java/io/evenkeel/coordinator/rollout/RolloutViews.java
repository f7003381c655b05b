package io.evenkeel.coordinator.rollout;

import io.evenkeel.coordinator.rollout.RolloutView.GroupProgress;
import io.evenkeel.coordinator.rollout.RolloutView.MetricProgress;
import io.evenkeel.engine.rollout.DeviceCounts;
import io.evenkeel.engine.rollout.GroupNotices;
import io.evenkeel.engine.rollout.GroupRules;
import io.evenkeel.engine.rollout.MetricLook;
import io.evenkeel.engine.rollout.MetricVerdict;
import io.evenkeel.engine.rollout.OpenedGroup;
import io.evenkeel.engine.rollout.Rollout;
import io.evenkeel.engine.rollout.RolloutDefinition;
import io.evenkeel.engine.rollout.RolloutDefinition.Metric;
import io.evenkeel.engine.rollout.RolloutGroupRule;
import io.evenkeel.engine.rollout.RolloutNotice;
import io.evenkeel.engine.rollout.RolloutState;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Reads the progress of roll-outs. Works in the caller's transaction. Thread-safe. */
@Component
class RolloutViews {

    private static final int EVENTS = 100;

    private final RolloutTable rollouts;
    private final GroupTable groups;
    private final RolloutDeviceTable devices;
    private final RolloutEventTable events;
    private final Clock clock;

    RolloutViews(
            RolloutTable rollouts,
            GroupTable groups,
            RolloutDeviceTable devices,
            RolloutEventTable events,
            Clock clock) {
        this.rollouts = rollouts;
        this.groups = groups;
        this.devices = devices;
        this.events = events;
        this.clock = clock;
    }

    RolloutView of(Rollout rollout) {
        boolean hasDevices = rollout.devicesDeletedAt() == null;
        List<RolloutNotice> waitsFor = new ArrayList<>();
        List<RolloutNotice> warnings = new ArrayList<>();
        addNotices(rollout, waitsFor, warnings);
        return new RolloutView(
                RolloutSummary.of(rollout),
                rollout.definition(),
                waitsFor,
                warnings,
                hasDevices ? progress(rollout) : rollouts.kept(rollout.id()),
                events.newest(rollout, EVENTS));
    }

    private void addNotices(Rollout rollout, List<RolloutNotice> waitsFor, List<RolloutNotice> warnings) {
        String upstream = rollout.definition().upstream();
        if (upstream != null) {
            if (!rollout.state().isOver()) {
                waitsFor.add(RolloutNotice.of(
                        RolloutNotice.Code.UPSTREAM, "roll-out " + upstream + " of the coordinator above decides"));
            }
            return;
        }
        if (rollout.state() == RolloutState.WAITING) {
            waitsFor.add(RolloutNotice.of(RolloutNotice.Code.APPROVAL, "another operator must approve it"));
        }
        if (rollout.state() == RolloutState.PAUSED) {
            waitsFor.add(RolloutNotice.of(
                    RolloutNotice.Code.OPERATOR, "it is paused: an operator must resume, skip or stop it"));
        }
        if (!rollout.state().isOver()) {
            groups.find(rollout.id(), rollout.group()).ifPresent(open -> {
                RolloutDefinition rules = rollout.definition();
                DeviceCounts own = devices.counts(rollout.id()).getOrDefault(open.number(), DeviceCounts.NONE);
                List<MetricLook> looks = looks(rollout, open.number());
                waitsFor.addAll(GroupNotices.missing(rules, open, own, looks));
                GroupNotices.minTime(rules, open, clock.instant()).ifPresent(waitsFor::add);
                GroupNotices.tooFew(rules, open, own).ifPresent(warnings::add);
                warnings.addAll(GroupNotices.worse(rules, looks));
            });
        }
    }

    /**
     * Returns the newest look at each metric, in the order of the rules. If only one device has reported a metric, the
     * look contains only the difference.
     */
    private List<MetricLook> looks(Rollout rollout, int group) {
        Map<String, MetricLook> known = groups.looks(rollout.id(), group).stream()
                .collect(Collectors.toMap(MetricLook::metric, Function.identity()));
        return rollout.definition().metrics().stream()
                .map(metric -> known.containsKey(metric.name())
                        ? known.get(metric.name())
                        : ofOneDevice(rollout, group, metric))
                .toList();
    }

    private MetricLook ofOneDevice(Rollout rollout, int group, Metric metric) {
        if (devices.pairs(rollout.id(), group, metric) != 1) {
            return MetricLook.none(metric.name());
        }
        double difference = devices.differences(rollout.id(), group, metric).mean();
        return new MetricLook(metric.name(), 0, 1, difference, 0, 0, MetricVerdict.UNDECIDED);
    }

    /** Computes the progress of the groups from the rows of the devices. */
    List<GroupProgress> progress(Rollout rollout) {
        Map<Integer, OpenedGroup> opened = groups.opened(rollout.id()).stream()
                .collect(Collectors.toMap(OpenedGroup::number, Function.identity()));
        Map<Integer, DeviceCounts> counts = devices.counts(rollout.id());
        return IntStream.range(0, rollout.definition().groups().size())
                .mapToObj(number ->
                        progress(rollout, number, opened.get(number), counts.getOrDefault(number, DeviceCounts.NONE)))
                .toList();
    }

    private GroupProgress progress(Rollout rollout, int number, @Nullable OpenedGroup opened, DeviceCounts counts) {
        RolloutGroupRule group = rollout.definition().groups().get(number);
        return new GroupProgress(
                number + 1,
                group.name(),
                group.text(),
                state(rollout, opened),
                opened == null ? null : opened.devices(),
                opened == null ? null : opened.alive(),
                opened == null ? null : opened.reportsNeeded(rollout.definition(), counts),
                counts.asked(),
                counts.installed(),
                counts.failed(),
                opened == null ? null : opened.openedAt(),
                opened == null ? null : opened.deadline(),
                opened == null ? null : opened.endedAt(),
                opened == null ? List.of() : metrics(rollout, number));
    }

    private static String state(Rollout rollout, @Nullable OpenedGroup opened) {
        if (opened == null) {
            return "planned";
        }
        return opened.state() == OpenedGroup.State.OPEN && rollout.state() == RolloutState.STOPPED
                ? "stopped"
                : opened.state().text();
    }

    private List<MetricProgress> metrics(Rollout rollout, int group) {
        List<Metric> metrics = rollout.definition().metrics();
        List<MetricLook> looks = looks(rollout, group);
        return IntStream.range(0, metrics.size())
                .mapToObj(i -> metric(metrics.get(i), devices.pairs(rollout.id(), group, metrics.get(i)), looks.get(i)))
                .toList();
    }

    private static MetricProgress metric(Metric metric, int reported, MetricLook look) {
        boolean hasInterval = look.pairs() > 1;
        return new MetricProgress(
                metric.name(),
                reported,
                look.pairs(),
                look.pairs() > 0 ? look.difference() : null,
                hasInterval ? look.low() : null,
                hasInterval ? look.high() : null,
                metric.margin(),
                look.verdict(),
                GroupRules.words(look, metric));
    }
}
