package io.evenkeel.testkit.console;

import io.evenkeel.client.ClientListener;
import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.Gradient;
import io.evenkeel.client.Model;
import io.evenkeel.client.RunPlan;
import io.evenkeel.tools.ApiPath;
import io.evenkeel.tools.CoordinatorClient;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Follows an experiment and an evaluation in the console. */
@BrowserTest
class ExperimentPagesIT {

    private static final int DEVICES = 11;

    private final ConsoleScene scene;
    private final Browser browser;
    private int screenshots;

    ExperimentPagesIT(ConsoleScene scene) {
        this.scene = scene;
        this.browser = scene.browser();
    }

    @BeforeEach
    void signIn() {
        browser.signIn(scene.coordinator().token());
    }

    private void createExperiment() {
        browser.click("New experiment");
        browser.type("Name", "steps");
        browser.choose("Devices", "Each in every arm, in turn");
        browser.type("Rounds in a block", "2");
        browser.type("Definition of all arms", "dimension: 20\nalgorithm: ef21\ngamma: [0.1");
        browser.type("Arms", "fast: {gamma: \"0.2\"}\nslow: {gamma: \"0.05\"}");
        browser.click("Create");
        browser.see(", column ");
        browser.type("Definition of all arms", "dimension: 20\nalgorithm: ef21\ngamma: \"0.1\"\nrounds: 40");
        browser.click("Create");
        browser.see("changes from one to the next after 2 of their rounds");
    }

    private static Gradient gradient(Model model) {
        double[] x = model.toDoubles();
        double loss = 0;
        for (int j = 0; j < x.length; j++) {
            x[j] -= 0.5;
            loss += x[j] * x[j] / 2;
        }
        return Gradient.of(x, 1, loss);
    }

    private void train(String run) throws InterruptedException {
        try (EvenkeelClient client = EvenkeelClient.builder(scene.coordinator().address())
                .run(run)
                .enrolmentToken(scene.operator().createEnrolmentToken(1, "for " + run))
                .memoryState()
                .listener(new ClientListener() {
                    @Override
                    public void joined(RunPlan plan, long sequence) {
                        scene.client().post(ApiPath.of("runs", run, "start"), null);
                    }
                })
                .build()) {
            client.train(ExperimentPagesIT::gradient);
        }
    }

    private void evaluate() {
        browser.open("evaluations");
        browser.click("New evaluation");
        browser.type("Name", "check");
        browser.choose("What is measured", "A run's model");
        browser.type("Run", "steps-fast");
        browser.type("Group by", "region");
        browser.click("Create");
        browser.see("No device has sent a result yet");
        String token = scene.operator().createEnrolmentToken(DEVICES, "for check");
        for (int i = 0; i < DEVICES; i++) {
            JsonNode device = scene.client()
                    .post(
                            ApiPath.of("enrolments"),
                            Map.of(
                                    "token",
                                    token,
                                    "attributes",
                                    Map.of("region", i == 0 ? "ap" : i <= 5 ? "eu" : "us")));
            String secret = device.path("secret").asString();
            String result = "{\"samples\": " + (i + 1) + ", \"metrics\": {\"accuracy\": 0." + (i + 10) + "}}";
            new CoordinatorClient(scene.coordinator().address(), () -> secret)
                    .upload(
                            "PUT",
                            ApiPath.of("evaluations", "check", "results", "me"),
                            "application/json",
                            result.getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void comparesArmsAndShowsResultsOfDevices() throws InterruptedException {
        browser.open("experiments");
        browser.see("There are no experiments yet");
        createExperiment();
        browser.open("experiments/steps");
        browser.see("No round is closed yet");
        train("steps-fast");
        browser.see("not a verdict");
        train("steps-slow");
        browser.see("All arms have finished");
        browser.see("90% of the improvement of fast");
        evaluate();
        browser.open("evaluations/check");
        browser.see("fewer than 5 devices");
        browser.see("worst");
        looksRight();
        browser.open("evaluations/check");
        browser.choose("Language", "日本語");
        browser.see("加重平均");
        browser.open("experiments/steps");
        browser.see("損失が目標に達するまで");
        browser.screenshot("experiments-steps-ja");
        browser.choose("言語", "English");

        browser.open("runs/steps-fast");
        browser.click("steps");
        browser.see("Until a loss was reached");
        browser.click("Delete");
        browser.click("Delete");
        browser.see("There are no experiments yet");
        browser.open("evaluations/check");
        browser.click("End");
        browser.click("End");
        browser.see("cancelled");
    }

    private void looksRight() {
        for (String page : List.of("experiments", "experiments/steps", "evaluations", "evaluations/check")) {
            looksRight(page, () -> browser.see(page.startsWith("ex") ? "steps" : "check"));
        }
        looksRight("experiments", () -> browser.click("New experiment"));
        looksRight("evaluations", () -> browser.click("New evaluation"));
    }

    private void looksRight(String page, Runnable shown) {
        browser.looksRight(page + "-" + screenshots++, () -> {
            browser.open("");
            browser.open(page);
            browser.seeNoLonger("Loading");
            shown.run();
        });
    }
}
