package io.evenkeel.testkit.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.FollowedModel;
import io.evenkeel.client.VersionEvaluator;
import io.evenkeel.client.VersionMetrics;
import io.evenkeel.tools.ApiPath;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Creates and controls roll-outs in the console, with a device that follows the alias. */
@BrowserTest
class RolloutPagesIT {

    private final ConsoleScene scene;
    private final Browser browser;

    RolloutPagesIT(ConsoleScene scene) {
        this.scene = scene;
        this.browser = scene.browser();
    }

    @BeforeEach
    void signIn() {
        upload(1);
        upload(2);
        scene.client()
                .upload(
                        "PUT",
                        ApiPath.of("models", "digits", "aliases", "production"),
                        "application/json",
                        "{\"version\":1}".getBytes(StandardCharsets.UTF_8));
        browser.signIn(scene.coordinator().token());
    }

    /** Publishes a version with one value. */
    private void upload(float value) {
        byte[] header =
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}".getBytes(StandardCharsets.UTF_8);
        byte[] file = ByteBuffer.allocate(12 + header.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header)
                .putFloat(value)
                .array();
        scene.client()
                .upload(
                        "POST",
                        ApiPath.of("models", "digits", "versions", "upload"),
                        "application/x-safetensors",
                        file);
    }

    private EvenkeelClient client() {
        return EvenkeelClient.builder(scene.coordinator().address())
                .run("none")
                .enrolmentToken(scene.operator().createEnrolmentToken(1, "for a device"))
                .memoryState()
                .build();
    }

    private static VersionMetrics accuracy() {
        return VersionMetrics.of(40, Map.of("accuracy", 0.9));
    }

    private void create() {
        browser.open("rollouts");
        browser.click("New roll-out");
        browser.type("Model", "digits");
        browser.type("Version", "2");
        browser.type("Groups, in percent", "100");
        browser.type("Reports a group needs", "1");
        browser.type("Metric that must not be inferior", "accuracy");
        browser.click("New roll-out");
        browser.see("Group 1 opened");
    }

    @Test
    void createsPausesResumesAndOpensTheNextGroup() throws InterruptedException {
        try (EvenkeelClient client = client()) {
            FollowedModel model = client.follow("digits", "production", version -> accuracy());
            model.refresh();
            create();
            assertThat(model.refresh()).isTrue();
            browser.see("0 on 1 device, margin 0.01; an interval needs more");
            browser.click("Pause");
            browser.click("Pause");
            browser.see("an operator has paused it");
            browser.click("Resume");
            browser.click("Resume");
            browser.see("Resumed");
            looksRight();
            browser.click("Open the next group");
            browser.click("Open the next group");
            browser.see("Finished: the alias points to the version");
            assertThat(model.refresh()).isFalse();
            assertThat(model.version()).hasValue(2);
        }
    }

    @Test
    void showsWhyDevicesFailedAndThatTheRollOutHasStopped() throws InterruptedException {
        VersionEvaluator evaluator = version -> {
            if (version.number() == 2) {
                throw new IllegalStateException("too <b>large</b>");
            }
            return accuracy();
        };
        try (EvenkeelClient client = client()) {
            FollowedModel model = client.follow("digits", "production", evaluator);
            model.refresh();
            create();
            assertThat(model.refresh()).isFalse();
            browser.see("IllegalStateException: too <b>large</b>");
            browser.see("Stopped: devices return to the version before");
            assertThat(model.version()).hasValue(1);
        }
        looksRight();
    }

    private void looksRight() {
        String id =
                scene.client().get(ApiPath.of("rollouts")).path(0).path("id").asString();
        for (String page : List.of("rollouts", "rollouts/" + id)) {
            browser.looksRight(page.replace(id, "one"), () -> {
                browser.open(page);
                browser.see("digits@production");
                browser.seeNoLonger("Loading");
            });
        }
    }
}
