package io.evenkeel.coordinator.secagg;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.CohortScene;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.engine.chain.ModelName;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

@CoordinatorTest
class StepAnswersTest {

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private StepAnswers answers;

    @Autowired
    private PlanCache plans;

    /** Otherwise devices that missed an attempt would find the next one too late. */
    @Test
    void aMemberThatWaitsForTheOutcomeIsSentToTheNextAttempt() {
        Scene scene = new Scene(api.endpoint(), jdbc, Scene.newName(), "rand-k:3", FeedbackMethod.EF21);
        CohortScene cohort = new CohortScene(scene, "rand-k:3", 5, 6, 100)
                .create("ef21-norm", 5, "")
                .members(5)
                .start();
        StepAcceptance.Turn turn = new StepAcceptance.Turn(
                plans.named(scene.run), cohort.devices.get(0).plain().client(), new ModelName(0, null), 0);
        StepAnswers.Question question = new StepAnswers.Question(turn, StepAnswers.Topic.OUTCOME);
        assertThat(answers.answer(question)).isEmpty();

        jdbc.update("UPDATE run SET extended = extended + 1 WHERE name = ?", scene.run);

        assertThat(answers.answer(question)).contains(StepAnswers.Undecided.ANOTHER_ATTEMPT);
    }
}
