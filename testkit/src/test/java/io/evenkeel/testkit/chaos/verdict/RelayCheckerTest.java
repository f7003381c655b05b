package io.evenkeel.testkit.chaos.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.core.algorithm.Preset;
import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.feedback.ErrorFeedback;
import io.evenkeel.core.feedback.Staged;
import io.evenkeel.core.step.Schedule;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.core.wire.Digest;
import io.evenkeel.core.wire.Message;
import io.evenkeel.core.wire.Report;
import io.evenkeel.testkit.chaos.run.ChaosSettings;
import io.evenkeel.tools.RoundFigures;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Tests that the checker finds errors between two levels, each of which is valid by itself. */
class RelayCheckerTest {

    private static final int ROUNDS = 4;
    private static final int DIMENSION = 40;
    private static final int RELAY = 1;
    private static final double FLEET = ChaosSettings.weight(0, 0) + ChaosSettings.weight(1, 0);

    private final Trained site = new Trained(Preset.EF21, List.of("a", "b"), Map.of());
    private double factor = 1;
    private double weight = FLEET;
    private double bias;
    private double lastBias;
    private boolean restored;

    /** A run that is trained with core's classes, and recorded. */
    private static final class Trained {

        private final ChaosSettings settings;
        private final History history;
        private final Replay run;
        private final Compressor compressor;
        private final List<ErrorFeedback> feedbacks = new ArrayList<>();
        private final long[] heads;
        private final List<Accepted> receipts = new ArrayList<>();
        private final Map<Long, byte[]> messages = new HashMap<>();
        private final List<RoundFigures> rounds = new ArrayList<>();
        private final List<double[]> models = new ArrayList<>();

        Trained(Preset algorithm, List<String> clients, Map<Integer, List<Double>> weights) {
            int devices = clients.size();
            settings = new ChaosSettings(algorithm, null, null, 0, 3, devices, ROUNDS, DIMENSION, devices, 0, 0, false);
            history = History.of(clients).with(weights);
            run = new Replay(settings, history);
            compressor = CompressorSpec.parse(settings.compressor()).bind(TensorLayout.flat(DIMENSION));
            heads = new long[devices];
            clients.forEach(client -> feedbacks.add(ErrorFeedback.start(algorithm.feedback(), DIMENSION)));
        }

        /** Trains one round; the caller closes it. */
        void answer(int round, double[] model, Replay.Gradients gradients) {
            models.add(model.clone());
            double eta = Schedule.parse(ChaosSettings.ETA).at(round, ROUNDS - 1);
            long bytes = 0;
            for (History.MembershipPeriod member : history.periods()) {
                int i = member.device();
                double[] gradient = gradients.at(member, Replay.asSent(model), round);
                long seed = SplitMix64.derive(SplitMix64.derive(settings.seed(), i), round);
                Staged staged = feedbacks.get(i).stage(gradient, eta, compressor, seed);
                feedbacks.get(i).commit(staged);
                run.add(member, staged.delta());
                byte[] encoded = new Message(round + 1, heads[i], Report.of(1), staged.delta()).encode();
                heads[i] = Digest.of(encoded);
                messages.put(heads[i], encoded);
                receipts.add(new Accepted(member.client(), round, round, round + 1, heads[i]));
                bytes += encoded.length;
            }
            run.close();
            rounds.add(new RoundFigures(
                    round, Instant.EPOCH, Instant.EPOCH, heads.length, heads.length, 0, Map.of(), bytes, 0, 0, 1, 1));
        }

        double[] mean() {
            double[] mean = run.sum().clone();
            for (int j = 0; j < mean.length; j++) {
                mean[j] /= run.fleetWeight();
            }
            return mean;
        }

        RelayChecker.Level level(double[] x) {
            models.add(x.clone());
            Map<History.MembershipPeriod, Evidence.ChainState> states = new HashMap<>();
            Map<History.MembershipPeriod, Double> weights = new HashMap<>();
            history.periods().forEach(member -> {
                int i = member.device();
                states.put(
                        member,
                        new Evidence.ChainState(
                                ROUNDS, heads[i], feedbacks.get(i).vectors().get(0)));
                weights.put(member, history.weight(i, ROUNDS));
            });
            Evidence evidence = new Evidence(
                    history.with(Map.of()),
                    receipts,
                    messages,
                    Map.of(),
                    List.of(),
                    List.of(),
                    receipts,
                    rounds,
                    states,
                    states,
                    weights,
                    Optional.empty(),
                    x.clone(),
                    x.clone(),
                    run.sum());
            return new RelayChecker.Level(settings, evidence, models);
        }
    }

    /** Trains both levels; returns the first violation above, then the first at the site. */
    private List<List<String>> violations() {
        Trained above = new Trained(
                Preset.EF21_SGDM_NORM, List.of("c", "relay"), Map.of(RELAY, Collections.nCopies(ROUNDS + 1, weight)));
        for (int k = 0; k < ROUNDS; k++) {
            double[] x = above.run.x().clone();
            double[] there = x.clone();
            there[0] += k == 1 ? bias : 0;
            site.answer(k, there, site.run::gradient);
            double[] mean = site.mean();
            for (int j = 0; j < DIMENSION; j++) {
                mean[j] *= factor;
            }
            above.answer(
                    k,
                    x,
                    (member, point, round) ->
                            member.device() == RELAY ? mean : above.run.gradient(member, point, round));
        }
        double[] x = above.run.x();
        double[] last = x.clone();
        last[0] += lastBias;
        List<RelayChecker.Site> sites = List.of(new RelayChecker.Site(site.level(last), "relay"));
        List<Checker.Verdict> verdicts = restored
                ? RelayChecker.judgeByRecords(above.level(x), sites)
                : RelayChecker.judge(above.level(x), sites);
        return verdicts.stream().map(Checker.Verdict::violations).toList();
    }

    @Test
    void findsNothingInValidRuns() {
        assertThat(violations()).isEqualTo(List.of(List.of(), List.of()));
    }

    @Test
    void detectsARelayThatDoesNotSendItsDevicesMean() {
        factor = 2;
        assertThat(violations().get(0)).singleElement().asString().startsWith("different bits: model or sum above");
    }

    @Test
    void detectsARelayThatCountsTwice() {
        weight = 2 * FLEET;
        assertThat(violations().get(0)).anySatisfy(text -> assertThat(text).startsWith("wrong weight: device 1"));
    }

    @Test
    void afterRestoresARoundMayUseAModelThatIsLostAbove() {
        bias = 1e-3;
        restored = true;
        assertThat(violations()).isEqualTo(List.of(List.of(), List.of()));
    }

    @Test
    void afterRestoresTheLastModelMatchesTheRunAbove() {
        lastBias = 1e-3;
        restored = true;
        assertThat(violations().get(1)).containsExactly("the last model at the site is not that of the run above");
    }

    @Test
    void detectsARoundAtAModelUnknownToTheUpperRun() {
        bias = 1e-3;
        assertThat(violations().get(1))
                .contains(
                        "round 1 at the site uses the model of round -1 above, and the previous round that of round 0");
    }
}
