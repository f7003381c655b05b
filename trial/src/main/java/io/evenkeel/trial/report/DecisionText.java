package io.evenkeel.trial.report;

import io.evenkeel.trial.cost.CostModel;
import io.evenkeel.trial.cost.Decision;
import io.evenkeel.trial.cost.Deployment;
import io.evenkeel.trial.cost.Lever;
import io.evenkeel.trial.cost.Prices;
import io.evenkeel.trial.result.ArmSummary;
import io.evenkeel.trial.result.Summary;
import io.evenkeel.trial.text.Figures;
import io.evenkeel.trial.text.Money;
import io.evenkeel.trial.text.Texts;
import java.util.ArrayList;
import java.util.List;

/** The sentences and table of a decision, for pages and terminals. */
public final class DecisionText {

    /** A saving below this share of the cost is not worth a sentence. */
    private static final double MIN_SHARE = 0.05;

    private final Texts texts;
    private final Decision decision;
    private final CostModel model;
    private final Money money;
    private final Figures figures;

    public DecisionText(Texts texts, Decision decision) {
        this.texts = texts;
        this.decision = decision;
        this.model = decision.model();
        this.money = new Money(texts, model.prices());
        this.figures = new Figures(texts);
    }

    Money money() {
        return money;
    }

    String target() {
        return figures.target(model.summary(), model.summary().targets().indexOf(model.target()));
    }

    /** Returns the verdict in one sentence, and what must change for compression to pay. */
    public List<String> lead() {
        List<String> sentences = new ArrayList<>();
        Decision.Verdict best = decision.best();
        if (best == null) {
            sentences.add(texts.get("decision.lead.nothing"));
            return sentences;
        }
        sentences.add(lead(best));
        String levers = levers(best);
        if (!levers.isEmpty()) {
            sentences.add(levers);
        }
        String offer = lossyDownlink(best);
        if (!offer.isEmpty()) {
            sentences.add(offer);
        }
        if (!decision.isUncompressedToday()) {
            sentences.add(texts.get("decision.no-uncompressed", decision.today().name()));
        }
        return sentences;
    }

    private String lead(Decision.Verdict best) {
        String rollOut = money.given(model.prices().rollOut());
        return texts.get(
                "decision.lead." + best.kind()
                        + (best.kind() == Decision.Kind.PROBABLY_PAYS && !best.hasRange() ? ".few-seeds" : ""),
                best.arm(),
                money.amount(Math.abs(best.saving())),
                rollOut,
                breakEven(best.saving()),
                yardstick(),
                target(),
                money.amount(best.cost().total()),
                Money.exact(model.deployment().paybackYears()),
                money.amount(best.cautious()),
                money.amount(best.hopeful()));
    }

    /**
     * Returns a sentence on the savings of a lossy downlink, if an arm's devices download exact updates that grow with
     * the fleet.
     */
    private String lossyDownlink(Decision.Verdict best) {
        ArmSummary arm = arm(best.arm());
        double saved = best.cost().total() - model.costWithLossyDownlink(arm).total();
        return model.growsWithFleet(arm) && saved >= MIN_SHARE * best.cost().total()
                ? texts.get(
                        "decision.lossy",
                        arm.name(),
                        money.amount(best.cost().total()),
                        money.amount(best.cost().total() - saved))
                : "";
    }

    private String yardstick() {
        return decision.isUncompressedToday()
                ? texts.get("decision.yardstick.uncompressed")
                : texts.get("decision.yardstick.baseline", decision.today().name());
    }

    /** Returns a sentence on the quantity that must be larger for compression to pay. */
    private String levers(Decision.Verdict best) {
        if (best.kind() != Decision.Kind.DOES_NOT_PAY && best.kind() != Decision.Kind.COSTS_MORE) {
            return "";
        }
        ArmSummary arm = arm(best.arm());
        List<String> ways = new ArrayList<>();
        for (Lever lever : Lever.values()) {
            decision.paying(arm, lever).ifPresent(range -> ways.add(range("decision.lever.", lever, range)));
        }
        return ways.isEmpty()
                ? texts.get("decision.levers.none")
                : texts.get("decision.levers", String.join(texts.get("decision.or"), ways));
    }

    private String range(String key, Lever lever, Decision.Range range) {
        return texts.get(
                key + lever + (range.isBounded() ? ".bounded" : ""),
                amount(lever, range.from()),
                amount(lever, model.value(lever)),
                amount(lever, range.to()));
    }

    /** Formats a lever's value: money for prices, else a count. */
    String amount(Lever lever, double value) {
        return lever == Lever.PRICE ? money.amount(value) : Money.rounded(value);
    }

    private ArmSummary arm(String name) {
        return model.summary().arm(name).orElseThrow();
    }

    /** Returns the cost of today's training and its parts. */
    public String today() {
        ArmSummary arm = decision.today();
        double total = decision.verdict(arm).cost().total();
        return Double.isFinite(total)
                ? texts.get(
                        "decision.today",
                        yardstick(),
                        arm.name(),
                        money.amount(total),
                        target(),
                        Money.exact(model.deployment().trainings()),
                        Money.exact(model.deployment().devices()))
                : texts.get("decision.today.never", yardstick(), arm.name(), target());
    }

    /** Returns the verdict on an arm in one or two words. */
    String badge(Decision.Verdict verdict) {
        return texts.get("decision.badge." + verdict.kind());
    }

    /** Returns the table's header. */
    public List<String> header() {
        List<String> header = new ArrayList<>(List.of(texts.get("column.method")));
        header.addAll(
                texts.list("decision.column.", "year", "up", "down", "computing", "saving", "break-even", "verdict"));
        return header;
    }

    /** Returns the table's row of an arm. */
    public List<String> row(ArmSummary arm) {
        Decision.Verdict verdict = decision.verdict(arm);
        boolean today = arm.equals(decision.today());
        List<String> row = new ArrayList<>(List.of(
                today ? texts.get("decision.row.today", arm.name()) : arm.name(),
                money.amount(verdict.cost().total()),
                money.amount(verdict.cost().up()),
                money.amount(verdict.cost().down()),
                money.amount(verdict.cost().computing())));
        row.addAll(
                today ? List.of("–", "–", "–") : List.of(saving(verdict), breakEven(verdict.saving()), badge(verdict)));
        return row;
    }

    String saving(Decision.Verdict verdict) {
        String median = money.amount(verdict.saving());
        return verdict.hasRange() && Double.isFinite(verdict.saving())
                ? median + " [" + money.bare(verdict.cautious()) + ", " + money.bare(verdict.hopeful()) + "]"
                : median;
    }

    private String breakEven(double saving) {
        if (!Double.isFinite(saving)) {
            return "–";
        }
        if (!(saving > 0)) {
            return texts.get("time.never");
        }
        double years = model.prices().rollOut() / saving;
        return years == 0 ? texts.get("time.at-once") : money.duration(years);
    }

    /** Returns one sentence for each arm: the value of a lever from which the arm pays. */
    List<String> thresholds(Lever lever) {
        List<String> sentences = new ArrayList<>();
        List<String> never = new ArrayList<>();
        for (ArmSummary arm : decision.candidates()) {
            Decision.Kind kind = decision.verdict(arm).kind();
            if (kind == Decision.Kind.NOT_REACHED || kind == Decision.Kind.ONLY_THIS_REACHES) {
                continue;
            }
            Decision.Range range = decision.paying(arm, lever).orElse(null);
            if (range == null) {
                never.add(arm.name());
            } else {
                sentences.add(texts.get(
                        "decision.threshold." + lever + (range.isBounded() ? ".bounded" : ""),
                        arm.name(),
                        amount(lever, range.from()),
                        amount(lever, range.to())));
            }
        }
        if (!never.isEmpty()) {
            sentences.add(texts.get("decision.threshold.none", String.join(texts.get("list"), never)));
        }
        return sentences;
    }

    public List<String> assumptions() {
        Prices prices = model.prices();
        Deployment deployment = model.deployment();
        Summary.Problem problem = model.summary().problem();
        List<String> all = new ArrayList<>();
        all.add(texts.get(
                "decision.assumed.prices",
                money.given(prices.gigabyteUp()),
                money.given(prices.gigabyteDown()),
                money.given(prices.deviceHour()),
                money.given(prices.rollOut()),
                Money.exact(prices.engineeringDays()),
                money.given(prices.engineeringDay())));
        all.add(texts.get(
                "decision.assumed.fleet",
                Money.exact(deployment.trainings()),
                Money.exact(deployment.devices()),
                Money.exact(problem.clients()),
                Money.exact(deployment.paybackYears())));
        all.add(
                model.parameters() == problem.dimension()
                        ? texts.get("decision.assumed.same-size", Money.exact(problem.dimension()))
                        : texts.get(
                                "decision.assumed.size",
                                Money.exact(model.parameters()),
                                Money.exact(problem.dimension())));
        all.add(texts.get("decision.assumed.slowdown", Money.exact(deployment.slowdown())));
        all.add(texts.get("decision.assumed.bytes"));
        double electricity = deployment.kilowattHoursPerGigabyte();
        if (electricity > 0) {
            all.add(texts.get(
                    electricity == Deployment.FIXED_LINES ? "decision.assumed.energy" : "decision.assumed.energy.given",
                    Money.rounded(electricity)));
        }
        if (decision.candidates().stream().anyMatch(model::growsWithFleet)) {
            all.add(texts.get(
                    "decision.assumed.updates", Money.exact(deployment.devices()), Money.exact(problem.clients())));
        }
        all.add(texts.get(
                problem.seeds().size() < Figures.SEEDS_FOR_AN_INTERVAL
                        ? "decision.assumed.no-range"
                        : "decision.assumed.range"));
        return all;
    }
}
