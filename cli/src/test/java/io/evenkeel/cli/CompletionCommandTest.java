package io.evenkeel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompletionCommandTest {

    @TempDir
    private Path home;

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh"})
    void completesCommandsBelowCommandsAndTheirOptions(String shell) {
        CliHarness cli = new CliHarness(home);

        assertThat(cli.run("completion", shell)).isZero();
        assertThat(cli.out())
                .contains("complete -F _complete_evenkeel", "bashcompinit")
                .contains("_picocli_evenkeel_runs_model_get", "--dtype", "\"ef21-muon\"", "\"layer-top-k:\"")
                .doesNotContain("operator-token");
    }
}
