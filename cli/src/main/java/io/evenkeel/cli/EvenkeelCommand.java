package io.evenkeel.cli;

import io.evenkeel.cli.command.ApiOptions;
import io.evenkeel.cli.command.DurationConverter;
import io.evenkeel.cli.context.ContextCommand;
import io.evenkeel.cli.context.LoginCommand;
import io.evenkeel.cli.demo.DemoCommand;
import io.evenkeel.cli.devices.DevicesCommand;
import io.evenkeel.cli.environment.CliEnvironment;
import io.evenkeel.cli.environment.EnvironmentFactory;
import io.evenkeel.cli.evaluations.EvaluationsCommand;
import io.evenkeel.cli.experiments.ExperimentsCommand;
import io.evenkeel.cli.identity.IdentityCommand;
import io.evenkeel.cli.log.LogCommand;
import io.evenkeel.cli.models.ModelsCommand;
import io.evenkeel.cli.pilot.PilotCommand;
import io.evenkeel.cli.pilot.RecommendCommand;
import io.evenkeel.cli.plan.PlanCommand;
import io.evenkeel.cli.plan.SimulateCommand;
import io.evenkeel.cli.relays.RelaysCommand;
import io.evenkeel.cli.rollouts.RolloutsCommand;
import io.evenkeel.cli.runs.RunsCommand;
import io.evenkeel.cli.status.StatusCommand;
import io.evenkeel.cli.system.SystemCommand;
import io.evenkeel.cli.tokens.TokensCommand;
import io.evenkeel.cli.transfer.ExportCommand;
import io.evenkeel.cli.transfer.ImportCommand;
import io.evenkeel.cli.webhooks.WebhooksCommand;
import io.evenkeel.tools.terminal.Program;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IVersionProvider;

/** The {@code evenkeel} command. */
@Command(
        name = "evenkeel",
        versionProvider = EvenkeelCommand.Version.class,
        description = "Federated learning over thin links, with steps that keep an even keel.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:it worked",
            "1:it failed",
            "2:the command line or a file is wrong",
            "3:there is no such run, device, token, round or model",
            "4:the token is missing, wrong, or does not allow this",
            "5:the state does not allow this",
            "6:the coordinator does not respond or is busy: try again",
            "7:waited for longer than --timeout"
        },
        footer = {"", "A checkout also has ./evenkeel chaos and ./evenkeel load, which check a release."})
public final class EvenkeelCommand extends Program {

    private static final List<Class<?>> COMMANDS = List.of(
            CompletionCommand.class,
            ContextCommand.class,
            DemoCommand.class,
            DevicesCommand.class,
            EvaluationsCommand.class,
            ExperimentsCommand.class,
            ExportCommand.class,
            IdentityCommand.class,
            ImportCommand.class,
            LogCommand.class,
            LoginCommand.class,
            ModelsCommand.class,
            PilotCommand.class,
            PlanCommand.class,
            RecommendCommand.class,
            RelaysCommand.class,
            RolloutsCommand.class,
            RunsCommand.class,
            ServeCommand.class,
            SimulateCommand.class,
            StatusCommand.class,
            SystemCommand.class,
            TokensCommand.class,
            WebhooksCommand.class);

    private EvenkeelCommand() {}

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] args) {
        System.exit(commandLine(args).execute(args));
    }

    /**
     * Creates the command line of this process for some arguments, as
     * {@link #commandLine(CliEnvironment, String...)} does.
     */
    public static CommandLine commandLine(String... arguments) {
        return commandLine(CliEnvironment.ofProcess(), arguments);
    }

    /**
     * Creates a reusable command line for arguments that begin like these. If the first argument is a command's name,
     * the result has only that command: reading the annotations of every option of every command would take longer than
     * most commands. Otherwise it has all commands, which help and suggestions need.
     */
    public static CommandLine commandLine(CliEnvironment environment, String... arguments) {
        List<Class<?>> named = COMMANDS.stream()
                .filter(command -> arguments.length > 0 && isNamed(command, arguments[0]))
                .toList();
        CommandLine line = commandLine(
                new EvenkeelCommand(),
                new EnvironmentFactory(environment),
                (named.isEmpty() ? COMMANDS : named).toArray());
        IExecutionExceptionHandler handler = line.getExecutionExceptionHandler();
        return line.setExecutionExceptionHandler((failure, command, parsed) -> handler.handleExecutionException(
                        ApiOptions.explained(failure, command.getCommandSpec()), command, parsed))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .registerConverter(Duration.class, new DurationConverter());
    }

    /**
     * Returns whether a command has this name and can run without the other commands. The completion command cannot,
     * since its script describes all of them.
     */
    private static boolean isNamed(Class<?> command, String name) {
        return command != CompletionCommand.class
                && command.getAnnotation(Command.class).name().equals(name);
    }

    /** The version in the jar's manifest. */
    static final class Version implements IVersionProvider {

        @Override
        public String[] getVersion() {
            String version = EvenkeelCommand.class.getPackage().getImplementationVersion();
            return new String[] {
                "evenkeel " + (version == null ? "from an unpacked build" : version),
                "on Java " + Runtime.version() + ", " + System.getProperty("os.name")
            };
        }
    }
}
