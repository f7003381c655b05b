package io.evenkeel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class EvenkeelCommandTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int execute(String... args) {
        CommandLine commandLine = EvenkeelCommand.commandLine(args);
        commandLine.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        return commandLine.execute(args);
    }

    @Test
    void listsItsCommands() {
        assertThat(execute("--help")).isZero();
        assertThat(out.toString()).contains("demo", "serve");
    }

    @Test
    void aGroupListsMethodsAndClassesInTheOrderOfItsCommands() {
        assertThat(execute("devices", "--help")).isZero();
        assertThat(out.toString())
                .containsSubsequence("  list ", "  count ", "  show ", "  label ", "  revoke ", "  delete ");
    }

    @Test
    void aCommandThatIsNamedIsCreatedWithoutTheOthers() {
        assertThat(EvenkeelCommand.commandLine("runs", "list").getSubcommands()).containsOnlyKeys("runs");
        assertThat(EvenkeelCommand.commandLine("--help").getSubcommands()).hasSizeGreaterThan(20);
    }

    @Test
    void suggestsAmongAllCommands() {
        assertThat(execute("rollout", "list")).isEqualTo(2);
        assertThat(err.toString()).contains("Did you mean rollouts?");
    }

    @Test
    void requiresACommand() {
        assertThat(execute()).isEqualTo(2);
        assertThat(err.toString()).startsWith("no command is given").contains("Usage: evenkeel");
    }

    @Test
    void showsTheDemosOptionsWithinEightyColumns() {
        assertThat(execute("demo", "--help")).isZero();
        assertThat(out.toString())
                .contains(
                        "--devices", "--rounds", "--algorithm", "--compressor", "--seed", "--drop-rate", "top-k:0.01");
        assertThat(out.toString().lines()).allMatch(line -> line.length() <= 80);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        --devices=0                     | --devices is 0: expected 1 to 200
        --devices=201                   | --devices is 201: expected 1 to 200
        --rounds=0                      | --rounds is 0: expected 1 to 1000000
        --rounds=many                   | Invalid value for option '--rounds'
        --batch=-1                      | --batch is -1: expected 0 to 2147483647
        --drop-rate=1                   | --drop-rate is 1.0: expected 0 or more
        --drop-rate=-0.1                | --drop-rate is -0.1: expected 0 or more
        --drop-rate=NaN                 | --drop-rate is NaN: expected 0 or more
        --algorithm=sgd                 | --algorithm: 'sgd' is not an algorithm: expected one of ef21,
        --compressor=top-k              | --compressor: compressor 'top-k'
        --compressor=top-k:9611         | --compressor: compressor 'top-k:9611'
        --gamma=linear:1                | --gamma: 'linear:1' is not a schedule: expected constant:VALUE
        --gamma=-1                      | --gamma: a schedule's value is -1.0, expected
        --eta=1.5                       | --eta: the momentum is constant:1.5, expected a value above 0
        --speed=9                       | Unknown option: '--speed=9'
        """)
    void refusesInvalidDemoOptions(String option, String message) {
        assertThat(execute("demo", option)).isEqualTo(2);
        assertThat(err.toString()).startsWith(message);
    }
}
