package io.evenkeel.coordinator.secagg;

import io.evenkeel.coordinator.draw.CohortFaults;
import io.evenkeel.coordinator.member.DatasetSpending;
import io.evenkeel.core.privacy.PrivacyCost;
import io.evenkeel.core.secagg.EncryptedShares;
import io.evenkeel.core.secagg.Reveal;
import io.evenkeel.core.secagg.SignedAdvertisement;
import io.evenkeel.engine.member.MemberRow;
import io.evenkeel.engine.message.PrivacyRules;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.run.RunRow;
import io.evenkeel.engine.secagg.Attempt;
import io.evenkeel.engine.secagg.CohortStepRules;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/**
 * Reads the data with which {@link CohortStepRules} checks the content of devices' frames. Works in the caller's
 * transaction. Thread-safe.
 */
@Component
class StepChecks {

    private final CohortTable cohort;
    private final CohortLists lists;
    private final CohortFaults faults;
    private final DatasetSpending spending;

    StepChecks(CohortTable cohort, CohortLists lists, CohortFaults faults, DatasetSpending spending) {
        this.cohort = cohort;
        this.lists = lists;
        this.faults = faults;
        this.spending = spending;
    }

    /** Refuses keys that belong to another member or to an excluded device. */
    void requireOwn(RunRow run, MemberRow member, Attempt attempt, SignedAdvertisement keys) {
        CohortStepRules.requireOwn(
                run,
                member,
                keys,
                cohort.withIdentity(attempt.id(), keys.identity()).isPresent(),
                cohort.withMaskKey(attempt.id(), keys.advertisement().maskKey()).isPresent(),
                faults.isLeftOut(run.id(), CohortTable.hex(keys.identity())));
    }

    /** Refuses a member's shares, with {@code invalid}, unless they are for exactly the other members. */
    void requireShares(Attempt attempt, int ordinal, byte[] frame) {
        CohortStepRules.requireShares(
                lists.members(attempt).ordinals(),
                ordinal,
                StepFrames.shares(frame, ordinal).stream()
                        .map(EncryptedShares::to)
                        .collect(Collectors.toSet()));
    }

    /** Refuses a message beyond the privacy budget with {@code plan-exceeded}. */
    void requireBudget(StepAcceptance.Turn turn, long sequence) {
        ProblemException refusal = PrivacyRules.refusalOf(
                sequence,
                turn.client(),
                turn.run().plan(),
                spending.elsewhere(turn.run().run(), Set.of(turn.client()))
                        .getOrDefault(turn.client(), PrivacyCost.NONE));
        if (refusal != null) {
            throw refusal;
        }
    }

    /** Refuses a reveal, with {@code invalid}, unless its secrets are those that the sum needs. */
    void requireReveal(Attempt attempt, int ordinal, byte[] frame) {
        Reveal reveal = StepFrames.reveal(frame, ordinal);
        CohortLists.Sum sum = lists.sum(attempt);
        CohortStepRules.requireReveal(
                sum.included(),
                sum.gone(),
                ordinal,
                reveal.seedShares().keySet(),
                reveal.keyShares().keySet());
    }
}
