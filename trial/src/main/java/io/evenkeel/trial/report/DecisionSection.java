package io.evenkeel.trial.report;

import io.evenkeel.trial.cost.CostModel;
import io.evenkeel.trial.cost.Decision;
import io.evenkeel.trial.cost.Deployment;
import io.evenkeel.trial.cost.Lever;
import io.evenkeel.trial.cost.Prices;
import io.evenkeel.trial.cost.YearlyCost;
import io.evenkeel.trial.plot.Bars;
import io.evenkeel.trial.plot.Markup;
import io.evenkeel.trial.result.ArmSummary;
import io.evenkeel.trial.text.Money;
import io.evenkeel.trial.text.TextFormat;
import io.evenkeel.trial.text.Texts;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/** Shows whether compression pays: as a coloured sentence, as money per year, and by the decisive figures. */
final class DecisionSection {

    private final Texts texts;
    private final Decision decision;
    private final CostModel model;
    private final DecisionText words;
    private final DecisionBrief brief;
    private final String heading;
    private final String prefix;

    /**
     * @param heading the element of its headings
     * @param prefix the prefix of its pictures' ids, which must be unique in
     *     a page
     */
    DecisionSection(Texts texts, Decision decision, String heading, String prefix) {
        this.heading = heading;
        this.texts = texts;
        this.decision = decision;
        this.model = decision.model();
        this.words = new DecisionText(texts, decision);
        this.brief = new DecisionBrief(texts, decision);
        this.prefix = prefix;
    }

    void writeVerdict(Markup to) {
        Decision.Verdict best = decision.best();
        to.open("article", "class", "card decision " + (best == null ? "undecided" : colour(best.kind())));
        List<String> lead = words.lead();
        to.element("p", lead.get(0), "class", "lead");
        lead.subList(1, lead.size()).forEach(sentence -> to.element("p", sentence));
        to.element("p", words.today());
        to.close();
    }

    private static String colour(Decision.Kind kind) {
        return switch (kind) {
            case PAYS -> "better";
            case PROBABLY_PAYS, ONLY_THIS_REACHES -> "undecided";
            case DOES_NOT_PAY, COSTS_MORE, NOT_REACHED -> "worse";
        };
    }

    void writeFigures(Markup to) {
        brief(to);
        costs(to);
        to.element(heading, texts.get("decision.levers.heading"));
        to.element("p", texts.get("decision.levers.note"), "class", "note");
        to.open("div", "class", "charts");
        for (Lever lever : Lever.values()) {
            if (model.value(lever) > 0) {
                new LeverChart(texts, decision, words, lever).write(to, prefix);
            }
        }
        to.close();
        size(to);
        to.element(heading, texts.get("brief.consequences.heading"));
        brief.consequences().forEach(sentence -> to.element("p", sentence));
        to.element(heading, texts.get("decision.assumed.heading")).open("ul");
        words.assumptions().forEach(assumption -> to.element("li", assumption));
        to.close();
        to.element("p", texts.get("decision.change-prices"), "class", "note");
        to.element("pre", command(), "class", "command");
    }

    /** Returns the command that creates the page with other prices; options and values are not translated. */
    private String command() {
        Prices prices = model.prices();
        Deployment deployment = model.deployment();
        StringBuilder command = new StringBuilder("evenkeel pilot cost FOLDER");
        option(command, "--target", model.target());
        option(command, "--currency", prices.currency());
        option(command, "--gb-up", plain(prices.gigabyteUp()));
        option(command, "--gb-down", plain(prices.gigabyteDown()));
        option(command, "--device-hour", plain(prices.deviceHour()));
        option(command, "--engineering-day", plain(prices.engineeringDay()));
        option(command, "--engineering-days", plain(prices.engineeringDays()));
        option(command, "--payback-years", plain(deployment.paybackYears()));
        option(command, "--trainings", plain(deployment.trainings()));
        option(command, "--devices", plain(deployment.devices()));
        option(command, "--parameters", plain(model.parameters()));
        option(command, "--slowdown", plain(deployment.slowdown()));
        option(command, "--kwh-per-gb", plain(deployment.kilowattHoursPerGigabyte()));
        option(command, "--lang", texts.language().code());
        option(command, "--out", "cost.html");
        return command.toString();
    }

    private static void option(StringBuilder command, String name, String value) {
        command.append(' ').append(name).append(' ');
        command.append(value.matches("[\\w.:%+-]+") ? value : "'" + value.replace("'", "'\\''") + "'");
    }

    private static String plain(double value) {
        return new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
    }

    private void brief(Markup to) {
        if (brief.isEmpty()) {
            return;
        }
        Grid grid = Grid.begin(to, texts.get("brief.table", words.target()), brief.header());
        brief.rows().forEach(grid::row);
        grid.end();
        to.element("p", brief.risk());
    }

    private void costs(Markup to) {
        String caption = texts.get("decision.table", words.target());
        Grid grid = Grid.begin(to, caption, words.header());
        for (int a = 0; a < model.summary().arms().size(); a++) {
            grid.row(a, words.row(model.summary().arms().get(a)));
        }
        grid.end();
        to.open("figure", "class", "single").element("figcaption", texts.get("decision.bars"));
        Bars bars = new Bars(
                texts.get("decision.bars.described"), texts.list("decision.column.", "up", "down", "computing"));
        for (ArmSummary arm : model.summary().arms()) {
            YearlyCost cost = decision.verdict(arm).cost();
            String text = Double.isFinite(cost.total())
                    ? words.money().amount(cost.total())
                    : texts.get("decision.badge.NOT_REACHED");
            bars.row(new Bars.Row(arm.name(), List.of(cost.up(), cost.down(), cost.computing()), text));
        }
        to.add(bars.draw()).close();
    }

    /** Extrapolates the trial's figures to a model of the real size. */
    private void size(Markup to) {
        to.element(heading, texts.get("decision.size.heading", Money.exact(model.parameters())));
        List<String> header = new ArrayList<>(texts.list("column.", "method", "rounds"));
        header.addAll(texts.list("decision.size.", "up", "down", "ratio"));
        Grid grid = Grid.begin(to, texts.get("decision.size.table", words.target()), header);
        double today = model.deviceBytesUp(decision.today());
        for (int a = 0; a < model.summary().arms().size(); a++) {
            ArmSummary arm = model.summary().arms().get(a);
            double up = model.deviceBytesUp(arm);
            Double rounds = model.reach(arm).rounds().median();
            grid.row(
                    a,
                    rounds == null
                            ? List.of(arm.name(), texts.get("never"), "–", "–", "–")
                            : List.of(
                                    arm.name(),
                                    Money.exact(Math.rint(rounds)),
                                    TextFormat.bytes(up),
                                    TextFormat.bytes(model.deviceBytesDown(arm)),
                                    arm.equals(decision.today()) ? "–" : ratio(today, up)));
        }
        grid.end();
    }

    private String ratio(double today, double up) {
        // If the first model already reaches the target, no bytes are needed.
        if (Double.isInfinite(today) || today == 0 || up == 0) {
            return "–";
        }
        return up <= today
                ? texts.get("decision.size.fewer", Money.rounded(today / up))
                : texts.get("decision.size.more", Money.rounded(up / today));
    }
}
