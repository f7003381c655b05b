package io.evenkeel.cli.runs;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.cli.output.Properties;
import io.evenkeel.cli.output.Style.Tone;
import io.evenkeel.cli.output.TextLayout;
import io.evenkeel.operator.CoordinatorClient;
import io.evenkeel.operator.terminal.ExitCode;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** Verifies a run's sum. */
@Command(
        name = "audit",
        description = {
            "Verifies a run: adds up all members' stored messages and compares the result with the coordinator's sum. This"
                    + " takes as long as reading all of them; the run goes on meanwhile.",
            "The exit code is 1 if they differ. 'evenkeel log' shows the audit log."
        })
final class AuditRunCommand extends ApiCommand {

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private RunName run;

    AuditRunCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        JsonNode report = client.postAndWait(run.path("audit"));
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
                .lines(page));
        return lines;
    }
}
