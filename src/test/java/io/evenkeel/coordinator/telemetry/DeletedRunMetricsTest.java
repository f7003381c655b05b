package io.evenkeel.coordinator.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

@CoordinatorTest
class DeletedRunMetricsTest {

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private RunMetrics metrics;

    @Autowired
    private MeterRegistry registry;

    @Test
    void areDeletedWithTheRun() {
        Scene scene = new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 3, "")
                .members(1)
                .start();
        metrics.refresh();
        scene.act("cancel");
        metrics.refresh();
        assertThat(registry.find("evenkeel.run.messages").tag("run", scene.run).meters())
                .isNotEmpty();

        scene.operator.delete("/runs/" + scene.run);
        metrics.refresh();

        assertThat(registry.getMeters())
                .noneMatch(meter -> scene.run.equals(meter.getId().getTag("run")));
    }
}
