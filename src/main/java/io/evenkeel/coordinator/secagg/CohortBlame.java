package io.evenkeel.coordinator.secagg;

import io.evenkeel.coordinator.draw.CohortFaults;
import io.evenkeel.coordinator.member.Member;
import io.evenkeel.coordinator.member.MemberRepository;
import io.evenkeel.core.secagg.SignedAdvertisement;
import io.evenkeel.engine.run.Run;
import io.evenkeel.engine.secagg.Attempt;
import io.evenkeel.engine.secagg.CohortSuspects;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/**
 * Records which members of a cohort were at fault, and excludes members with earlier faults. Works in the caller's
 * transaction, under the run's lock.
 */
@Component
class CohortBlame {

    private static final Logger LOG = LoggerFactory.getLogger(CohortBlame.class);

    private final CohortTable cohort;
    private final CohortFaults faults;
    private final HostileSearch search;
    private final MemberRepository members;
    private final ApplicationEventPublisher events;

    CohortBlame(
            CohortTable cohort,
            CohortFaults faults,
            HostileSearch search,
            MemberRepository members,
            ApplicationEventPublisher events) {
        this.cohort = cohort;
        this.faults = faults;
        this.search = search;
        this.members = members;
        this.events = events;
    }

    /**
     * Records the members at fault in an attempt whose frames still exist.
     *
     * @return advice to the operator about a lost round; empty if no action is needed
     */
    String record(Run run, Attempt attempt, CohortUnmasking.Unmasked unmasked, Instant now) {
        record(
                run,
                attempt,
                unmasked.atFault().stream().collect(Collectors.toMap(member -> member, member -> Set.of(run.round()))),
                now);
        search.ended(run, attempt, unmasked.accusations(), unmasked.words() != null);
        return unmasked.accusations().isEmpty() ? "" : search.advice(run);
    }

    /** Returns the key senders that the cohort excludes as suspects, and records those proven hostile. */
    Set<Integer> leaveOut(Run run, Attempt attempt, Collection<Integer> present, Instant now) {
        CohortSuspects.Choice choice = search.choose(run, attempt, present);
        record(run, attempt, choice.proven(), now);
        return choice.leftOut();
    }

    /** Records the rounds in which each member was at fault. */
    private void record(Run run, Attempt attempt, Map<Integer, Set<Integer>> rounds, Instant now) {
        if (rounds.isEmpty()) {
            return;
        }
        for (SignedAdvertisement keys : cohort.keys(attempt.id())) {
            if (rounds.containsKey(keys.member())) {
                record(run, keys.member(), CohortTable.hex(keys.identity()), rounds.get(keys.member()), now);
            }
        }
    }

    private void record(Run run, int ordinal, String identity, Set<Integer> rounds, Instant now) {
        if (faults.isLeftOut(run.id(), identity)) {
            return;
        }
        rounds.stream()
                .filter(round -> !faults.has(run.id(), round, identity))
                .forEach(round -> faults.put(run.id(), round, ordinal, identity));
        String client = members.findByRunIdAndOrdinalIn(run.id(), Set.of(ordinal)).stream()
                .map(Member::clientId)
                .findFirst()
                .orElse("");
        String who = "client " + client + ", member " + ordinal + ", with identity " + identity;
        LOG.warn(
                "In round {} of run '{}' {} sent wrong shares, or falsely accused others of it",
                run.round(),
                run.name(),
                who);
        if (faults.isLeftOut(run.id(), identity)) {
            run.leaveOut(now, who);
            events.publishEvent(new MemberLeftOut(run.name()));
        }
    }
}
