package io.evenkeel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoAtACoordinatorTest {

    @Test
    void needsATokenForIt(@TempDir Path home) {
        CliHarness cli = new CliHarness(home);

        assertThat(cli.run("demo", "--coordinator", "http://localhost:1")).isEqualTo(4);
        assertThat(cli.err()).contains("there is no token for http://localhost:1");
    }

    @Test
    void needsAnAddressWithAScheme(@TempDir Path home) {
        CliHarness cli = new CliHarness(home);

        assertThat(cli.run("demo", "--coordinator", "localhost:8080", "--operator-token", "x"))
                .isEqualTo(2);
        assertThat(cli.err()).contains("the coordinator's address is 'localhost:8080'");
    }
}
