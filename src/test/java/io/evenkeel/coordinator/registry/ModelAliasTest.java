package io.evenkeel.coordinator.registry;

import static io.evenkeel.coordinator.registry.ModelUploads.file;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.Reply;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Aliases name versions, and prevent their deletion. */
@CoordinatorTest
class ModelAliasTest {

    @Autowired
    private Api api;

    private Http operator;
    private ModelUploads model;
    private String path;

    @BeforeEach
    void connect() {
        model = new ModelUploads(api);
        operator = model.operator();
        path = model.path();
    }

    @Test
    void anAliasMovesRollsBackAndIsRemoved() {
        model.upload(1);
        model.upload(2);
        model.upload(3);
        String alias = path + "/aliases/production";
        assertThat(operator.get(path + "/versions/@production").problem()).isEqualTo("model-alias-not-found");
        assertThat(operator.putJson(alias, "{\"version\":4}").problem()).isEqualTo("model-version-not-found");

        operator.putJson(alias, "{\"version\":1}");
        assertThat(operator.post(alias + "/rollback").problem()).isEqualTo("model-alias-not-found");
        Reply promoted = operator.putJson(alias, "{\"version\":3,\"reason\":\"better\"}");
        assertThat(promoted.get("changedBy"))
                .isEqualTo(operator.get(alias + "/history").jsonList().get(1).get("changedBy"));
        Reply followed = operator.get(path + "/versions/@production");
        assertThat(followed.header("Evenkeel-Model-Version")).isEqualTo("3");
        assertThat(followed.header("Cache-Control")).isEqualTo("no-cache, private");
        assertThat(followed.body()).isEqualTo(file(3));

        assertThat(operator.post(alias + "/rollback").number("version")).isEqualTo(1);
        assertThat(operator.get(path + "/versions/@production/details").get("aliases"))
                .isEqualTo("[production]");
        assertThat(operator.post(alias + "/rollback").number("version")).isEqualTo(3);
        assertThat(operator.delete(alias).status()).isEqualTo(204);
        assertThat(operator.get(path).get("aliases")).isEqualTo("{}");
        assertThat(operator.delete(alias).problem()).isEqualTo("model-alias-not-found");
        assertThat(operator.get(alias + "/history").jsonList())
                .extracting(change -> change.get("version"))
                .containsExactly(null, 3, 1, 3, 1);
    }

    @Test
    void aNamedVersionIsNotDeletedAndNumbersAreNotUsedAgain() {
        model.upload(1);
        model.upload(2);
        operator.putJson(path + "/aliases/candidate", "{\"version\":2}");

        Reply refused = operator.delete(path + "/versions/2");
        assertThat(refused.problem()).isEqualTo("version-in-use");
        assertThat(refused.get("aliases")).isEqualTo("[candidate]");
        operator.putJson(path + "/aliases/candidate", "{\"version\":1}");
        assertThat(operator.delete(path + "/versions/2").status()).isEqualTo(204);
        assertThat(operator.get(path + "/versions/2").problem()).isEqualTo("model-version-not-found");
        assertThat(operator.post(path + "/aliases/candidate/rollback").problem())
                .as("the previous version is deleted")
                .isEqualTo("model-alias-not-found");
        assertThat(model.upload(3)).isEqualTo(3);
        assertThat(operator.delete(path).problem()).isEqualTo("version-in-use");

        operator.delete(path + "/aliases/candidate");
        operator.delete(path + "/versions/1");
        operator.delete(path + "/versions/3");
        assertThat(operator.delete(path).status()).isEqualTo(204);
        assertThat(operator.get(path).problem()).isEqualTo("model-not-found");
    }
}
