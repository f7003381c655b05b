package io.evenkeel.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class StartArgumentsTest {

    @Test
    void expandsShortOptions() {
        assertThat(StartArguments.expand("--port", "1", "--data=x", "--server.address=127.0.0.1"))
                .containsExactly("--server.port=1", "--evenkeel.data=./x", "--server.address=127.0.0.1");
        assertThat(StartArguments.expand("--data", "a b", "--port=0"))
                .containsExactly("--evenkeel.data=./a b", "--server.port=0");
        assertThat(StartArguments.expand("--upstream", "http://a?b=c", "--upstream-run=digits"))
                .containsExactly("--evenkeel.relay.upstream=http://a?b=c", "--evenkeel.relay.run=digits");
    }

    @Test
    void keepsPathsWithAnExplicitStart() {
        for (String path : List.of("./x", "../x", "/x", "~/x", "")) {
            assertThat(StartArguments.expand("--data=" + path)).containsExactly("--evenkeel.data=" + path);
        }
    }

    @Test
    void leavesAnOptionWithoutAValueToTheCheckOfSettings() {
        assertThat(StartArguments.expand("--port")).containsExactly("--port");
    }
}
