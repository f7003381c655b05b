package io.evenkeel.cli.runs;

import io.evenkeel.cli.runs.init.InitRunCommand;
import io.evenkeel.cli.runs.watch.WatchRunCommand;
import io.evenkeel.operator.terminal.Program;
import picocli.CommandLine.Command;

/** {@code evenkeel runs}. */
@Command(
        name = "runs",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Creates, controls, inspects and deletes runs.",
        subcommands = {
            InitRunCommand.class,
            CreateRunCommand.class,
            ListRunsCommand.class,
            ShowRunCommand.class,
            WatchRunCommand.class,
            StartRunCommand.class,
            PauseRunCommand.class,
            ResumeRunCommand.class,
            CancelRunCommand.class,
            DeleteRunCommand.class,
            SetRunCommand.class,
            RevisionsCommand.class,
            MembersCommand.class,
            RoundsCommand.class,
            ModelCommand.class,
            AuditRunCommand.class,
            SmoothnessCommand.class
        },
        footer = {
            "",
            "Begin with:",
            "  evenkeel runs init --name digits           writes digits.yaml, with comments",
            "  evenkeel runs create -f digits.yaml",
            "  evenkeel tokens create --uses 10           a token for devices",
            "  evenkeel runs start digits --wait          starts once enough devices joined",
            "  evenkeel runs watch digits"
        })
public final class RunsCommand extends Program {

    RunsCommand() {}
}
