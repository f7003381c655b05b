package io.evenkeel.coordinator.checkin;

import io.evenkeel.coordinator.draw.OpenRoundCache;
import io.evenkeel.coordinator.draw.RoundDeclines;
import io.evenkeel.coordinator.member.Member;
import io.evenkeel.coordinator.member.MemberRepository;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunRules;
import io.evenkeel.coordinator.run.RunSnapshot;
import io.evenkeel.coordinator.run.RunTable;
import io.evenkeel.engine.checkin.Demand;
import io.evenkeel.engine.definition.DeviceChoice;
import io.evenkeel.engine.definition.RoundRules;
import io.evenkeel.engine.run.RunState;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Work of the kind {@code train}: joining a run that is created or running, and then taking part in its
 * rounds. A device that left a run, or was removed from it, is not invited to join that run again.
 * Thread-safe.
 */
@Component
class TrainingWork implements WorkSource {

    private static final int CLIENTS_PER_QUERY = 1_000;

    private final RunTable runs;
    private final MemberRepository members;
    private final OpenRoundCache openRounds;
    private final PlanCache plans;
    private final RunRules rules;
    private final RoundDeclines declines;

    TrainingWork(
            RunTable runs,
            MemberRepository members,
            OpenRoundCache openRounds,
            PlanCache plans,
            RunRules rules,
            RoundDeclines declines) {
        this.runs = runs;
        this.members = members;
        this.openRounds = openRounds;
        this.plans = plans;
        this.rules = rules;
        this.declines = declines;
    }

    private record MemberKey(long run, String client) {}

    @Override
    public String kind() {
        return "train";
    }

    @Override
    public List<WorkOffer> offers() {
        return runs.open().stream().map(this::offer).toList();
    }

    private WorkOffer offer(RunSnapshot run) {
        RoundRules next = rules.next(run);
        DeviceChoice devices = plans.of(run.id()).devices();
        return new WorkOffer(
                kind(), run.id(), run.name(), next.priority(), devices, demand(run, next, devices.choosesMembers()));
    }

    private static Demand demand(RunSnapshot run, RoundRules next, boolean choosesMembers) {
        return Demand.ofRun(run.state(), run.round(), run.startedAt(), run.openedAt(), next, choosesMembers);
    }

    /**
     * The state on which an item depends. Members are left out, because a device that joins or sends a
     * message checks in again anyway.
     */
    private record Version(long run, RunState state, boolean closing, int round, int extended, int revision) {}

    @Override
    public Object version() {
        return runs.open().stream()
                .map(run ->
                        new Version(run.id(), run.state(), run.closing(), run.round(), run.extended(), run.revision()))
                .toList();
    }

    @Override
    public Map<String, List<WorkItem>> items(List<WorkOffer> offers, Collection<String> clients) {
        List<Long> keys = offers.stream().map(WorkOffer::key).toList();
        Map<Long, RunSnapshot> snapshots = new HashMap<>();
        runs.snapshots(keys).forEach(run -> snapshots.put(run.id(), run));
        Map<MemberKey, Member> newest = newest(keys, clients);
        Map<String, List<WorkItem>> items = new HashMap<>();
        for (WorkOffer offer : offers) {
            RunSnapshot run = snapshots.get(offer.key());
            if (run == null || run.state().isOver()) {
                continue;
            }
            Predicate<Member> declined = declined(run, clients.size());
            for (String client : clients) {
                item(offer, run, newest.get(new MemberKey(run.id(), client)), declined)
                        .ifPresent(item -> items.computeIfAbsent(client, key -> new ArrayList<>())
                                .add(item));
            }
        }
        return items;
    }

    /** Returns whether a member declined the open round, which is then not offered to it again. */
    private Predicate<Member> declined(RunSnapshot run, int asking) {
        if (asking == 1) {
            return member -> declines.has(run.id(), run.round(), member.ordinal());
        }
        BitSet all = declines.members(run.id(), run.round());
        return member -> all.get(member.ordinal());
    }

    private Optional<WorkItem> item(
            WorkOffer offer, RunSnapshot run, @Nullable Member member, Predicate<Member> declined) {
        if (member == null) {
            return Optional.of(WorkItem.of(offer, false, null, null, null));
        }
        return openRounds.asks(run, member.row()) && !declined.test(member)
                ? Optional.of(WorkItem.of(offer, true, run.round(), run.deadline(), null))
                : Optional.empty();
    }

    private Map<MemberKey, Member> newest(List<Long> keys, Collection<String> clients) {
        Map<MemberKey, Member> newest = new HashMap<>();
        List<String> all = List.copyOf(clients);
        for (int from = 0; from < all.size(); from += CLIENTS_PER_QUERY) {
            List<String> some = all.subList(from, Math.min(all.size(), from + CLIENTS_PER_QUERY));
            members.findByRunIdInAndClientIdInOrderByOrdinal(keys, some)
                    .forEach(member -> newest.put(new MemberKey(member.runId(), member.clientId()), member));
        }
        return newest;
    }
}
