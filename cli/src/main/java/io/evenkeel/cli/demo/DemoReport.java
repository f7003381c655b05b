package io.evenkeel.cli.demo;

import io.evenkeel.core.compress.Selection;
import io.evenkeel.tools.terminal.Quantity;
import io.evenkeel.tools.terminal.TextTable;
import io.evenkeel.trial.data.Digits;
import java.util.List;
import java.util.Locale;

/** Formats the output after a run. */
final class DemoReport {

    private DemoReport() {}

    /** Returns the table of results, with a unit on each figure. */
    static List<String> results(DemoSettings settings, DemoResult result) {
        return new TextTable()
                .row(
                        "accuracy",
                        Quantity.percent(result.heldOut().accuracy()),
                        String.format(
                                Locale.ROOT,
                                "of %d held-out digits (loss %.3f)",
                                Digits.load().heldOut().size(),
                                result.heldOut().loss()))
                .row("rounds", Integer.toString(settings.rounds()), devices(settings))
                .row(
                        "both ways",
                        Quantity.bytes(result.uplinkBytes() + result.downlinkBytes()),
                        Quantity.againstDense(
                                result.uplinkBytes() + result.downlinkBytes(),
                                result.denseUplinkBytes() + result.denseDownlinkBytes()))
                .row(
                        "uplink",
                        Quantity.bytes(result.uplinkBytes()),
                        Quantity.againstDense(result.uplinkBytes(), result.denseUplinkBytes()))
                .row(
                        "downlink",
                        Quantity.bytes(result.downlinkBytes()),
                        Quantity.againstDense(result.downlinkBytes(), result.denseDownlinkBytes()))
                .row(
                        "wall time",
                        Quantity.seconds(result.training()),
                        String.format(
                                Locale.ROOT,
                                "%.0f ms a round",
                                (double) result.training().toMillis() / settings.rounds()))
                .lines();
    }

    private static String devices(DemoSettings settings) {
        String devices = settings.devices() + (settings.devices() == 1 ? " device" : " devices");
        return settings.missing() == 0
                ? "with " + devices + ", gamma " + settings.gamma()
                : devices + ", of which " + settings.missing() + " missed each, gamma " + settings.gamma();
    }

    /**
     * Returns what to try next.
     *
     * @param evenkeel how the user calls the commands
     */
    static List<String> next(DemoSettings settings, String evenkeel) {
        TextTable next = new TextTable();
        if (settings.compressor().selection() instanceof Selection.Identity) {
            next.row(evenkeel + " demo --compressor top-k:0.01", "1 % of the coordinates per message");
        } else {
            next.row(evenkeel + " demo --compressor identity", "the same without compression");
        }
        return next.row(evenkeel + " demo --help", "other algorithms, dropouts, seeds")
                .row(evenkeel + " serve", "a coordinator for your own devices")
                .lines();
    }
}
