package io.evenkeel.testkit.chaos.verdict;

import io.evenkeel.core.algorithm.Preset;
import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.feedback.ErrorFeedback;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.feedback.Staged;
import io.evenkeel.core.step.Schedule;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.core.wire.Digest;
import io.evenkeel.core.wire.Message;
import io.evenkeel.core.wire.Report;
import io.evenkeel.testkit.chaos.run.ChaosSettings;
import io.evenkeel.testkit.chaos.run.QuadraticObjective;
import io.evenkeel.tools.RoundFigures;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** The evidence of a valid run, into which a test introduces errors. */
final class ValidEvidence {

    static final int ROUNDS = 5;
    static final int DIMENSION = 40;
    static final ChaosSettings SETTINGS =
            new ChaosSettings(Preset.EF21_SGDM_NORM, null, null, 0, 3, 3, ROUNDS, DIMENSION, 3, 0, 0, false);
    static final List<String> CLIENTS = List.of("a", "b", "c");

    final List<Accepted> receipts = new ArrayList<>();
    final Map<Long, byte[]> messages = new HashMap<>();
    final List<RoundFigures> rounds = new ArrayList<>();
    final List<Evidence.ChainState> states = new ArrayList<>();
    final History history = History.of(CLIENTS);
    final Map<History.MembershipPeriod, Double> weights = new HashMap<>();
    Optional<String> audit = Optional.empty();
    double[] x = new double[0];
    double[] w = new double[0];
    double[] sum = new double[0];

    ValidEvidence() {
        train(SETTINGS);
    }

    /** Computes a valid run with core's classes. */
    void train(ChaosSettings settings) {
        List.of(receipts, rounds, states).forEach(List::clear);
        Replay run = new Replay(settings, history);
        Compressor compressor = CompressorSpec.parse(SETTINGS.compressor()).bind(TensorLayout.flat(DIMENSION));
        List<ErrorFeedback> feedbacks = new ArrayList<>();
        long[] heads = new long[CLIENTS.size()];
        CLIENTS.forEach(client -> feedbacks.add(ErrorFeedback.start(FeedbackMethod.EF21_MOMENTUM, DIMENSION)));
        for (int k = 0; k < ROUNDS; k++) {
            double[] model = run.x().clone();
            long bytes = 0;
            for (int i = 0; i < CLIENTS.size(); i++) {
                Staged staged = stage(feedbacks.get(i), i, k, model, compressor);
                byte[] encoded = new Message(k + 1, heads[i], report(), staged.delta()).encode();
                heads[i] = Digest.of(encoded);
                messages.put(heads[i], encoded);
                receipts.add(new Accepted(CLIENTS.get(i), k, k, k + 1, heads[i]));
                bytes += encoded.length;
                feedbacks.get(i).commit(staged);
                run.add(history.periods().get(i), staged.delta());
            }
            rounds.add(figures(k, bytes));
            run.close();
        }
        for (int i = 0; i < CLIENTS.size(); i++) {
            states.add(new Evidence.ChainState(
                    ROUNDS, heads[i], feedbacks.get(i).vectors().get(0)));
        }
        history.periods().forEach(member -> weights.put(member, ChaosSettings.weight(member.device(), 0)));
        x = run.x();
        w = run.devicesModel().clone();
        sum = run.sum();
    }

    private static Staged stage(ErrorFeedback feedback, int device, int round, double[] model, Compressor compressor) {
        double[] asSent = new double[DIMENSION];
        for (int j = 0; j < DIMENSION; j++) {
            asSent[j] = (float) model[j];
        }
        double eta = Schedule.parse(ChaosSettings.ETA).at(round, ROUNDS - 1);
        long seed = SplitMix64.derive(SplitMix64.derive(SETTINGS.seed(), device), round);
        return feedback.stage(new QuadraticObjective(device, DIMENSION).gradient(asSent, round), eta, compressor, seed);
    }

    private static Report report() {
        return new Report(1, OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.empty(), Map.of());
    }

    Checker.Verdict judge(List<Accepted> log) {
        return judge(log, states);
    }

    Checker.Verdict judge(List<Accepted> log, List<Evidence.ChainState> held) {
        return judge(SETTINGS, log, held);
    }

    Checker.Verdict judge(ChaosSettings settings, List<Accepted> log, List<Evidence.ChainState> held) {
        return Checker.judge(
                settings,
                new Evidence(
                        history,
                        receipts,
                        messages,
                        Map.of(),
                        List.of(),
                        List.of(),
                        log,
                        rounds,
                        byMember(held),
                        byMember(states),
                        weights,
                        audit,
                        x,
                        w,
                        sum));
    }

    private Map<History.MembershipPeriod, Evidence.ChainState> byMember(List<Evidence.ChainState> of) {
        Map<History.MembershipPeriod, Evidence.ChainState> all = new HashMap<>();
        history.periods().forEach(member -> all.put(member, of.get(member.device())));
        return all;
    }

    static RoundFigures figures(int round, long uplinkBytes) {
        int devices = CLIENTS.size();
        return new RoundFigures(
                round, Instant.EPOCH, Instant.EPOCH, devices, devices, 0, Map.of(), uplinkBytes, 0, 0, 1, 1);
    }
}
