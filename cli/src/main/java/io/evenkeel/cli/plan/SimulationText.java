package io.evenkeel.cli.plan;

import io.evenkeel.cli.output.Properties;
import io.evenkeel.cli.output.TextLayout;
import io.evenkeel.tools.terminal.Quantity;
import io.evenkeel.tools.terminal.TextTable;
import io.evenkeel.trial.fleet.Forecast;
import io.evenkeel.trial.fleet.RoundLog.Ending;
import io.evenkeel.trial.fleet.RunSimulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Writes a simulation's figures as text. */
final class SimulationText {

    private static final long DAY = Duration.ofDays(1).toMillis();
    private static final int MINUTES = 60;

    private final Forecast forecast;
    private final SimulationAdvice advice;
    private final RunSimulation.Result result;
    private final TextLayout page;

    SimulationText(Forecast forecast, SimulationAdvice advice, TextLayout page) {
        this.forecast = forecast;
        this.advice = advice;
        this.result = forecast.result();
        this.page = new TextLayout(page.style(), Math.min(page.columns(), 80), page.now());
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        if (result.rounds().opened() == 0) {
            lines.add(String.format(
                    Locale.ROOT,
                    "The run would not start: %,d of %,d devices joined it, fewer than participants.min.",
                    result.members(),
                    result.devices()));
            return lines;
        }
        if (result.rounds().closed() > 0) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%,d rounds in %s, with %,d of %,d devices",
                    result.rounds().closed(),
                    time(result.seconds()),
                    result.members(),
                    result.devices()));
            lines.addAll(rounds().lines(page));
            lines.addAll(List.of("", "Traffic"));
            lines.addAll(traffic().lines(page));
            lines.addAll(List.of("", result.cycle() == DAY ? "By hour of the day (UTC)" : "By part of the cycle"));
            lines.addAll(hours());
            lines.add("");
            advice.sentences()
                    .forEach(sentence -> lines.addAll(
                            new Properties().add("!", sentence + ".").lines(page)));
        }
        if (result.isStuck()) {
            lines.addAll(new Properties()
                    .add(
                            "!",
                            "Round " + result.rounds().closed()
                                    + " would not close: it never has enough messages. Lower"
                                    + " participants.min, or let more devices join.")
                    .lines(page));
        }
        return lines;
    }

    /** Returns the most important results, in sentences. */
    static List<String> sentences(Forecast forecast, SimulationAdvice advice) {
        List<String> sentences = new ArrayList<>();
        sentences.add(String.format(
                Locale.ROOT,
                "Half of the rounds take at most %s, nine tenths at most %s; %s are extended.",
                time(forecast.seconds().median()),
                time(forecast.seconds().high()),
                Quantity.percent(forecast.extendedShare())));
        sentences.add(String.format(
                Locale.ROOT,
                "A round asks %,.0f devices, and %,.0f answer; %s of the messages begun arrive late, and %s are never sent.",
                forecast.asked().median(),
                forecast.answered().median(),
                Quantity.percent(forecast.lateShare()),
                Quantity.percent(forecast.lostShare())));
        sentences.add(String.format(
                Locale.ROOT,
                "Devices send %s and fetch %s for a round; %s check-ins and %s messages a second reach the coordinator.",
                Quantity.bytes(Math.round(forecast.uploadedInRound())),
                Quantity.bytes(Math.round(forecast.downloadedInRound())),
                PlanText.rate(forecast.checkInsPerSecond()),
                PlanText.rate(forecast.messagesPerSecond())));
        advice.sentences().forEach(sentence -> sentences.add(sentence + "."));
        return sentences;
    }

    private Properties rounds() {
        return new Properties()
                .add(
                        "duration",
                        "half take at most " + time(forecast.seconds().median()) + ", nine tenths at most "
                                + time(forecast.seconds().high()))
                .add("asked", count(forecast.asked().median()) + " devices")
                .add(
                        "answered",
                        count(forecast.answered().median()) + ", nine tenths of the rounds at least "
                                + count(forecast.answered().low()))
                .add(
                        "closed",
                        percent(Ending.DEADLINE) + " at the deadline, "
                                + percent(Ending.ANSWERED) + " when all had answered, "
                                + percent(Ending.FULL) + " full, "
                                + percent(Ending.EXTENDED) + " after they were extended")
                .add(
                        "wasted",
                        Quantity.percent(forecast.lateShare()) + " of the messages begun arrive late, "
                                + Quantity.percent(forecast.lostShare()) + " are never sent");
    }

    private String percent(Ending ending) {
        int rounds = forecast.endings().getOrDefault(ending, 0);
        return Quantity.percent((double) rounds / result.rounds().closed());
    }

    private Properties traffic() {
        return new Properties()
                .add(
                        "up",
                        Quantity.bytes(Math.round(forecast.uploadedInRound())) + " a round, "
                                + Quantity.bytes(forecast.settings().messageBytes()) + " a message")
                .add(
                        "down",
                        Quantity.bytes(Math.round(forecast.downloadedInRound())) + " a round, "
                                + Quantity.bytes(forecast.settings().modelBytes()) + " a model, "
                                + Quantity.bytes(forecast.settings().updateBytes()) + " an update")
                .add(
                        "messages",
                        PlanText.rate(forecast.messagesPerSecond()) + " a second, "
                                + count(forecast.mostMessagesPerSecond()) + " in the busiest one")
                .add(
                        "check-ins",
                        PlanText.rate(forecast.checkInsPerSecond()) + " a second, "
                                + PlanText.rate(forecast.mostCheckInsPerSecond()) + " in the busiest minute");
    }

    private List<String> hours() {
        TextTable table =
                new TextTable().row("from", "online", "rounds", "duration", "answered", "check-ins/s", "messages/s");
        for (Forecast.Hour hour : forecast.hours()) {
            table.row(
                    from(hour.part()),
                    count(hour.online()),
                    count(hour.rounds()),
                    hour.rounds() == 0 ? "-" : time(hour.seconds()),
                    hour.rounds() == 0 ? "-" : count(hour.answered()),
                    PlanText.rate(hour.checkInsPerSecond()),
                    PlanText.rate(hour.messagesPerSecond()));
        }
        return table.lines();
    }

    private String from(int part) {
        long time = part * result.cycle() / forecast.hours().size();
        return result.cycle() == DAY
                ? String.format(Locale.ROOT, "%02d:00", Duration.ofMillis(time).toHours())
                : time(time / 1000.0);
    }

    private static String count(double number) {
        return count(Math.round(number));
    }

    private static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** Returns a time with two digits or more, such as {@code 34 s} or {@code 5.2 h}. */
    static String time(double seconds) {
        if (seconds < 2 * MINUTES) {
            return PlanText.rate(seconds) + " s";
        }
        double minutes = seconds / MINUTES;
        if (minutes < 2 * MINUTES) {
            return PlanText.rate(minutes) + " min";
        }
        double hours = minutes / MINUTES;
        return hours < 48 ? PlanText.rate(hours) + " h" : PlanText.rate(hours / 24) + " days";
    }
}
