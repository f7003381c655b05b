package io.evenkeel.trial.fleet;

import io.evenkeel.trial.plot.Axis;
import io.evenkeel.trial.plot.Curve;
import io.evenkeel.trial.plot.Markup;
import io.evenkeel.trial.plot.Plot;
import io.evenkeel.trial.plot.Unit;
import io.evenkeel.trial.report.Page;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Draws a simulation as a page without scripts or external resources: four plots over the hours of a day, and the
 * figures.
 */
public final class ForecastPage {

    private static final long DAY = Duration.ofDays(1).toMillis();
    private static final double MINUTE = 60;

    private final String name;
    private final Forecast forecast;
    private final List<String> sentences;
    private final List<Forecast.Hour> hours;

    /**
     * Creates a page.
     *
     * @param name the run's name
     * @param sentences the most important results
     */
    public ForecastPage(String name, Forecast forecast, List<String> sentences) {
        this.name = name;
        this.forecast = forecast;
        this.sentences = sentences;
        this.hours = forecast.hours();
    }

    private record Line(String name, ToDoubleFunction<Forecast.Hour> figure) {}

    /** Returns the page as HTML. */
    public String html() {
        RunSimulation.Result result = forecast.result();
        String title = String.format(Locale.ROOT, "%s with %,d devices", name, result.devices());
        Markup main = new Markup().element("h1", title);
        main.element(
                "p",
                String.format(
                        Locale.ROOT,
                        "A simulation of %,d rounds by the coordinator's rules, without real devices.",
                        result.rounds().closed()),
                "class",
                "problem");
        main.open("ul");
        sentences.forEach(sentence -> main.element("li", sentence));
        main.close();
        main.open("div", "class", "charts");
        picture(
                main,
                "Duration of rounds, by their time of opening",
                new Axis("minutes", Unit.NUMBER, false),
                new Line("half take at most", hour -> hour.rounds() == 0 ? Double.NaN : hour.seconds() / MINUTE));
        picture(
                main,
                "Devices that answer a round",
                new Axis("messages", Unit.COUNT, false),
                new Line("half have at most", hour -> hour.rounds() == 0 ? Double.NaN : (double) hour.answered()));
        picture(
                main,
                "Devices online",
                new Axis("devices", Unit.COUNT, false),
                new Line("online", Forecast.Hour::online));
        picture(
                main,
                "Requests to the coordinator",
                new Axis("requests a second", Unit.NUMBER, false),
                new Line("check-ins", Forecast.Hour::checkInsPerSecond),
                new Line("messages", Forecast.Hour::messagesPerSecond));
        main.close();
        table(main);
        return Page.of(title, main);
    }

    private void picture(Markup main, String caption, Axis up, Line... lines) {
        Plot plot =
                new Plot("plot-" + Integer.toHexString(caption.hashCode()), caption + ".", Axis.linear(across()), up);
        double[] x = hours.stream().mapToDouble(hour -> position(hour.part())).toArray();
        for (int i = 0; i < lines.length; i++) {
            double[] y = hours.stream().mapToDouble(lines[i].figure()).toArray();
            plot.curve(Curve.plain(lines[i].name(), i, x, y));
        }
        main.open("figure").element("figcaption", caption).add(plot.svg()).close();
    }

    private String across() {
        return isDay() ? "hour of the day, UTC" : "minutes since the beginning of the cycle";
    }

    private boolean isDay() {
        return forecast.result().cycle() == DAY;
    }

    private double position(int part) {
        double time = (double) part * forecast.result().cycle() / hours.size();
        return time / Duration.ofMinutes(isDay() ? 60 : 1).toMillis();
    }

    private void table(Markup main) {
        main.element("h2", "The same figures as a table");
        main.open("div", "class", "scroll").open("table").open("thead").open("tr");
        for (String head : List.of(
                isDay() ? "hour" : "minute",
                "online",
                "rounds",
                "median duration, s",
                "median messages",
                "check-ins a second",
                "messages a second")) {
            main.element("th", head);
        }
        main.close().close().open("tbody");
        for (Forecast.Hour hour : hours) {
            main.open("tr").element("th", number(position(hour.part()), 1));
            main.element("td", number(hour.online(), 0)).element("td", number(hour.rounds(), 0));
            main.element("td", hour.rounds() == 0 ? "" : number(hour.seconds(), 1));
            main.element("td", hour.rounds() == 0 ? "" : number((double) hour.answered(), 0));
            main.element("td", number(hour.checkInsPerSecond(), 2));
            main.element("td", number(hour.messagesPerSecond(), 2));
            main.close();
        }
        main.close().close().close();
    }

    private static String number(double value, int digits) {
        String text = String.format(Locale.ROOT, "%,." + digits + "f", value);
        return digits == 0 ? text : text.replaceAll("\\.0+$", "");
    }
}
