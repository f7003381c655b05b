package io.evenkeel.testkit.chaos.verdict;

import io.evenkeel.testkit.chaos.run.ChaosSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Checks a run whose members are relays, together with the runs at their sites. Computes all of them without network
 * and disk, from the members that answered each round: a relay's gradient at a model is the mean of the g_i in its
 * site's round at this model, and its weight is the sum of their weights. Not thread-safe; for one use.
 */
public final class RelayChecker {

    private final Level above;
    private final List<Site> sites;
    private final List<String> violations = new ArrayList<>();

    private RelayChecker(Level above, List<Site> sites) {
        this.above = above;
        this.sites = sites;
    }

    /**
     * A run on one level.
     *
     * @param settings the settings, with the actual number of rounds
     * @param models x of each round, and the final model
     */
    public record Level(ChaosSettings settings, Evidence evidence, List<double[]> models) {

        private boolean answers(History.MembershipPeriod member, int round) {
            return evidence.receipts().stream()
                    .anyMatch(receipt -> receipt.includedIn() == round && member.has(receipt));
        }
    }

    /**
     * A relay and its run.
     *
     * @param client its id in the upper run
     */
    public record Site(Level level, String client) {}

    /** The sum of the members' contributions at a site for a model. */
    @SuppressWarnings("ArrayRecordComponent") // Read-only.
    private record Mean(double[] values, double weight) {}

    /** Checks the runs; returns a verdict for the upper run, then for each site. */
    public static List<Checker.Verdict> judge(Level above, List<Site> sites) {
        return new RelayChecker(above, sites).judge();
    }

    /**
     * Checks runs, some of which have been restored from backups, each by its own records, since a round that
     * one level has may be lost on another. Memberships must not have changed, so that each relay always has
     * the weight of all its devices.
     */
    public static List<Checker.Verdict> judgeByRecords(Level above, List<Site> sites) {
        return new RelayChecker(above, sites).judgeByRecords();
    }

    private List<Checker.Verdict> judgeByRecords() {
        Map<Integer, List<Double>> weights = new HashMap<>();
        List<Checker.Verdict> verdicts = new ArrayList<>();
        for (Site site : sites) {
            weights.put(device(site), Collections.nCopies(above.settings().rounds() + 1, firstWeight(site)));
            requireLastModel(site.level());
            verdicts.add(verdict(site.level()));
        }
        verdicts.add(0, verdict(weighed(weights)));
        return verdicts;
    }

    private List<Checker.Verdict> judge() {
        Map<Integer, Map<Integer, Mean>> means = new HashMap<>();
        Map<Integer, List<Double>> weights = new HashMap<>();
        List<Checker.Verdict> verdicts = new ArrayList<>();
        for (Site site : sites) {
            int device = device(site);
            Map<Integer, Mean> byRound = means(site.level());
            means.put(device, byRound);
            weights.put(device, weights(site, byRound));
            verdicts.add(verdict(site.level()));
        }
        Level weighed = weighed(weights);
        checkAbove(weighed, means);
        verdicts.add(0, verdict(weighed));
        return verdicts;
    }

    private Level weighed(Map<Integer, List<Double>> weights) {
        return new Level(
                above.settings(),
                above.evidence().with(above.evidence().history().with(weights)),
                above.models());
    }

    /** Returns the verdict of the single run's checks, with the violations found here since the last call. */
    private Checker.Verdict verdict(Level level) {
        Checker.Verdict single = Checker.judge(level.settings(), level.evidence());
        List<String> all = new ArrayList<>(violations);
        all.addAll(single.violations());
        Checker.Verdict verdict = new Checker.Verdict(
                single.checked(),
                single.lost(),
                single.duplicated(),
                single.identical() && violations.isEmpty(),
                List.copyOf(all));
        violations.clear();
        return verdict;
    }

    private int device(Site site) {
        return above.evidence().history().periods().stream()
                .filter(member -> member.client().equals(site.client()))
                .findFirst()
                .orElseThrow()
                .device();
    }

    /** Computes the run at a site; returns its sums by the upper round. */
    private Map<Integer, Mean> means(Level site) {
        Map<Integer, Mean> means = new HashMap<>();
        Replay run = new Replay(site.settings(), site.evidence().history());
        BiPredicate<History.MembershipPeriod, Integer> answers = site::answers;
        int last = -1;
        for (int round = 0; round < site.settings().rounds(); round++) {
            double[] model = site.models().get(round);
            run.answer(Replay.asSent(model), answers, run::gradient);
            run.close();
            int at = roundAbove(model);
            if (at <= last) {
                violations.add("round " + round + " at the site uses the model of round " + at
                        + " above, and the previous round that of round " + last);
            }
            last = at;
            means.put(at, mean(run));
        }
        requireLastModel(site);
        if (!Arrays.equals(run.sum(), site.evidence().sum())) {
            violations.add("different bits: the sum at the site differs from that of an undisturbed run");
        }
        return means;
    }

    private void requireLastModel(Level site) {
        if (!Arrays.equals(
                site.models().get(site.settings().rounds()), above.evidence().x())) {
            violations.add("the last model at the site is not that of the run above");
        }
    }

    private static Mean mean(Replay run) {
        double[] mean = run.sum().clone();
        for (int j = 0; j < mean.length; j++) {
            mean[j] = run.fleetWeight() > 0 ? mean[j] / run.fleetWeight() : 0;
        }
        return new Mean(mean, run.fleetWeight());
    }

    /** Returns the upper round with a model; -1 if there is none. */
    private int roundAbove(double[] model) {
        for (int round = 0; round < above.models().size(); round++) {
            if (Arrays.equals(above.models().get(round), model)) {
                return round;
            }
        }
        return -1;
    }

    private static double firstWeight(Site site) {
        History history = site.level().evidence().history();
        return history.periods().stream()
                .filter(member -> member.isActiveIn(0))
                .mapToDouble(member -> history.weight(member.device(), 0))
                .sum();
    }

    /** Returns a relay's weight in each upper round: it changes in a round that the relay answers. */
    private List<Double> weights(Site site, Map<Integer, Mean> means) {
        double weight = firstWeight(site);
        List<Double> weights = new ArrayList<>(List.of(weight));
        for (int round = 0; round < above.settings().rounds(); round++) {
            Mean mean = means.get(round);
            if (mean != null && mean.weight() > 0 && hasAnswered(site.client(), round)) {
                weight = mean.weight();
            }
            weights.add(weight);
        }
        return weights;
    }

    private boolean hasAnswered(String client, int round) {
        return above.evidence().receipts().stream()
                .anyMatch(receipt ->
                        receipt.includedIn() == round && receipt.client().equals(client));
    }

    /** Computes the upper run. */
    private void checkAbove(Level level, Map<Integer, Map<Integer, Mean>> means) {
        Replay run = new Replay(level.settings(), level.evidence().history());
        BiPredicate<History.MembershipPeriod, Integer> answers = level::answers;
        for (int round = 0; round < level.settings().rounds(); round++) {
            run.answer(Replay.asSent(run.devicesModel()), answers, (member, point, at) -> {
                Map<Integer, Mean> relay = means.get(member.device());
                return relay == null ? run.gradient(member, point, at) : relayed(member, at, relay.get(at));
            });
            run.close();
        }
        if (!Arrays.equals(run.x(), level.evidence().x())
                || !Arrays.equals(run.sum(), level.evidence().sum())) {
            violations.add("different bits: model or sum above differ from those of an undisturbed run on all levels");
        }
    }

    private double[] relayed(History.MembershipPeriod relay, int round, @Nullable Mean mean) {
        if (mean == null) {
            violations.add(
                    "relay " + relay.client() + " answered round " + round + ", at whose model its site had no round");
            return new double[above.settings().dimension()];
        }
        return mean.values().clone();
    }
}
