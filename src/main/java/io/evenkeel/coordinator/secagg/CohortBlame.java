package io.evenkeel.coordinator.secagg;

import io.evenkeel.coordinator.draw.CohortFaults;
import io.evenkeel.coordinator.member.Member;
import io.evenkeel.coordinator.member.MemberRepository;
import io.evenkeel.coordinator.run.Run;
import io.evenkeel.core.secagg.SignedAdvertisement;
import java.time.Instant;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/**
 * Records which members of a cohort were at fault, and leaves out those that were before. Works in the caller's transaction, under the
 * run's lock.
 */
@Component
class CohortBlame {

    private static final Logger LOG = LoggerFactory.getLogger(CohortBlame.class);

    private final CohortTable cohort;
    private final CohortFaults faults;
    private final MemberRepository members;
    private final ApplicationEventPublisher events;

    CohortBlame(CohortTable cohort, CohortFaults faults, MemberRepository members, ApplicationEventPublisher events) {
        this.cohort = cohort;
        this.faults = faults;
        this.members = members;
        this.events = events;
    }

    /** Records the members at fault of an attempt whose frames are still there. */
    void record(Run run, Attempt attempt, Set<Integer> atFault, Instant now) {
        if (atFault.isEmpty()) {
            return;
        }
        for (SignedAdvertisement keys : cohort.keys(attempt.id())) {
            if (atFault.contains(keys.member())) {
                record(run, keys, now);
            }
        }
    }

    private void record(Run run, SignedAdvertisement keys, Instant now) {
        String identity = CohortTable.hex(keys.identity());
        faults.put(run.id(), run.round(), keys.member(), identity);
        String client = members.findByRunIdAndOrdinalIn(run.id(), Set.of(keys.member())).stream()
                .map(Member::clientId)
                .findFirst()
                .orElse("");
        String who = "client " + client + ", member " + keys.member() + ", with identity " + identity;
        LOG.warn(
                "In round {} of run '{}' {} sent wrong shares, or complained falsely about others'",
                run.round(),
                run.name(),
                who);
        if (faults.isLeftOut(run.id(), identity)) {
            run.leaveOut(now, who);
            events.publishEvent(new MemberLeftOut(run.name()));
        }
    }
}
