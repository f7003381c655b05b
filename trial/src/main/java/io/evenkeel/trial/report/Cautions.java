package io.evenkeel.trial.report;

import io.evenkeel.tools.terminal.Quantity;
import io.evenkeel.trial.live.LiveRecord;
import io.evenkeel.trial.plot.Numerals;
import io.evenkeel.trial.result.ArmSummary;
import io.evenkeel.trial.result.Summary;
import io.evenkeel.trial.text.Figures;
import io.evenkeel.trial.text.Money;
import io.evenkeel.trial.text.TextFormat;
import io.evenkeel.trial.text.Texts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Lists facts that readers tend to overlook: failures, unreached targets, and the limits of a single seed.
 */
public final class Cautions {

    private static final int ROUNDS_TO_TIME = 100;
    private static final double UNEVEN = 1.5;

    private final Texts texts;
    private final Figures figures;
    private final TrialResults trial;
    private final Summary summary;
    private final List<String> sentences = new ArrayList<>();

    public Cautions(Texts texts, TrialResults trial) {
        this.texts = texts;
        this.figures = new Figures(texts, trial.summary());
        this.trial = trial;
        this.summary = trial.summary();
    }

    /** Returns the cautions, a few sentences each. */
    public List<String> sentences() {
        LiveRecord live = trial.live();
        if (live != null) {
            summary.arms().forEach(this::divergences);
            sentences.addAll(live.cautions());
            return sentences;
        }
        if (!summary.complete()) {
            sentences.add(texts.get("caution.stopped", trial.folder()));
        }
        summary.arms().forEach(this::divergences);
        unequalClients();
        summary.droppedTargets()
                .forEach(target -> sentences.add(texts.get("caution.target-at-start", figures.target(target))));
        if (summary.complete()) {
            summary.arms().forEach(this::searches);
            unreached();
            larger();
        }
        seeds(summary.problem().seeds().size());
        return sentences;
    }

    /** Returns the cautions of a page that shows seconds. */
    List<String> withSeconds() {
        List<String> all = new ArrayList<>(sentences());
        if (trial.live() == null) {
            seconds().ifPresent(all::add);
        }
        return all;
    }

    /** Centralized training minimizes the mean over samples, while these runs minimize the mean over clients. */
    private void unequalClients() {
        Summary.ClientSamples samples = summary.problem().clientSamples();
        if (samples != null && samples.unequal()) {
            sentences.add(texts.get(
                    "caution.unequal", Money.exact((double) samples.fewest()), Money.exact((double) samples.most())));
        }
    }

    private void divergences(ArmSummary arm) {
        Map<String, List<ArmSummary.Run>> alike = new LinkedHashMap<>();
        arm.runs().stream()
                .filter(run -> "diverged".equals(run.outcome()))
                .forEach(run -> alike.computeIfAbsent(
                                run.round() + figures.divergence(run.reason()), key -> new ArrayList<>())
                        .add(run));
        if (!alike.isEmpty()) {
            int count = alike.values().stream().mapToInt(List::size).sum();
            sentences.add(texts.get(
                    "caution.diverged",
                    arm.name(),
                    figures.count(count, arm.runs().size()),
                    String.join("; ", alike.values().stream().map(this::where).toList()),
                    TextFormat.stepSize(arm.gamma())));
        }
    }

    private String where(List<ArmSummary.Run> runs) {
        ArmSummary.Run first = runs.get(0);
        return texts.get(
                "caution.diverged.where",
                Integer.toString(first.round()),
                figures.divergence(first.reason()),
                runs.size(),
                String.join(
                        ", ",
                        runs.stream().map(run -> Long.toString(run.seed())).toList()));
    }

    /**
     * Mentions all requested targets, but only the hardest of the shares of the gain, since the headline covers the
     * others.
     */
    private void unreached() {
        List<String> targets = summary.targets();
        for (int t = 0; t < targets.size(); t++) {
            boolean asked = !trial.experiment().targets().isEmpty();
            if (asked || t == targets.size() - 1) {
                unreached(t);
            }
        }
    }

    private void unreached(int target) {
        List<String> never = new ArrayList<>();
        for (ArmSummary arm : summary.arms()) {
            ArmSummary.Reach reach = arm.reaches().get(target);
            if (reach.reached() < reach.seeds()) {
                never.add(
                        reach.reached() == 0
                                ? arm.name()
                                : texts.get(
                                        "caution.unreached.some",
                                        arm.name(),
                                        figures.count(reach.reached(), reach.seeds())));
            }
        }
        if (!never.isEmpty()) {
            sentences.add(texts.get(
                    "caution.unreached",
                    figures.target(summary, target),
                    Money.exact(summary.problem().rounds()),
                    String.join(texts.get("list"), never)));
        }
    }

    /** Lists arms that sent more than uncompressed training in the same number of rounds. */
    private void larger() {
        String uncompressed = summary.verdict().yardstick();
        long dense = summary.arm(uncompressed == null ? "" : uncompressed)
                .map(Cautions::sent)
                .orElse(0L);
        List<String> larger = summary.arms().stream()
                .filter(arm -> Quantity.isMoreThanDense(sent(arm), dense))
                .map(ArmSummary::name)
                .toList();
        if (uncompressed != null && !larger.isEmpty()) {
            sentences.add(texts.get("caution.larger", uncompressed, String.join(texts.get("list"), larger)));
        }
    }

    private static long sent(ArmSummary arm) {
        return arm.runs().stream()
                .filter(run -> "finished".equals(run.outcome()))
                .mapToLong(ArmSummary.Run::uplinkBytes)
                .max()
                .orElse(0);
    }

    /** A search that chose the smallest or the largest step of its grid may have missed the best. */
    private void searches(ArmSummary arm) {
        ArmSummary.Search search = arm.search();
        if (search != null && search.atEnd()) {
            sentences.add(texts.get("caution.search-at-end", arm.name(), TextFormat.stepSize(search.chosen())));
        }
    }

    /** All methods cost about the same per round, so a large difference is mostly due to the machine. */
    private Optional<String> seconds() {
        double[] each = summary.arms().stream()
                .flatMap(arm -> arm.runs().stream())
                .filter(run -> run.round() >= ROUNDS_TO_TIME)
                .mapToDouble(run -> run.seconds() / run.round())
                .filter(seconds -> seconds > 0)
                .sorted()
                .toArray();
        return each.length > 1 && each[each.length - 1] > UNEVEN * each[0]
                ? Optional.of(texts.get("caution.seconds", Numerals.shortest(each[each.length - 1] / each[0], 2)))
                : Optional.empty();
    }

    private void seeds(int seeds) {
        if (!trial.experiment().isRandom() && seeds == 1) {
            sentences.add(texts.get(
                    trial.experiment().fleetIsRandom() ? "caution.only-held-out-random" : "caution.not-random"));
        } else if (seeds == 1) {
            sentences.add(texts.get("caution.one-seed"));
        } else if (seeds < Figures.SEEDS_FOR_AN_INTERVAL) {
            sentences.add(texts.get("caution.two-seeds"));
        }
    }
}
