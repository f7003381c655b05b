package io.evenkeel.coordinator.integrity;

import io.evenkeel.coordinator.draw.RoundNoise;
import io.evenkeel.coordinator.member.Member;
import io.evenkeel.coordinator.member.MemberRepository;
import io.evenkeel.coordinator.model.StoredModels;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.retention.CompactedMeanwhileException;
import io.evenkeel.coordinator.retention.HistoryReading;
import io.evenkeel.coordinator.retention.MemberVectors;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.coordinator.secagg.CohortSums;
import io.evenkeel.core.robust.NormClipping;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import io.evenkeel.engine.run.Run;
import io.evenkeel.engine.run.RunState;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Compares two computations of the sum S. The first starts from a checkpoint and updates. The second adds the members'
 * snapshots and messages as sum_i w_i g_i, or as the robust sum, and the coordinator's noise, if any; with secure
 * aggregation it adds the sums of cohorts. They share only the messages, the noise's seeds and the sums of cohorts.
 * Thread-safe.
 */
@Component
class SumVerification {

    private static final int ATTEMPTS = 5;
    private static final double TOLERANCE = 1e-9;

    private final RunRepository runs;
    private final MemberRepository members;
    private final MemberVectors vectors;
    private final RoundNoise noise;
    private final CohortSums cohorts;
    private final StoredModels models;
    private final HistoryReading history;
    private final DurableTransactions transactions;

    SumVerification(
            RunRepository runs,
            MemberRepository members,
            MemberVectors vectors,
            RoundNoise noise,
            CohortSums cohorts,
            StoredModels models,
            HistoryReading history,
            DurableTransactions transactions) {
        this.runs = runs;
        this.members = members;
        this.vectors = vectors;
        this.noise = noise;
        this.cohorts = cohorts;
        this.models = models;
        this.history = history;
        this.transactions = transactions;
    }

    /**
     * Verifies the sum of a run between two rounds.
     *
     * @throws ProblemException {@code wrong-state} if the run has not started or does not keep S between
     *     rounds, {@code storage-damaged}, {@code insufficient-memory}, {@code busy} if other coordinators
     *     compact its messages faster than they can be read
     */
    SumVerificationReport of(PlanCache.Known known) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                return history.read(known, "an audit", () -> audit(known));
            } catch (CompactedMeanwhileException e) {
                // Another coordinator compacted messages of a round that was closed in the meantime.
            }
        }
        throw ProblemKind.BUSY
                .because(
                        "the messages of run '" + known.plan().name() + "' are being compacted",
                        "repeat the request in a minute")
                .retryAfter(Duration.ofMinutes(1));
    }

    /**
     * A consistent snapshot of the members whose vectors are in S.
     *
     * @param round k
     * @param members the members whose g_i are in S, with their weights in it
     */
    private record Contributors(int round, List<Member> members) {}

    /** Reads the run and its members under the run's lock, so that no round closes in between. */
    private Contributors contributors(PlanCache.Known known) {
        return transactions.write(() -> {
            Run run = runs.locked(known.run());
            if (run.state() == RunState.CREATED || run.current().openedAt() == null) {
                throw run.wrongState("run '" + run.name() + "' has not started: there is nothing to audit");
            }
            if (!known.plan().retainsSum()) {
                throw run.wrongState("run '" + run.name()
                        + "' keeps no sum from round to round, so there is nothing to audit; it matches its"
                        + " hash chain");
            }
            List<Member> present = members.findByRunIdOrderByOrdinal(run.id()).stream()
                    .filter(member -> known.plan().keepsLeavers() || !member.leavesBy(run.round() - 1))
                    .toList();
            return new Contributors(run.round(), present);
        });
    }

    private SumVerificationReport audit(PlanCache.Known known) {
        Contributors contributors = contributors(known);
        // Runs first, since it needs the most memory.
        StoredModels.StoredSum stored = models.sum(known.run(), contributors.round());
        if (known.plan().secureAggregation() != null) {
            return auditCohorts(known, contributors.round(), stored);
        }
        double[] total = new double[known.plan().dimension()];
        RebuiltVectors rebuilt =
                new RebuiltVectors(known, contributors.round(), contributors.members(), vectors, transactions);
        NormClipping clipping = known.plan().robust();
        if (clipping == null) {
            rebuilt.addTo(total);
        } else {
            clipping.sum(rebuilt, total);
        }
        if (known.plan().addsNoise()) {
            addNoise(known, contributors.round(), total);
        }
        return report(known, contributors.round(), rebuilt.counts(), stored, total);
    }

    /** Adds the noise that the coordinator added in closed rounds, which no g_i contains. */
    private void addNoise(PlanCache.Known known, int rounds, double[] total) {
        for (int round = 0; round < rounds; round++) {
            noise.of(known.run(), round, known.plan()).addTo(total, 1);
        }
    }

    /**
     * With secure aggregation the coordinator does not know g_i, but S is the total of the cohorts' sums
     * since S last started from zero.
     */
    private SumVerificationReport auditCohorts(PlanCache.Known known, int round, StoredModels.StoredSum stored) {
        ValidatedPlan plan = known.plan();
        double[] total = new double[plan.dimension()];
        int from = round == 0
                ? 0
                : Objects.requireNonNull(plan.secureAggregation()).epochStart(round - 1);
        int most = 0;
        long messages = 0;
        for (int closed = from; closed < round; closed++) {
            int of = closed;
            Optional<CohortSums.CohortSum> sum = transactions.read(() -> cohorts.find(known.run(), of, plan));
            sum.ifPresent(found -> found.delta().addTo(total, 1));
            int added = sum.map(CohortSums.CohortSum::members).orElse(0);
            most = Math.max(most, added);
            messages += added;
        }
        return report(known, round, new RebuiltVectors.Counts(most, messages, 0), stored, total);
    }

    private static SumVerificationReport report(
            PlanCache.Known known,
            int round,
            RebuiltVectors.Counts counts,
            StoredModels.StoredSum stored,
            double[] total) {
        double[] sum = stored.values();
        double largest = 0;
        int worst = 0;
        for (int j = 0; j < sum.length; j++) {
            largest = Math.max(largest, Math.abs(sum[j]));
            worst = Math.abs(sum[j] - total[j]) > Math.abs(sum[worst] - total[worst]) ? j : worst;
        }
        double difference = Math.abs(sum[worst] - total[worst]);
        double relative = difference == 0 ? 0 : difference / largest;
        return new SumVerificationReport(
                known.plan().name(),
                round,
                counts.members(),
                counts.messages(),
                counts.snapshots(),
                counts.messages() + counts.snapshots() + stored.files(),
                largest,
                difference,
                relative,
                worst,
                relative <= TOLERANCE,
                null);
    }
}
