package io.evenkeel.testkit.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.Gradient;
import io.evenkeel.tools.ApiPath;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** An operator creates, changes, follows and compares runs in the console. */
@BrowserTest
class RunPagesIT {

    private static final String HOSTILE = "<img src=x onerror=document.title='broken'>";

    /** Rounds close several times a second, about as fast as a page can show them. */
    private static final long GRADIENT_NANOS = 100_000_000;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ConsoleScene scene;
    private final Browser browser;

    RunPagesIT(ConsoleScene scene) {
        this.scene = scene;
        this.browser = scene.browser();
    }

    @AfterEach
    void stopDevices() {
        threads.shutdownNow();
    }

    private void device(String run, String name) {
        String token = scene.operator().createEnrolmentToken(1, "for " + name);
        var unused = threads.submit(() -> {
            try (EvenkeelClient client = EvenkeelClient.builder(
                            scene.coordinator().address())
                    .run(run)
                    .enrolmentToken(token)
                    .name(name)
                    .memoryState()
                    .build()) {
                client.train(model -> {
                    LockSupport.parkNanos(GRADIENT_NANOS);
                    return Gradient.of(new double[20], 10, 0.5);
                });
            }
            return null;
        });
    }

    @Test
    void createsARunWatchesItsRoundsCloseAndCancelsIt() {
        browser.signIn(scene.coordinator().token());
        browser.click("New run");
        browser.type("Run name", "made-here");
        browser.type("Number of parameters", "20");
        browser.type("Rounds", "100000");
        browser.click("Create");
        browser.see("Not started");
        device("made-here", "gateway-7");
        device("made-here", "gateway-8");
        browser.see("gateway-7");
        browser.see("gateway-8");
        browser.click("Start");
        browser.click("Start");
        browser.see("Learning");
        browser.see("of 100,000");
        browser.see("×");
        browser.screenshot("run");
        browser.click("Pause");
        browser.click("Pause");
        browser.see("it waits for a resume");
        browser.click("Resume");
        browser.click("Resume");
        browser.see("running");
        addsNotesWhileRoundsClose();
        browser.click("Cancel run");
        browser.see("Keep the run");
        assertThat(browser.count("dialog button.first.danger")).isOne();
        browser.click("Cancel run");
        browser.see("cancelled");
        browser.open("log");
        browser.see("Cancel run made-here");
        browser.open("devices");
        browser.click("gateway-7");
        browser.see("Last seen");
        browser.see("made-here");
    }

    /** The page renders again with each round, and keeps the typed text. */
    private void addsNotesWhileRoundsClose() {
        browser.click("Add notes");
        browser.type("Description", "The first of all");
        browser.type("Tags", "first, small");
        browser.seeNoLonger(browser.texts("dd:has(progress)").get(0));
        browser.click("Save");
        browser.see("The first of all");
        assertThat(browser.texts(".notes .tags span")).containsExactly("first", "small");
        browser.screenshot("notes");
        assertThat(browser.violations()).isEmpty();
    }

    @Test
    void changesARunAfterShowingWhatChangesAndListsTheChange() {
        scene.createRun("changed-here", 5);
        browser.signIn(scene.coordinator().token());
        browser.open("runs/changed-here");
        browser.click("Change");
        browser.looksRight("change-form", () -> browser.see("Now: 5"));
        browser.type("Rounds", "0");
        browser.click("Review");
        browser.see("is 0, expected an integer from 1");
        browser.type("Rounds", "12");
        browser.type("Messages at most", "3");
        browser.type("Round’s time", "90s");
        browser.type("Reason", "three devices are enough");
        browser.click("Review");
        browser.see("participants.max");
        browser.see("The run starts with this");
        browser.screenshot("change-review");
        assertThat(browser.violations()).isEmpty();
        assertThat(scene.client()
                        .get(ApiPath.of("runs", "changed-here"))
                        .path("revision")
                        .asInt())
                .isZero();
        browser.click("Change the run");
        browser.see("three devices are enough");
        browser.see("60s → 90s");
        assertThat(scene.client()
                        .get(ApiPath.of("runs", "changed-here"))
                        .path("rounds")
                        .asInt())
                .isEqualTo(12);

        browser.forget();
        browser.signIn(scene.accessToken("reader", "viewer"));
        browser.open("runs/changed-here");
        browser.see("three devices are enough");
        assertThat(browser.text()).doesNotContain("Cancel run").doesNotContainPattern("(?m)^Change$");
    }

    @Test
    void showsThatAnotherOperatorHasChangedTheRunMeanwhile() {
        scene.createRun("contested", 5);
        browser.signIn(scene.coordinator().token());
        browser.open("runs/contested");
        browser.click("Change");
        browser.type("Rounds", "7");
        scene.client().patch(ApiPath.of("runs", "contested"), new JsonMapper().readTree("{\"rounds\": 9}"));
        browser.click("Review");
        browser.see("changed meanwhile");
        assertThat(scene.client()
                        .get(ApiPath.of("runs", "contested"))
                        .path("rounds")
                        .asInt())
                .isEqualTo(9);
    }

    @Test
    void comparesRunsAndListsTheDifferencesOfTheirDefinitions() {
        scene.createRun("arm-a", 5);
        scene.operator().createRun(Map.of("name", "arm-b", "dimension", 20, "algorithm", "ef21-norm", "rounds", 7));
        browser.signIn(scene.coordinator().token());
        browser.open("compare?runs=arm-a,arm-b");
        browser.see("What differs");
        browser.see("rounds");
        browser.screenshot("compare");
    }

    @Test
    void showsHostileNamesAsText() {
        scene.createRun("hostile", 5);
        device("hostile", HOSTILE);
        browser.signIn(scene.coordinator().token());
        browser.open("runs/hostile");
        browser.see(HOSTILE);
        assertThat(browser.count("main img")).isZero();
    }

    @Tag("full")
    @Test
    void comesBackBeforeItsStartAfterALostNetworkAndARestart() throws Exception {
        scene.createRun("patient", 5);
        browser.signIn(scene.coordinator().token());
        browser.open("runs/patient");
        browser.see("Not started");
        browser.offline(true);
        browser.see("cannot be reached");
        browser.offline(false);
        browser.seeNoLonger("cannot be reached");
        scene.coordinator().kill();
        browser.see("cannot be reached");
        scene.coordinator().start();
        scene.coordinator().awaitUp();
        browser.seeNoLonger("cannot be reached");
        browser.see("Not started");
    }

    @Test
    void followsARunLiveAndContinuesAfterALostNetworkAndARestart() throws Exception {
        scene.createRun("followed", 100_000);
        device("followed", "gateway-1");
        browser.signIn(scene.coordinator().token());
        browser.open("runs/followed");
        browser.see("gateway-1");
        browser.see("live");
        scene.operator().start("followed");
        browser.see("Run started");
        browser.see("closed, the last with 1 participants");
        browser.offline(true);
        browser.see("cannot be reached");
        pause("followed");
        browser.offline(false);
        browser.see("Run paused");
        browser.see("it waits for a resume");
        scene.coordinator().kill();
        browser.see("cannot be reached");
        scene.coordinator().start();
        scene.coordinator().awaitUp();
        scene.client().post(ApiPath.of("runs", "followed", "resume"), null);
        browser.see("Run resumed");
        scene.operator().cancel("followed");
        browser.see("Run cancelled");
        // The event is visible regardless of how many rounds have closed in the meantime.
        browser.see("Run started");
        browser.screenshot("events");
        browser.choose("Kind", "rounds");
        browser.seeNoLonger("Run cancelled");
        browser.see("closed, the last with 1 participants");
    }

    private void pause(String run) {
        scene.client().post(ApiPath.of("runs", run, "pause"), null);
    }
}
