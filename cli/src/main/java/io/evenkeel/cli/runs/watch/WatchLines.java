package io.evenkeel.cli.runs.watch;

import io.evenkeel.cli.output.TerminalText;
import io.evenkeel.tools.RunStatus;
import io.evenkeel.tools.terminal.Quantity;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** Formats a run's progress as one line of text. */
final class WatchLines {

    private WatchLines() {}

    /** Returns the line for a snapshot, without a time. */
    static String progress(RunPoller.Snapshot snapshot) {
        JsonNode run = snapshot.run();
        StringBuilder line = new StringBuilder(RunStatus.shownState(run));
        line.append("  round ")
                .append(snapshot.round())
                .append('/')
                .append(run.path("rounds").asInt());
        if (RunStatus.hasOpenRound(snapshot.state())) {
            line.append("  answered ").append(run.path("accepted").asInt());
        }
        line.append("  members ").append(run.path("members").asInt());
        RunHistory history = snapshot.history();
        List<RunHistory.LossPoint> losses = history.losses();
        if (!losses.isEmpty()) {
            line.append(String.format(
                    Locale.ROOT, "  loss %.5g", losses.get(losses.size() - 1).loss()));
        }
        if (history.denseUplinkBytes() > 0) {
            line.append("  uplink ").append(Quantity.bytes(history.uplinkBytes()));
            line.append(" of ").append(Quantity.bytes(history.denseUplinkBytes()));
            if (Quantity.isMoreThanDense(history.uplinkBytes(), history.denseUplinkBytes())) {
                line.append(" (more than uncompressed)");
            }
        }
        if (history.tokens() > 0) {
            line.append(String.format(Locale.ROOT, "  tokens %,.0f", history.tokens()));
        }
        return line.toString();
    }

    /** Prefixes a line with a time in UTC. */
    static String at(Instant time, String line) {
        String second = time.truncatedTo(ChronoUnit.SECONDS).toString().replace('T', ' ');
        return second + "  " + TerminalText.printable(line);
    }
}
