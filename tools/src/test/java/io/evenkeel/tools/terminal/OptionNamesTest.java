package io.evenkeel.tools.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

class OptionNamesTest {

    private static final List<String> COMMANDS = List.of("runs", "devices", "webhooks", "tokens", "log");

    @Test
    void suggestsOnlyNamesThatAreNear() {
        assertThat(OptionNames.near("foo", COMMANDS)).isEmpty();
        assertThat(OptionNames.near("run", COMMANDS)).containsExactly("runs");
        assertThat(OptionNames.near("devcies", COMMANDS)).containsExactly("devices");
        assertThat(OptionNames.near("webhook", COMMANDS)).containsExactly("webhooks");
    }

    @Test
    void namesTheOptionThatSetsAWrongField() {
        CommandSpec command = CommandSpec.create()
                .addOption(
                        OptionSpec.builder("--seen-within").type(String.class).build());
        CommandFailure failure = new CommandFailure("invalid: seenWithin: is 1m; minTime: is 2m") {
            private static final long serialVersionUID = 1;

            @Override
            public List<String> wrongFields() {
                return List.of("seenWithin", "minTime");
            }
        };
        assertThat(OptionNames.message(failure, command)).isEqualTo("invalid: --seen-within: is 1m; minTime: is 2m");
    }
}
