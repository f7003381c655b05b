package io.evenkeel.cli.pilot;

import io.evenkeel.tools.terminal.Program;
import picocli.CommandLine.Command;

/** {@code evenkeel pilot}: trials of the methods on your own data. */
@Command(
        name = "pilot",
        description = {
            "Measures on your own data whether compressed, normalized training pays.",
            "",
            "Start with:  evenkeel pilot compare --data YOURS.libsvm.gz --out results"
        },
        subcommands = {
            CompareCommand.class,
            ReportCommand.class,
            SweepCommand.class,
            StudyCommand.class,
            ProbeCommand.class,
            CostCommand.class,
            ReproduceCommand.class
        })
public final class PilotCommand extends Program {}
