package io.evenkeel.cli.command;

import io.evenkeel.cli.environment.CliEnvironment;
import io.evenkeel.tools.terminal.CommandFailure;
import io.evenkeel.tools.terminal.ExitCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.Predicate;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The option {@code --yes}, and the question that the command asks without it. */
public final class Confirmation {

    private final CliEnvironment environment;

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask for confirmation.")
    private boolean yes;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    Confirmation(CliEnvironment environment) {
        this.environment = environment;
    }

    /**
     * Asks for confirmation.
     *
     * @param question such as {@code Cancel run 'digits' for good?}
     * @throws CommandFailure if the answer is not yes, or if standard input is not a terminal
     */
    public void require(String question) throws IOException {
        require(question, "This cannot be undone");
    }

    /**
     * Asks whether to continue.
     *
     * @param question such as {@code Change run 'digits'?}
     * @param consequence the consequence, for the error message if there is no terminal
     * @throws CommandFailure if the answer is not yes, or if there is no terminal
     */
    public void require(String question, String consequence) throws IOException {
        require(
                question,
                consequence,
                " [y/N] ",
                answer -> answer.toLowerCase(Locale.ROOT).matches("y|yes"));
    }

    /**
     * Asks for confirmation by typing a name, which prevents accidents.
     *
     * @param question such as {@code Delete run 'digits' for good?}
     * @param name the text to type
     * @throws CommandFailure if the answer is not the name, or if standard input is not a terminal
     */
    public void requireTyped(String question, String name) throws IOException {
        require(question, "This cannot be undone", " Type its name: ", name::equals);
    }

    private void require(String question, String consequence, String prompt, Predicate<String> isYes)
            throws IOException {
        if (yes) {
            return;
        }
        if (!environment.terminal().get().interactive()) {
            throw new CommandFailure(
                    ExitCode.USAGE, question + " " + consequence + ": give --yes to skip the confirmation");
        }
        PrintWriter out = spec.commandLine().getErr();
        out.print(question + prompt);
        out.flush();
        String answer = environment.input().readLine();
        if (answer == null || !isYes.test(answer.strip())) {
            throw new CommandFailure("nothing was done");
        }
    }
}
