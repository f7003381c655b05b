package io.evenkeel.testkit.chaos.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LossReportTest {

    private static final String DETAIL =
            "client evk_1 reports receipts of messages that this run does not have: 3, of rounds 7 to 9; its newest"
                    + " receipt is for message 10, but this run has its messages up to 7";

    private static JsonNode event(String type, String detail) {
        return JsonMapper.shared().valueToTree(Map.of("type", type, "detail", detail));
    }

    @Test
    void readsTheDeviceTheMessagesAndTheRounds() {
        assertThat(LossReport.among(List.of(event("run.started", "by an operator"), event("history.lost", DETAIL))))
                .containsExactly(new LossReport("evk_1", 3, 7));
    }

    @Test
    void anEventWithoutALossIsRefused() {
        assertThatThrownBy(() -> LossReport.among(List.of(event("history.lost", "some messages are gone"))))
                .hasMessageContaining("some messages are gone");
    }

    @Test
    void findsUnreportedAndWronglyReportedLosses() {
        List<LossReport> reports = List.of(new LossReport("a", 3, 7), new LossReport("b", 2, 8));

        assertThat(LossReport.compare(reports, 5, 0)).isEmpty();
        assertThat(LossReport.compare(reports, 7, 2)).isEmpty();
        assertThat(LossReport.compare(reports, 8, 2)).hasSize(1);
        assertThat(LossReport.compare(reports, 4, 2)).hasSize(1);
    }
}
