package io.evenkeel.trial.report;

import io.evenkeel.trial.cost.Bound;
import io.evenkeel.trial.cost.CostModel;
import io.evenkeel.trial.cost.Decision;
import io.evenkeel.trial.result.ArmSummary;
import io.evenkeel.trial.result.Comparison;
import io.evenkeel.trial.result.Comparison.Contrast;
import io.evenkeel.trial.result.Summary;
import io.evenkeel.trial.text.Figures;
import io.evenkeel.trial.text.Money;
import io.evenkeel.trial.text.TextFormat;
import io.evenkeel.trial.text.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Answers a decision maker's first questions: what training costs today and with compression; how much quality is at
 * risk; what must be operated; and how to stop using compression. For pages and terminals.
 */
public final class DecisionBrief {

    private static final String LOSS = "loss";

    private final Texts texts;
    private final CostModel model;
    private final Summary summary;
    private final Figures figures;
    private final Money money;
    private final ArmSummary today;
    private final @Nullable ArmSummary then;

    public DecisionBrief(Texts texts, Decision decision) {
        this.texts = texts;
        this.model = decision.model();
        this.summary = model.summary();
        this.figures = new Figures(texts, summary);
        this.money = new Money(texts, model.prices());
        this.today = decision.today();
        Decision.Verdict best = decision.best();
        this.then = best == null
                ? null
                : summary.arm(best.arm())
                        .filter(arm -> isReached(arm) && isReached(today))
                        .orElse(null);
    }

    private boolean isReached(ArmSummary arm) {
        return model.reach(arm).rounds().median() != null;
    }

    /** Returns whether there are two methods whose costs can be compared. */
    public boolean isEmpty() {
        return then == null;
    }

    /** Returns the table's header. */
    public List<String> header() {
        return List.of(
                texts.get("brief.figure"),
                texts.get("brief.now", today.name()),
                texts.get("brief.then", Objects.requireNonNull(then).name()));
    }

    /** Returns the table's rows. */
    public List<List<String>> rows() {
        ArmSummary arm = Objects.requireNonNull(then);
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(
                texts.get("brief.cost"),
                money.amount(model.cost(today, Bound.MEDIAN).total()),
                money.amount(model.cost(arm, Bound.MEDIAN).total())));
        double before = model.deviceBytesUp(today) + model.deviceBytesDown(today);
        double after = model.deviceBytesUp(arm) + model.deviceBytesDown(arm);
        rows.add(List.of(
                texts.get("brief.both-ways"),
                TextFormat.bytes(before),
                withRatio(TextFormat.bytes(after), before, after)));
        rows.add(bytes("decision.size.up", model.deviceBytesUp(today), model.deviceBytesUp(arm)));
        rows.add(bytes("decision.size.down", model.deviceBytesDown(today), model.deviceBytesDown(arm)));
        if (model.deployment().kilowattHoursPerGigabyte() > 0) {
            rows.add(List.of(
                    texts.get("brief.energy"),
                    Money.rounded(model.kilowattHours(today)),
                    Money.rounded(model.kilowattHours(arm))));
        }
        contrast().ifPresent(contrast -> quality(contrast).ifPresent(rows::add));
        return rows;
    }

    private List<String> bytes(String key, double before, double after) {
        return List.of(
                texts.get("brief.of-it", texts.get(key)),
                TextFormat.bytes(before),
                withRatio(TextFormat.bytes(after), before, after));
    }

    private String withRatio(String text, double before, double after) {
        if (before == 0 || after == 0) {
            return text;
        }
        return text + " ("
                + (after <= before
                        ? texts.get("decision.size.fewer", Money.rounded(before / after))
                        : texts.get("decision.size.more", Money.rounded(after / before)))
                + ")";
    }

    private Optional<List<String>> quality(Contrast contrast) {
        Double value = contrast.value();
        Double other = contrast.otherValue();
        return value == null || other == null
                ? Optional.empty()
                : Optional.of(List.of(
                        texts.get("brief.quality", figures.measure(contrast.measure())),
                        figures.quality(contrast.measure(), other),
                        figures.quality(contrast.measure(), value)));
    }

    /** Returns the comparison of the two methods' final figures; empty if the trial does not compare them. */
    private Optional<Contrast> contrast() {
        ArmSummary arm = then;
        if (arm == null) {
            return Optional.empty();
        }
        return Stream.concat(
                        Stream.of(
                                        Optional.ofNullable(summary.verdict().compression()),
                                        Optional.ofNullable(summary.verdict().withoutSearch()))
                                .flatMap(Optional::stream),
                        summary.comparisons().stream().map(Comparison::contrast))
                .filter(contrast ->
                        contrast.arm().equals(arm.name()) && contrast.other().equals(today.name()))
                .findFirst();
    }

    /** Returns a sentence on how much worse the final figure may be, with one number. */
    public String risk() {
        Contrast contrast = contrast().orElse(null);
        Comparison.Paired difference = contrast == null ? null : contrast.difference();
        Double low = difference == null ? null : difference.low();
        Double high = difference == null ? null : difference.high();
        if (contrast == null || low == null || high == null) {
            return texts.get("brief.risk.unknown");
        }
        String measure = contrast.measure();
        boolean higherIsBetter = !measure.equals(LOSS) && summary.problem().higherIsBetter();
        double worst = higherIsBetter ? -low : high;
        int seeds = summary.problem().seeds().size();
        return worst > 0
                ? texts.get(
                        "brief.risk",
                        figures.difference(measure, worst),
                        figures.measure(measure),
                        Money.exact(seeds),
                        texts.get(higherIsBetter ? "brief.lower" : "brief.higher"))
                : texts.get("brief.risk.none", figures.measure(measure), Money.exact(seeds));
    }

    /** Returns the operational obligations, and how to end them. */
    public List<String> consequences() {
        return texts.list("brief.", "operate", "leave");
    }
}
