package io.evenkeel.testkit.chaos.verdict;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.feedback.ErrorFeedback;
import io.evenkeel.core.secagg.FixedPoint;
import io.evenkeel.core.secagg.FixedPointRelease;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.testkit.chaos.run.ChaosSettings;
import io.evenkeel.testkit.chaos.run.QuadraticObjective;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Computes the expected result of a run with secure aggregation without network, disk and masks, from the members in
 * each sum. The messages are not recorded, so they are computed as on the devices. Not thread-safe.
 */
final class CohortReplay extends ReplayedModel {

    private static final int NONE = -1;

    private final Compressor compressor;
    private final Map<History.MembershipPeriod, ErrorFeedback> feedbacks = new HashMap<>();
    private final Map<History.MembershipPeriod, Integer> lastRounds = new HashMap<>();

    private CohortReplay(ChaosSettings settings, History history) {
        super(settings, history);
        CompressorSpec spec = CompressorSpec.parse(settings.compressor());
        this.compressor = new CompressorSpec(spec.selection(), ValueCoding.FLOAT64)
                .bind(layout)
                .releasing(new FixedPointRelease(new FixedPoint(ChaosSettings.EXPONENT, settings.maxMembers())));
    }

    /**
     * Replays a run.
     *
     * @param included the receipts of each round
     */
    static CohortReplay of(ChaosSettings settings, History history, Map<Integer, List<Accepted>> included) {
        CohortReplay replay = new CohortReplay(settings, history);
        for (int round = 0; round < settings.rounds(); round++) {
            replay.add(round, included.getOrDefault(round, List.of()));
        }
        return replay;
    }

    private void add(int round, List<Accepted> included) {
        if (ChaosSettings.REBASE.clearsSum(round)) {
            state.add(state.sum().clone(), -1);
        }
        state.beginRound();
        double[] model = Replay.asSent(devicesModel());
        for (History.MembershipPeriod member : history.periods()) {
            if (included.stream().anyMatch(member::has)) {
                state.add(message(member, model, round), 1);
                lastRounds.put(member, round);
            }
        }
        step(round, weight(round));
    }

    private CompressedVector message(History.MembershipPeriod member, double[] model, int round) {
        int dimension = settings.dimension();
        ErrorFeedback feedback =
                feedbacks.computeIfAbsent(member, first -> ErrorFeedback.start(preset.feedback(), dimension));
        if (ChaosSettings.REBASE.clearsOwn(lastRounds.getOrDefault(member, NONE), round)) {
            feedback = feedback.withoutSum(dimension);
            feedbacks.put(member, feedback);
        }
        double momentum = eta.at(round, settings.rounds() - 1);
        QuadraticObjective objective = new QuadraticObjective(member.device(), dimension);
        return Replay.message(
                feedback,
                point -> objective.gradient(point, round),
                model,
                momentum,
                compressor,
                SplitMix64.derive(settings.seed(), round));
    }

    /** Returns the number of members, including those that left but still have a part in the sum. */
    private double weight(int round) {
        int start = ChaosSettings.REBASE.epoch(round) * ChaosSettings.REBASE.every();
        return history.periods().stream()
                .filter(member ->
                        member.to() > round ? member.from() <= round : lastRounds.getOrDefault(member, NONE) >= start)
                .count();
    }

    /** Returns a member's g_i, not copied; zeros if it has sent nothing. */
    double[] memory(History.MembershipPeriod member) {
        ErrorFeedback feedback = feedbacks.get(member);
        return feedback == null
                ? new double[settings.dimension()]
                : feedback.vectors().get(0);
    }
}
