package io.evenkeel.cli.runs.watch;

import io.evenkeel.cli.output.DisplayText;
import io.evenkeel.cli.output.Page;
import io.evenkeel.cli.output.Properties;
import io.evenkeel.cli.output.Style.Tone;
import io.evenkeel.cli.runs.RunState;
import io.evenkeel.operator.terminal.Quantity;
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
    private static final int WIDEST_NAMES = 300;
    private static final int SHOWN_EVENTS = 5;

    private final String address;

    /** Makes the screens of a coordinator at an address. */
    WatchScreen(String address) {
        this.address = address;
    }

    /** Returns the lines of a screen. */
    List<String> lines(RunPoller.Snapshot snapshot, RunEvents events, Page page) {
        List<String> lines = new ArrayList<>();
        lines.add(title(snapshot, page));
        lines.add(progress(snapshot, page));
        lines.add("");
        lines.addAll(figures(snapshot, page).lines(page));
        List<RunEvents.Event> newest = events.newest(SHOWN_EVENTS);
        if (!newest.isEmpty()) {
            lines.add("");
            newest.forEach(event -> lines.add(DisplayText.cut("  " + event(event), page.columns() - 1)));
        }
        return lines;
    }

    private String title(RunPoller.Snapshot snapshot, Page page) {
        String name = DisplayText.printable(snapshot.run().path("name").asString());
        String state = snapshot.state();
        int gap = page.columns() - 1 - DisplayText.width(name) - 2 - state.length() - address.length();
        return page.style().paint(Tone.STRONG, name) + "  "
                + page.style().paint(Tone.ofState(state), state)
                + (gap < 2 ? "" : " ".repeat(gap) + page.style().paint(Tone.FAINT, address));
    }

    private static String progress(RunPoller.Snapshot snapshot, Page page) {
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

    private static Properties figures(RunPoller.Snapshot snapshot, Page page) {
        JsonNode run = snapshot.run();
        RunHistory history = snapshot.history();
        Properties figures = new Properties();
        figures.add("message", run.path("message").asString(""));
        if (RunState.hasOpenRound(snapshot.state())) {
            figures.add("open round", openRound(snapshot, page));
            figures.add("answered", answered(snapshot));
            figures.add("missing", missing(snapshot));
        } else {
            figures.add("members", run.path("members").asString());
        }
        figures.add("loss", loss(history, page));
        figures.add("metrics", metrics(history));
        figures.add("|direction|", Double.isNaN(history.directionNorm()) ? "" : number(history.directionNorm()));
        figures.add("gamma", Double.isNaN(history.gamma()) ? "" : number(history.gamma()));
        figures.add("uplink", uplink(history));
        figures.add("downlink", history.downlinkBytes() == 0 ? "" : Quantity.bytes(history.downlinkBytes()));
        return figures;
    }

    private static String openRound(RunPoller.Snapshot snapshot, Page page) {
        JsonNode run = snapshot.run();
        StringBuilder text = new StringBuilder();
        if (run.path("openedAt").isString()) {
            text.append("open for ").append(clock(between(run.path("openedAt"), page.now())));
        }
        if (snapshot.state().equals("paused")) {
            return text.append("; paused, it does not close").toString();
        }
        if (run.path("deadline").isString()) {
            Duration left = between(run.path("deadline"), page.now()).negated();
            text.append(left.isNegative() ? ", time is up" : ", closes in " + clock(left) + " at the latest");
        }
        int extended = run.path("extended").asInt();
        return text.append(extended == 0 ? "" : ", extended " + extended + (extended == 1 ? " time" : " times"))
                .toString();
    }

    private static Duration between(JsonNode time, Instant now) {
        return Duration.between(Instant.parse(time.asString()), now);
    }

    private static String clock(Duration duration) {
        return Quantity.clock(duration.isNegative() ? Duration.ZERO : duration.truncatedTo(ChronoUnit.SECONDS));
    }

    private static String answered(RunPoller.Snapshot snapshot) {
        JsonNode run = snapshot.run();
        boolean all = run.path("sampling").asDouble(1) >= 1;
        int asked = all ? run.path("members").asInt() : snapshot.history().sampled();
        String of = asked == 0 ? "" : " of " + (all ? "" : "about ") + asked + " asked";
        return run.path("accepted").asInt() + of + "; a round needs "
                + run.path("participants").path("min").asString("1");
    }

    private static String missing(RunPoller.Snapshot snapshot) {
        List<String> missing = snapshot.missing();
        if (missing == null || missing.isEmpty()) {
            return "";
        }
        String names = missing.stream().limit(WIDEST_NAMES / 10).collect(Collectors.joining(", "));
        return missing.size() + ": " + DisplayText.cut(names, WIDEST_NAMES);
    }

    private static String loss(RunHistory history, Page page) {
        List<Double> losses = history.losses();
        if (losses.isEmpty()) {
            return "";
        }
        int columns = Math.max(8, Math.min(WIDEST_SPARKLINE, page.columns() - 50));
        double lowest = losses.stream().mapToDouble(Double::doubleValue).min().orElse(Double.NaN);
        return number(losses.get(losses.size() - 1)) + "  " + Sparkline.of(losses, columns) + "  lowest "
                + number(lowest);
    }

    private static String metrics(RunHistory history) {
        return history.metrics().entrySet().stream()
                .map(metric -> metric.getKey() + " " + number(metric.getValue()))
                .collect(Collectors.joining(", "));
    }

    private static String uplink(RunHistory history) {
        if (history.uplinkBytes() == 0) {
            return "";
        }
        double share = (double) history.denseUplinkBytes() / history.uplinkBytes();
        return String.format(
                Locale.ROOT,
                "%s, 1/%." + (share < 9.95 ? 1 : 0) + "f of %s dense",
                Quantity.bytes(history.uplinkBytes()),
                share,
                Quantity.bytes(history.denseUplinkBytes()));
    }

    private static String event(RunEvents.Event event) {
        return WatchLines.at(event.at(), event.text());
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4g", value);
    }
}
