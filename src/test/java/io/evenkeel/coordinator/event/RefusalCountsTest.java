package io.evenkeel.coordinator.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

@CoordinatorTest
class RefusalCountsTest {

    private static final long DELETED = Long.MAX_VALUE;

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private RefusalTable table;

    @Test
    void countsOfADeletedRunAreDroppedAndOthersAdded() {
        Scene scene = new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 3, "");
        long run =
                Objects.requireNonNull(jdbc.queryForObject("SELECT id FROM run WHERE name = ?", Long.class, scene.run));

        table.add(DELETED, "round_closed", 2);
        table.add(run, "round_closed", 3);
        table.add(run, "round_closed", 4);

        assertThat(table.of(List.of(DELETED, run))).isEqualTo(Map.of(run, Map.of("round_closed", 7L)));
        scene.act("cancel");
    }
}
