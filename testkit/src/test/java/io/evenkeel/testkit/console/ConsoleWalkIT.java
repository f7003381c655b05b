package io.evenkeel.testkit.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.Gradient;
import io.evenkeel.client.Model;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;

/**
 * Follows docs/walkthrough.md, from an empty coordinator to a trained model, and takes the screenshots of that page:
 * copy testkit/target/console/walk-*.png to docs/images.
 */
@EnabledIf(
        value = "io.evenkeel.testkit.console.Browser#isInstalled",
        disabledReason = "Chromium and its driver are not installed")
@Tag("full")
class ConsoleWalkIT {

    private static final String RUN = "my-first-run";

    @Test
    void leadsFromAnEmptyCoordinatorToAModel(@TempDir Path folder) throws Exception {
        try (ConsoleScene scene = new ConsoleScene(folder)) {
            walk(scene);
            assertThat(scene.browser().errors()).noneMatch(error -> error.contains("Content Security Policy"));
        }
    }

    private static void walk(ConsoleScene scene) throws InterruptedException {
        Browser browser = scene.browser();
        browser.open("runs");
        browser.type("Token", scene.coordinator().token());
        browser.screenshot("walk-sign-in");
        browser.click("Sign in");
        browser.see("There are no runs yet");
        browser.open("models");
        browser.see("There are no registered models yet");
        browser.open("runs");
        createRun(browser);
        String token = createToken(browser);
        Thread one = device(scene, token, "greenhouse");
        Thread two = device(scene, token, "orchard");
        train(scene);
        // The devices' threads end with the run.
        one.join();
        two.join();
        browser.see("finished");
        takeModel(browser);
    }

    private static void createRun(Browser browser) {
        browser.click("New run");
        browser.type("Run name", RUN);
        browser.type("Number of parameters", "1000");
        browser.type("Rounds", "500");
        browser.type("Messages needed", "2");
        browser.type("Step size", "horizon:1:0.5");
        browser.screenshot("walk-new-run");
        browser.click("Create");
        browser.see("Not started");
    }

    private static String createToken(Browser browser) {
        browser.click("Create an enrolment token");
        browser.type("Devices it admits", "2");
        assertThat(browser.await(By.name("run")).getDomProperty("value")).isEmpty();
        browser.click("Create");
        browser.see("shown once");
        browser.until(() -> browser.count("canvas") == 1);
        browser.screenshot("walk-token");
        String token = browser.await(By.cssSelector("code.secret")).getText();
        browser.click("Close");
        return token;
    }

    private static Thread device(ConsoleScene scene, String token, String name) {
        Thread thread = new Thread(
                () -> {
                    try (EvenkeelClient client = EvenkeelClient.builder(
                                    scene.coordinator().address())
                            .run(RUN)
                            .enrolmentToken(token)
                            .name(name)
                            .memoryState()
                            .build()) {
                        client.train(ConsoleWalkIT::gradient);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                name);
        thread.start();
        return thread;
    }

    /** The gradient of the SDK's example, 1/2 ||x - target||^2. */
    private static Gradient gradient(Model model) {
        double[] x = model.toDoubles();
        double loss = 0;
        for (int j = 0; j < x.length; j++) {
            x[j] -= 0.5;
            loss += x[j] * x[j] / 2;
        }
        return Gradient.of(x, 1, loss);
    }

    private static void train(ConsoleScene scene) {
        Browser browser = scene.browser();
        browser.open("runs/" + RUN);
        browser.see("greenhouse");
        browser.see("orchard");
        browser.click("Start");
        browser.click("Start");
        browser.see("Learning");
        // Waits for enough rounds for a curve in the screenshot.
        browser.until(() ->
                browser.count(".uplot") == 3 && scene.operator().status(RUN).round() > 100);
        browser.screenshot("walk-training");
        browser.choose("Language", "日本語");
        browser.see("学習曲線");
        browser.screenshot("walk-training-ja");
        browser.choose("言語", "English");
    }

    private static void takeModel(Browser browser) {
        browser.open("runs/" + RUN);
        browser.see("500 of 500");
        browser.click("Download model");
        browser.see("safetensors");
        browser.screenshot("walk-model");
        browser.click("Download");
        browser.until(() -> browser.count("dialog") == 0);
    }
}
