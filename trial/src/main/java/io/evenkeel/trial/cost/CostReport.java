package io.evenkeel.trial.cost;

import io.evenkeel.operator.terminal.Table;
import io.evenkeel.trial.plot.Axis;
import io.evenkeel.trial.plot.Intervals;
import io.evenkeel.trial.plot.Markup;
import io.evenkeel.trial.plot.Numerals;
import io.evenkeel.trial.report.Grid;
import io.evenkeel.trial.report.Page;
import io.evenkeel.trial.report.TextFormat;
import io.evenkeel.trial.result.Summary;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Yearly costs, savings and break-even of each arm against the baseline, with the ranges the seeds give. */
public final class CostReport {

    private static final List<String> HEADER =
            List.of("arm", "a training", "a year", "saving a year", "[cautious, hopeful]", "break-even");

    private static final int DIGITS = 6;
    private static final double MONTHS = 12;
    private static final double MOST_YEARS = 100;

    private final Summary summary;
    private final int target;
    private final Prices prices;
    private final double trainings;
    private final double devices;
    private final double slowdown;

    /**
     * @param target which of the summary's targets a training is to reach, by its text
     * @param trainings a year, above 0
     * @param devices of the real fleet, above 0; figures are scaled by it over the trial's clients
     * @param slowdown how many times slower a device is than the machine of the trial, above 0
     * @throws IllegalArgumentException if there is no such target, or a figure is out of range
     */
    public CostReport(
            Summary summary, String target, Prices prices, double trainings, double devices, double slowdown) {
        this.summary = summary;
        this.target = summary.targets().indexOf(target);
        this.prices = prices;
        this.trainings = trainings;
        this.devices = devices;
        this.slowdown = slowdown;
        if (this.target < 0) {
            throw new IllegalArgumentException("the trial has no target '" + target + "': expected one of "
                    + String.join(", ", summary.targets()));
        }
        if (!(trainings > 0) || !(devices > 0) || !(slowdown > 0)) {
            throw new IllegalArgumentException("trainings a year, devices and slowdown are " + trainings + ", "
                    + devices + ", " + slowdown + ": all are above 0");
        }
    }

    /** Returns the lines of the report. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        Summary.ArmSummary baseline = arm(summary.baseline());
        Table table = new Table().row(HEADER.toArray(String[]::new));
        for (Summary.ArmSummary arm : summary.arms()) {
            table.row(row(arm, baseline));
        }
        lines.add("Training to " + summary.targets().get(target) + " on "
                + summary.problem().description() + ":");
        lines.addAll(table.lines());
        lines.add("");
        lines.add("Assumed:");
        assumptions().forEach(assumption -> lines.add("  - " + assumption));
        return lines;
    }

    /** Returns a page with the same, and the savings with their ranges as a picture. */
    public String page() {
        String title = "What it costs: " + summary.problem().description();
        Markup main = new Markup().element("h1", title);
        main.element(
                "p",
                String.format(
                        Locale.ROOT,
                        "Training to %s, %s times a year on %,.0f devices, in the currency of the prices below; baseline %s.",
                        TextFormat.target(summary.targets().get(target)),
                        Numerals.shortest(trainings, DIGITS),
                        devices,
                        summary.baseline()),
                "class",
                "problem");
        savings(main);
        table(main);
        main.element("h2", "What is assumed").open("ul");
        assumptions().forEach(assumption -> main.element("li", assumption));
        return Page.of(title, main.close());
    }

    private void savings(Markup main) {
        Summary.ArmSummary baseline = arm(summary.baseline());
        Intervals savings = new Intervals(
                "Yearly savings against " + baseline.name() + "; the figures stand beside them",
                Axis.linear("right of the line is less cost"),
                0);
        for (int a = 0; a < summary.arms().size(); a++) {
            Summary.ArmSummary arm = summary.arms().get(a);
            if (!arm.equals(baseline)) {
                savings.row(saving(arm, a, baseline));
            }
        }
        if (!savings.isEmpty()) {
            main.open("figure", "class", "single")
                    .element("figcaption", "Saving a year against " + baseline.name())
                    .add(savings.svg())
                    .close();
        }
    }

    private void table(Markup main) {
        Grid grid = Grid.begin(main, "Costs, and when rolling out has paid for itself", HEADER);
        for (int a = 0; a < summary.arms().size(); a++) {
            List<String> cells = new ArrayList<>(List.of(row(summary.arms().get(a), arm(summary.baseline()))));
            while (cells.size() < HEADER.size()) {
                cells.add("");
            }
            grid.row(a, cells);
        }
        grid.end();
    }

    private Intervals.Row saving(Summary.ArmSummary arm, int style, Summary.ArmSummary baseline) {
        double saving = saving(cost(baseline, Usage.Bound.MEDIAN), cost(arm, Usage.Bound.MEDIAN));
        double cautious = saving(cost(baseline, Usage.Bound.LOW), cost(arm, Usage.Bound.HIGH));
        double hopeful = saving(cost(baseline, Usage.Bound.HIGH), cost(arm, Usage.Bound.LOW));
        String text = Double.isFinite(saving)
                ? money(saving) + " [" + money(cautious) + ", " + money(hopeful) + "]"
                : saving > 0 ? "only this one gets there" : "does not get there";
        return new Intervals.Row(arm.name(), style, saving, cautious, hopeful, text);
    }

    private Summary.ArmSummary arm(String name) {
        return summary.arms().stream()
                .filter(arm -> arm.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private String[] row(Summary.ArmSummary arm, Summary.ArmSummary baseline) {
        double training = cost(arm, Usage.Bound.MEDIAN);
        if (arm.name().equals(baseline.name())) {
            return new String[] {arm.name() + " (baseline)", money(training), money(training * trainings)};
        }
        if (Double.isInfinite(training)) {
            return new String[] {arm.name(), money(training), money(training), "none", "", "never"};
        }
        double saving = saving(cost(baseline, Usage.Bound.MEDIAN), training);
        double cautious = saving(cost(baseline, Usage.Bound.LOW), cost(arm, Usage.Bound.HIGH));
        double hopeful = saving(cost(baseline, Usage.Bound.HIGH), cost(arm, Usage.Bound.LOW));
        return new String[] {
            arm.name(),
            money(training),
            money(training * trainings),
            Double.isInfinite(saving) ? "all: only this arm gets there" : money(saving),
            "[" + money(cautious) + ", " + money(hopeful) + "]",
            breakEven(saving) + " [" + breakEven(hopeful) + ", " + breakEven(cautious) + "]"
        };
    }

    private double cost(Summary.ArmSummary arm, Usage.Bound bound) {
        double scale = devices / summary.problem().clients();
        return scale * Usage.of(arm.reaches().get(target), bound, slowdown).at(prices);
    }

    private double saving(double before, double after) {
        return Double.isInfinite(before) && Double.isInfinite(after) ? Double.NaN : trainings * (before - after);
    }

    private String breakEven(double saving) {
        if (Double.isNaN(saving)) {
            return "unknown";
        }
        if (prices.rollOut() == 0) {
            return saving > 0 ? "at once" : "never";
        }
        return saving <= 0 ? "never" : Double.isInfinite(saving) ? "at once" : duration(prices.rollOut() / saving);
    }

    private static String duration(double years) {
        return years > MOST_YEARS
                ? String.format(Locale.ROOT, "over %.0f years", MOST_YEARS)
                : years >= 2
                        ? String.format(Locale.ROOT, "%.1f years", years)
                        : String.format(Locale.ROOT, "%.1f months", MONTHS * years);
    }

    private static String money(double amount) {
        if (Double.isNaN(amount)) {
            return "unknown";
        }
        if (Double.isInfinite(amount)) {
            return amount < 0 ? "a loss without end" : "target not reached";
        }
        return String.format(Locale.ROOT, Math.abs(amount) < 100 ? "%,.2f" : "%,.0f", amount);
    }

    private List<String> assumptions() {
        return List.of(
                String.format(
                        Locale.ROOT,
                        "prices: %s per GB up, %s per GB down, %s per device-hour, %s to roll out (%s days at %s)",
                        money(prices.gigabyteUp()),
                        money(prices.gigabyteDown()),
                        money(prices.deviceHour()),
                        money(prices.rollOut()),
                        Numerals.shortest(prices.engineeringDays(), DIGITS),
                        money(prices.engineeringDay())),
                String.format(
                        Locale.ROOT,
                        "%s trainings a year on %,.0f devices; the trial's %,d clients stand for them, device by device",
                        Numerals.shortest(trainings, DIGITS),
                        devices,
                        summary.problem().clients()),
                String.format(
                        Locale.ROOT,
                        "a device takes %s times as long as the trial's machine; rounds and bytes a device are as in the trial",
                        Numerals.shortest(slowdown, DIGITS)),
                "bytes are those of messages, updates and replicas; HTTP and TLS come on top, the same for all arms",
                "ranges: the cautious end takes the arm's upper and the baseline's lower 95% bound over seeds, the hopeful end the"
                        + " other way round; with fewer than 3 seeds there is no range",
                "a training that never reaches its target costs without end; it is called 'target not reached'");
    }
}
