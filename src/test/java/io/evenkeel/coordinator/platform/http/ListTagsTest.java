package io.evenkeel.coordinator.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.core.feedback.FeedbackMethod;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

@CoordinatorTest
class ListTagsTest {

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    private Scene scene() {
        return new Scene(api.endpoint(), jdbc, Scene.newName() + "-tags", "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 10, "");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/algorithms",
                "/runs?search=RUN",
                "/runs/RUN",
                "/runs/RUN/members",
                "/runs/RUN/rounds",
                "/run-overview?search=RUN",
                "/clients?search=nobody",
                "/clients/count?search=nobody",
                "/enrolment-tokens",
                "/access-tokens",
                "/audit-log?run=RUN"
            })
    void answersNotModifiedForTheNewestList(String path) {
        Scene scene = scene();
        String list = path.replace("RUN", scene.run);
        Reply first = scene.operator.get(list);
        assertThat(first.status()).isEqualTo(200);
        assertThat(first.header("Cache-Control")).isEqualTo("no-cache, private");
        Reply again = scene.operator.get(list, "If-None-Match", first.header("ETag"));
        assertThat(again.status()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
    }

    @Test
    void answersWithTheListOnceItHasChanged() {
        Scene scene = scene();
        String list = "/runs/" + scene.run + "/members";
        String tag = scene.operator.get(list).header("ETag");
        scene.member(1);
        assertThat(scene.operator.get(list, "If-None-Match", tag).status()).isEqualTo(200);
    }

    @Test
    void requiresCredentialsBeforeItAnswersNotModified() {
        Scene scene = scene();
        String tag = scene.operator.get("/runs/" + scene.run).header("ETag");
        assertThat(new Http(api.endpoint(), "evk_op_wrong")
                        .get("/runs/" + scene.run, "If-None-Match", tag)
                        .status())
                .isEqualTo(401);
    }
}
