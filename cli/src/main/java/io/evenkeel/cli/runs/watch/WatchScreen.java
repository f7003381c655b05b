package io.evenkeel.cli.runs.watch;

import io.evenkeel.cli.output.Properties;
import io.evenkeel.cli.output.Style.Tone;
import io.evenkeel.cli.output.TerminalText;
import io.evenkeel.cli.output.TextLayout;
import io.evenkeel.cli.output.Times;
import io.evenkeel.tools.RunStatus;
import io.evenkeel.tools.terminal.Quantity;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Lays out the live screen of a run. */
final class WatchScreen {

    private static final int WIDEST_BAR = 50;
    private static final int WIDEST_SPARKLINE = 40;
    private static final int SHOWN_EVENTS = 5;

    private final String address;

    WatchScreen(String address) {
        this.address = address;
    }

    List<String> lines(RunPoller.Snapshot snapshot, RunEvents events, TextLayout page) {
        List<String> lines = new ArrayList<>();
        lines.add(title(snapshot, page));
        lines.add(progress(snapshot, page));
        lines.add("");
        lines.addAll(figures(snapshot, page).lines(page));
        List<RunEvents.Event> newest = events.newest(SHOWN_EVENTS);
        if (!newest.isEmpty()) {
            lines.add("");
            newest.forEach(event -> lines.add(TerminalText.cut("  " + event(event), page.columns() - 1)));
        }
        return lines;
    }

    private String title(RunPoller.Snapshot snapshot, TextLayout page) {
        String name = TerminalText.printable(snapshot.run().path("name").asString());
        String state = RunStatus.shownState(snapshot.run());
        int gap = page.columns() - 1 - TerminalText.width(name) - 2 - state.length() - address.length();
        return page.style().paint(Tone.STRONG, name) + "  "
                + page.style().paint(Tone.ofState(state), state)
                + (gap < 2 ? "" : " ".repeat(gap) + page.style().paint(Tone.FAINT, address));
    }

    private static String progress(RunPoller.Snapshot snapshot, TextLayout page) {
        int rounds = Math.max(1, snapshot.run().path("rounds").asInt());
        int done = Math.min(rounds, snapshot.round());
        String counter = "round " + done + " of " + rounds;
        String share = String.format(Locale.ROOT, "%5.1f %%", 100.0 * done / rounds);
        int room = Math.min(WIDEST_BAR, page.columns() - 1 - counter.length() - share.length() - 6);
        if (room < 4) {
            return counter + share;
        }
        int filled = (int) ((long) room * done / rounds);
        return counter + "  [" + "=".repeat(filled) + " ".repeat(room - filled) + "]" + share;
    }

    private static Properties figures(RunPoller.Snapshot snapshot, TextLayout page) {
        JsonNode run = snapshot.run();
        RunHistory history = snapshot.history();
        Properties figures = new Properties();
        figures.add("message", run.path("message").asString(""));
        figures.add("stalled", OpenRoundText.stall(run, page));
        figures.add("expected end", Times.moment(run.path("expectedEnd"), page));
        if (snapshot.open() == null) {
            figures.add("members", run.path("members").asString());
        } else {
            figures.add("open round", openRound(snapshot.open()));
            figures.add("waits for", OpenRoundText.waitsFor(snapshot.open()));
            figures.add("answered", answered(snapshot.open()));
            figures.add("missing", OpenRoundText.missing(snapshot.open(), page));
            figures.add("not waited for", OpenRoundText.silent(snapshot.open(), page));
        }
        figures.add("loss", loss(history, page));
        figures.add("metrics", metrics(history));
        figures.add("||g||", Double.isNaN(history.directionNorm()) ? "" : number(history.directionNorm()));
        figures.add("gamma", Double.isNaN(history.gamma()) ? "" : number(history.gamma()));
        figures.add("uplink", uplink(history));
        figures.add("downlink", history.downlinkBytes() == 0 ? "" : Quantity.bytes(history.downlinkBytes()));
        figures.add("tokens", history.tokens() == 0 ? "" : String.format(Locale.ROOT, "%,.0f", history.tokens()));
        return figures;
    }

    private static String openRound(JsonNode open) {
        StringBuilder text = new StringBuilder();
        Instant now = Instant.parse(open.path("now").asString());
        if (open.path("openedAt").isString()) {
            text.append("open for ").append(clock(Duration.between(time(open, "openedAt"), now)));
        }
        boolean paused = open.path("waitsFor").asString("").equals("resume");
        if (open.path("deadline").isString() && !paused) {
            Duration left = Duration.between(now, time(open, "deadline"));
            text.append(left.isNegative() ? ", time is up" : ", closes in " + clock(left) + " at the latest");
        }
        JsonNode cohort = open.path("cohort");
        if (cohort.isObject()) {
            return text.append(", ").append(attempt(cohort)).toString();
        }
        int extended = open.path("extended").asInt();
        return text.append(extended == 0 ? "" : ", extended " + extended + (extended == 1 ? " time" : " times"))
                .toString();
    }

    /** Shows the number of a cohort's members that have completed the current step of its attempt. */
    private static String attempt(JsonNode cohort) {
        String phase = cohort.path("phase").asString("");
        String taken = switch (phase) {
            case "keys" -> cohort.path("advertised").asInt() + " sent keys";
            case "shares" ->
                cohort.path("sharing").asInt() + " of "
                        + cohort.path("advertised").asInt() + " shared";
            case "masked" ->
                cohort.path("masked").asInt() + " of " + cohort.path("sharing").asInt() + " sent vectors";
            case "reveal" ->
                cohort.path("revealed").asInt() + " of " + cohort.path("masked").asInt() + " revealed";
            default -> phase;
        };
        return "attempt " + cohort.path("attempt").asInt() + ": " + taken;
    }

    private static Instant time(JsonNode open, String field) {
        return Instant.parse(open.path(field).asString());
    }

    private static String clock(Duration duration) {
        return Quantity.clock(duration.isNegative() ? Duration.ZERO : duration.truncatedTo(ChronoUnit.SECONDS));
    }

    private static String answered(JsonNode open) {
        return open.path("accepted").asInt() + " of " + open.path("asked").asInt()
                + " asked" + (open.path("declined").asInt() > 0 ? ", " + open.path("declined") + " declined" : "")
                + "; the round needs " + open.path("needed").asInt();
    }

    private static String loss(RunHistory history, TextLayout page) {
        List<RunHistory.LossPoint> losses = history.losses();
        if (losses.isEmpty()) {
            return "";
        }
        int columns = Math.max(8, Math.min(WIDEST_SPARKLINE, page.columns() - 50));
        double lowest =
                losses.stream().mapToDouble(RunHistory.LossPoint::loss).min().orElse(Double.NaN);
        return number(losses.get(losses.size() - 1).loss()) + "  " + Sparkline.of(losses, columns) + "  lowest "
                + number(lowest);
    }

    private static String metrics(RunHistory history) {
        return history.metrics().entrySet().stream()
                .filter(metric -> !metric.getKey().equals("tokens"))
                .map(metric -> metric.getKey() + " " + number(metric.getValue()))
                .collect(Collectors.joining(", "));
    }

    private static String uplink(RunHistory history) {
        if (history.uplinkBytes() == 0) {
            return "";
        }
        return Quantity.bytes(history.uplinkBytes()) + ", "
                + Quantity.againstDense(history.uplinkBytes(), history.denseUplinkBytes());
    }

    private static String event(RunEvents.Event event) {
        return WatchLines.at(event.at(), event.text());
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4g", value);
    }
}
