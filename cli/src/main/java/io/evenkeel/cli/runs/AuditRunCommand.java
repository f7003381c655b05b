package io.evenkeel.cli.runs;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.cli.output.Properties;
import io.evenkeel.cli.output.Style.Tone;
import io.evenkeel.cli.output.TextLayout;
import io.evenkeel.tools.ApiPath;
import io.evenkeel.tools.CoordinatorClient;
import io.evenkeel.tools.terminal.ExitCode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Verifies a run's sum. */
@Command(
        name = "audit",
        description = {
            "Verifies a run: adds up all members' stored messages and compares the result with the coordinator's sum."
                    + " This takes as long as reading all of them; the run continues meanwhile.",
            "Before that, it compares the definition, the rounds and the members' chains with the run's hash chain,"
                    + " and pauses the run if they do not match.",
            "The exit code is 1 if anything differs. 'evenkeel log' shows the audit log."
        })
final class AuditRunCommand extends ApiCommand {

    @Parameters(index = "0", paramLabel = "RUN", description = "The run's name.")
    @SuppressWarnings("NullAway.Init")
    private String run;

    @Option(
            names = "--head",
            paramLabel = "HASH",
            description = "A head of the hash chain that you stored elsewhere: it must be in the chain.")
    private @Nullable String head;

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        JsonNode report = client.postAndWait(ApiPath.of("runs", run, "audit").with("head", head));
        output.print(report, page -> text(report, page));
        return report.path("agrees").asBoolean(false) ? ExitCode.OK.code() : ExitCode.FAILED.code();
    }

    private static List<String> text(JsonNode report, TextLayout page) {
        boolean agrees = report.path("agrees").asBoolean(false);
        List<String> lines = new ArrayList<>();
        lines.add(page.style()
                .paint(
                        agrees ? Tone.GOOD : Tone.BAD,
                        agrees ? "the sum agrees with the messages" : "the sum does not agree with the messages"));
        lines.addAll(new Properties()
                .add("before round", report.path("round").asString())
                .add("members", report.path("members").asString())
                .add("messages", report.path("messages").asString())
                .add("snapshots", report.path("snapshots").asString())
                .add("checksums", report.path("checksums").asString() + " verified")
                .add(
                        "difference",
                        report.path("absoluteDifference").asString() + " at most, in coordinate "
                                + report.path("coordinate").asString() + "; relative "
                                + report.path("relativeDifference").asString())
                .add("hash chain", chain(report.path("chain")))
                .lines(page));
        return lines;
    }

    private static String chain(JsonNode chain) {
        if (!chain.has("head")) {
            return "begins with the next round";
        }
        String rounds = chain.has("lastRound")
                ? "rounds " + chain.path("firstRound").asString() + " to "
                        + chain.path("lastRound").asString()
                : "no round yet";
        String kept = chain.has("keptRound")
                ? ", the kept head is from round " + chain.path("keptRound").asString()
                : chain.has("keptRevision")
                        ? ", the kept head is from revision "
                                + chain.path("keptRevision").asString()
                        : "";
        return rounds + " fit" + kept + "; head " + chain.path("head").asString();
    }
}
