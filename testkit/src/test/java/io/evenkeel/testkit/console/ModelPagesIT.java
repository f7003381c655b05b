package io.evenkeel.testkit.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.client.ClientListener;
import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.Gradient;
import io.evenkeel.client.RunPlan;
import io.evenkeel.tools.ApiPath;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Publishes a run's model in the console, and moves an alias. */
@BrowserTest
class ModelPagesIT {

    private final ConsoleScene scene;
    private final Browser browser;

    ModelPagesIT(ConsoleScene scene) {
        this.scene = scene;
        this.browser = scene.browser();
    }

    @BeforeEach
    void signIn() {
        browser.signIn(scene.coordinator().token());
    }

    private void finishedRun() throws InterruptedException {
        scene.operator().createRun(Map.of("name", "points", "dimension", 20, "algorithm", "ef21-norm", "rounds", 3));
        try (EvenkeelClient client = EvenkeelClient.builder(scene.coordinator().address())
                .run("points")
                .enrolmentToken(scene.operator().createEnrolmentToken(1, "for points"))
                .memoryState()
                .listener(new ClientListener() {
                    @Override
                    public void joined(RunPlan plan, long sequence) {
                        scene.client().post(ApiPath.of("runs", "points", "start"), null);
                    }
                })
                .build()) {
            assertThat(client.train(model -> Gradient.of(new double[20], 10, 0.5))
                            .round())
                    .isEqualTo(3);
        }
    }

    private void publish() {
        browser.click("Publish a run’s model");
        browser.type("Run", "points");
        browser.click("Publish a run’s model");
    }

    @Test
    void publishesPromotesRollsBackAndDeletes() throws InterruptedException {
        finishedRun();
        browser.open("models");
        browser.click("Publish a run’s model");
        browser.type("Model", "positions");
        browser.type("Run", "nobody");
        browser.click("Publish a run’s model");
        browser.see("There is no such run");
        browser.type("Run", "points");
        browser.click("Publish a run’s model");
        browser.click("positions");
        browser.see("No alias names a version");
        publish();
        browser.until(() -> browser.count("td[data-label=Version] + td[data-label=Aliases]") == 2);

        browser.click("Promote");
        browser.click("Promote");
        browser.see("1, operator");
        scene.client()
                .upload(
                        "PUT",
                        ApiPath.of("models", "positions", "aliases", "production"),
                        "application/json",
                        "{\"version\":2,\"reason\":\"<b>better</b>\"}".getBytes(StandardCharsets.UTF_8));
        browser.reload();
        browser.see("<b>better</b>");
        browser.click("Roll back");
        browser.click("Roll back");
        browser.see("roll-back");
        looksRight();
        keepsItsOrder();

        browser.click("Delete");
        browser.click("Delete");
        browser.see("The version is in use");
    }

    /** Checks the page's order when either of its two responses arrives last. */
    private void keepsItsOrder() {
        for (String last : List.of("models/positions$", "versions.limit")) {
            browser.delay(last, 500);
            browser.open("models/positions");
            browser.until(() -> browser.count("main h2") == 2);
            assertThat(browser.texts("main h1, main h2")).containsExactly("positions", "Aliases", "Versions");
            assertThat(browser.title()).isEqualTo("positions · Models · Evenkeel");
            browser.delayNothing();
        }
    }

    private void looksRight() {
        for (String page : List.of("models", "models/positions")) {
            browser.looksRight(page, () -> {
                browser.open(page);
                browser.see("positions");
                browser.seeNoLonger("Loading");
            });
        }
    }
}
