package io.evenkeel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Creates the tables of docs/cli.md from picocli's model of the commands. */
class CommandPageTest {

    private static final Path PAGE = Path.of("../docs/cli.md");
    private static final String BEGIN = "<!-- CommandPageTest makes the rest of this page from the code. -->\n";

    /** Commands with more options than this list them only in their help. */
    private static final int MAX_OPTIONS = 12;

    /** The options common to all commands that use a coordinator; the page explains them once. */
    private static final Set<String> COMMON = names(Objects.requireNonNull(
                    EvenkeelCommand.commandLine().getSubcommands().get("status"))
            .getCommandSpec());

    @Test
    void thePageHasEveryCommandWithItsOptions() throws IOException {
        String page = Files.readString(PAGE);
        assertThat(page).contains(BEGIN);
        Collection<CommandLine> commands =
                EvenkeelCommand.commandLine().getSubcommands().values();
        String expected = page.substring(0, page.indexOf(BEGIN)) + BEGIN + "\n"
                + table(commands.stream()
                        .filter(command -> command.getSubcommands().isEmpty()))
                + commands.stream()
                        .filter(command -> !command.getSubcommands().isEmpty())
                        .map(group -> "\n### " + group.getCommandName() + "\n\n" + sentence(group) + "\n\n"
                                + table(leaves(group)))
                        .collect(Collectors.joining());
        Files.writeString(
                Files.createDirectories(Path.of("../target/generated-files")).resolve("cli.md"), expected);
        assertThat(page)
                .as("docs/cli.md is out of date: cp target/generated-files/cli.md docs/cli.md")
                .isEqualTo(expected);
    }

    private static Stream<CommandLine> leaves(CommandLine command) {
        return command.getSubcommands().isEmpty()
                ? Stream.of(command)
                : command.getSubcommands().values().stream().flatMap(CommandPageTest::leaves);
    }

    private static String table(Stream<CommandLine> commands) {
        return commands.map(
                        command -> "| `%s` | %s | %s |\n".formatted(call(command), options(command), sentence(command)))
                .collect(Collectors.joining("", "| command | options | what it does |\n|---|---|---|\n", ""));
    }

    private static String call(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        return Stream.concat(
                        Stream.of(spec.qualifiedName().replaceFirst("^evenkeel ", "")),
                        spec.positionalParameters().stream()
                                .filter(parameter -> !parameter.hidden())
                                .map(CommandPageTest::label))
                .collect(Collectors.joining(" "))
                .replace("|", "\\|");
    }

    private static String label(PositionalParamSpec parameter) {
        String label = parameter.paramLabel() + (parameter.arity().max() > 1 ? "…" : "");
        return parameter.arity().min() > 0 || label.startsWith("[") ? label : "[" + label + "]";
    }

    private static Set<String> names(CommandSpec spec) {
        return spec.options().stream().map(OptionSpec::longestName).collect(Collectors.toSet());
    }

    private static String options(CommandLine command) {
        List<String> names = command.getCommandSpec().options().stream()
                .filter(option -> !option.hidden() && !option.usageHelp() && !option.versionHelp())
                .map(OptionSpec::longestName)
                .filter(name -> !COMMON.contains(name))
                .map(name -> "`" + name + "`")
                .toList();
        return names.size() > MAX_OPTIONS ? names.size() + ": see `--help`" : String.join(" ", names);
    }

    /** Returns the first sentence of a command's description. */
    private static String sentence(CommandLine command) {
        return String.join(" ", command.getCommandSpec().usageMessage().description())
                .replaceAll("\\s+", " ")
                .replaceFirst("(?<=\\.) (?=[A-Z']).*", "")
                .replace("%%", "%")
                .replace("|", "\\|")
                .strip();
    }
}
