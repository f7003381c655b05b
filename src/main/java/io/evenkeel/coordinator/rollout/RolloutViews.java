package io.evenkeel.coordinator.rollout;

import io.evenkeel.coordinator.rollout.RolloutDefinition.Metric;
import io.evenkeel.coordinator.rollout.RolloutView.GroupProgress;
import io.evenkeel.coordinator.rollout.RolloutView.MetricProgress;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Reads how roll-outs stand. Works in the caller's transaction. Thread-safe. */
@Component
class RolloutViews {

    private static final int EVENTS = 100;

    private final RolloutTable rollouts;
    private final GroupTable groups;
    private final RolloutDeviceTable devices;
    private final RolloutEventTable events;

    RolloutViews(RolloutTable rollouts, GroupTable groups, RolloutDeviceTable devices, RolloutEventTable events) {
        this.rollouts = rollouts;
        this.groups = groups;
        this.devices = devices;
        this.events = events;
    }

    RolloutView of(Rollout rollout) {
        boolean hasDevices = rollout.devicesDeletedAt() == null;
        return new RolloutView(
                RolloutSummary.of(rollout),
                rollout.definition(),
                hasDevices ? progress(rollout) : rollouts.kept(rollout.id()),
                events.newest(rollout, EVENTS));
    }

    /** Returns how the groups stand, from the rows of the devices. */
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
        Map<String, MetricLook> looks = groups.looks(rollout.id(), group).stream()
                .collect(Collectors.toMap(MetricLook::metric, Function.identity()));
        return rollout.definition().metrics().stream()
                .map(metric -> metric(metric, devices.pairs(rollout.id(), group, metric), looks.get(metric.name())))
                .toList();
    }

    private static MetricProgress metric(Metric metric, int reported, @Nullable MetricLook known) {
        MetricLook look = known == null ? new MetricLook(metric.name(), 0, 0, 0, 0, 0, MetricVerdict.UNDECIDED) : known;
        boolean seen = look.pairs() > 0;
        return new MetricProgress(
                metric.name(),
                reported,
                look.pairs(),
                seen ? look.difference() : null,
                seen ? look.low() : null,
                seen ? look.high() : null,
                metric.margin(),
                look.verdict(),
                GroupRules.words(look, metric));
    }
}
