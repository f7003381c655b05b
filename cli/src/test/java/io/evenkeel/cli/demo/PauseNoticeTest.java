package io.evenkeel.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.tools.OperatorApi;
import io.evenkeel.tools.RunStatus;
import java.net.URI;
import org.junit.jupiter.api.Test;

class PauseNoticeTest {

    private static final String RESUME = "  ./evenkeel runs resume demo-x --coordinator http://localhost:8080";

    private final PauseNotice notice =
            new PauseNotice(new OperatorApi(URI.create("http://localhost:8080/"), "secret"), "demo-x");

    private static RunStatus status(String state, String message) {
        return new RunStatus(state, 3, 10, 2, message);
    }

    @Test
    void reportsAPauseAndItsEndOnce() {
        assertThat(notice.on(status("running", ""))).isEmpty();
        assertThat(notice.on(status("paused", "")))
                .containsExactly("Run demo-x is paused. An operator can resume it:", RESUME);
        assertThat(notice.on(status("paused", ""))).isEmpty();
        assertThat(notice.on(status("running", ""))).containsExactly("Run demo-x continues.");
        assertThat(notice.on(status("running", ""))).isEmpty();
    }

    @Test
    void saysWhyTheCoordinatorPausedARun() {
        assertThat(notice.on(status("paused", "it needs 9 GB of heap")))
                .containsExactly("Run demo-x is paused: it needs 9 GB of heap. An operator can resume it:", RESUME);
    }
}
