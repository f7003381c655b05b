package io.evenkeel.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints the script that completes this command in a shell. */
@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        description = "Prints a script that completes the commands and options of evenkeel.",
        footer = {
            "",
            "In bash:  source <(${sys:evenkeel.command:-./evenkeel} completion bash)",
            "In zsh:   source <(${sys:evenkeel.command:-./evenkeel} completion zsh)"
        })
final class CompletionCommand implements Callable<Integer> {

    /** The supported shells. */
    enum Shell {
        BASH,
        ZSH
    }

    @Parameters(paramLabel = "SHELL", description = "bash or zsh.")
    @SuppressWarnings("NullAway.Init")
    private Shell shell;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        // picocli's script turns on zsh's emulation of bash completion by itself.
        String script = AutoComplete.bash("evenkeel", spec.root().commandLine());
        spec.commandLine()
                .getOut()
                .print(shell == Shell.ZSH ? script.replaceFirst("^#!/usr/bin/env bash\\R", "") : script);
        spec.commandLine().getOut().flush();
        return 0;
    }
}
