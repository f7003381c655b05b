package io.evenkeel.testkit.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.Gradient;
import io.evenkeel.operator.ApiPath;
import io.evenkeel.operator.CoordinatorClient;
import io.evenkeel.operator.OperatorApi;
import io.evenkeel.operator.process.CoordinatorJar;
import io.evenkeel.operator.process.CoordinatorProcess;
import io.evenkeel.operator.process.JavaLaunch;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import tools.jackson.databind.json.JsonMapper;

/** An operator's and a viewer's way through the console. Skipped on machines without Debian's Chromium. */
@EnabledIf(
        value = "io.evenkeel.testkit.console.Browser#isInstalled",
        disabledReason = "Chromium and its driver are not installed")
class ConsoleIT {

    private static final String HOSTILE = "<img src=x onerror=document.title='broken'>";
    private static final ExecutorService THREADS = Executors.newCachedThreadPool();

    @TempDir
    private static Path folder = Path.of("");

    private static CoordinatorProcess coordinator;
    private static OperatorApi operator;
    private static Browser browser;

    @BeforeAll
    static void start() throws Exception {
        coordinator = new CoordinatorProcess(
                CoordinatorJar.launch(JavaLaunch.QUICK),
                folder.resolve("coordinator.log"),
                CoordinatorProcess.newToken(),
                List.of(),
                List.of("--evenkeel.data=" + folder.resolve("data"), "--server.shutdown=immediate"));
        coordinator.start();
        coordinator.awaitUp();
        operator = coordinator.operator();
        browser = new Browser(coordinator.address().toString());
    }

    @AfterAll
    static void stop() {
        THREADS.shutdownNow();
        browser.close();
        coordinator.close();
    }

    @BeforeEach
    void forget() {
        browser.forget();
        browser.width(1400);
        browser.dark(false);
        browser.errors();
    }

    @AfterEach
    void nothingBrokeThePolicy() {
        assertThat(browser.errors()).noneMatch(error -> error.contains("Content Security Policy"));
    }

    private static void create(String run, int rounds) {
        operator.createRun(Map.of("name", run, "dimension", 20, "algorithm", "ef21-norm", "rounds", rounds));
    }

    private static void device(String run, String name) {
        String token = operator.createEnrolmentToken(1, "for " + name);
        var unused = THREADS.submit(() -> {
            try (EvenkeelClient client = EvenkeelClient.builder(coordinator.address())
                    .run(run)
                    .enrolmentToken(token)
                    .name(name)
                    .memoryState()
                    .build()) {
                client.train(model -> Gradient.of(new double[20], 10, 0.5));
            }
            return null;
        });
    }

    private static CoordinatorClient client() {
        return new CoordinatorClient(coordinator.address(), coordinator::token);
    }

    private static String accessToken(String name, String role) {
        return client().post(ApiPath.of("access-tokens"), Map.of("name", name, "role", role))
                .path("token")
                .asString();
    }

    private static void revokeAccessTokens() {
        client().get(ApiPath.of("access-tokens"))
                .forEach(token -> client().delete(
                                ApiPath.of("access-tokens", token.path("id").asString())));
    }

    @Test
    void saysThatItDoesNotKnowATokenAndStaysSignedOut() {
        browser.open("runs");
        browser.type("Token", "evk_op_wrong");
        browser.click("Sign in");
        browser.see("does not know this token");
    }

    @Test
    void createsARunWatchesItsRoundsCloseAndCancelsIt() {
        browser.signIn(coordinator.token());
        browser.click("New run");
        browser.type("Run name", "made-here");
        browser.type("Number of parameters", "20");
        browser.type("Rounds", "100000");
        browser.click("Create");
        browser.see("Not started");
        device("made-here", "gateway-7");
        browser.see("gateway-7");
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
        browser.click("Cancel run");
        browser.click("Cancel run");
        browser.see("cancelled");
        browser.open("log");
        browser.see("/runs/made-here/cancel");
    }

    @Test
    void changesARunAfterShowingWhatChangesAndListsTheChange() {
        create("changed-here", 5);
        browser.signIn(coordinator.token());
        browser.open("runs/changed-here");
        browser.click("Change");
        browser.see("Now: 5");
        for (boolean dark : new boolean[] {true, false}) {
            for (int width : new int[] {390, 1400}) {
                browser.width(width);
                browser.dark(dark);
                browser.screenshot("change-form-" + width + (dark ? "-dark" : "-light"));
                assertThat(browser.violations()).isEmpty();
                assertThat(browser.scrollsSideways()).isFalse();
            }
        }
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
        assertThat(client().get(ApiPath.of("runs", "changed-here"))
                        .path("revision")
                        .asInt())
                .isZero();
        browser.click("Change the run");
        browser.see("three devices are enough");
        browser.see("60s → 90s");
        assertThat(client().get(ApiPath.of("runs", "changed-here"))
                        .path("rounds")
                        .asInt())
                .isEqualTo(12);

        browser.forget();
        browser.signIn(accessToken("reader", "viewer"));
        browser.open("runs/changed-here");
        browser.see("three devices are enough");
        assertThat(browser.text()).doesNotContain("Cancel run").doesNotContainPattern("(?m)^Change$");
    }

    @Test
    void anOperatorWhoIsTooLateIsToldToLookAtTheOthersChange() {
        create("contested", 5);
        browser.signIn(coordinator.token());
        browser.open("runs/contested");
        browser.click("Change");
        browser.type("Rounds", "7");
        client().patch(ApiPath.of("runs", "contested"), new JsonMapper().readTree("{\"rounds\": 9}"));
        browser.click("Review");
        browser.see("changed meanwhile");
        assertThat(client().get(ApiPath.of("runs", "contested")).path("rounds").asInt())
                .isEqualTo(9);
    }

    @Test
    void namesEveryWrongFieldOfANewRun() {
        browser.signIn(coordinator.token());
        browser.open("new");
        browser.type("Run name", "wrong");
        browser.type("Number of parameters", "-3");
        browser.type("Rounds", "0");
        browser.click("Create");
        browser.see("is -3, expected an integer from 1");
        browser.see("is 0, expected");
    }

    @Test
    void offersAViewerNothingThatChangesAnything() {
        create("looked-at", 5);
        String viewer = accessToken("watcher", "viewer");
        browser.signIn(viewer);
        browser.open("runs/looked-at");
        browser.see("Not started");
        assertThat(browser.text()).doesNotContain("Cancel run", "Start");
        browser.open("tokens");
        browser.see("Access tokens");
        assertThat(browser.text()).doesNotContain("New token", "Revoke");
    }

    @Test
    void showsATokenOnceAndSignsOutWhenItIsRevoked() {
        browser.signIn(coordinator.token());
        browser.open("tokens");
        browser.await(By.xpath("(//button[normalize-space(.)='New token'])[2]")).click();
        browser.type("Name", "night-shift");
        browser.click("Create");
        browser.see("shown once");
        String token = browser.await(By.cssSelector("dialog code")).getText();
        browser.click("Close");
        browser.click("Sign out");
        browser.signIn(token);
        browser.see("night-shift");
        revokeAccessTokens();
        browser.open("runs");
        browser.see("Paste the token");
    }

    @Test
    void comparesRunsAndNamesWhatDiffersInTheirDefinitions() {
        create("arm-a", 5);
        operator.createRun(Map.of("name", "arm-b", "dimension", 20, "algorithm", "ef21-norm", "rounds", 7));
        browser.signIn(coordinator.token());
        browser.open("compare?runs=arm-a,arm-b");
        browser.see("What differs");
        browser.see("rounds");
        browser.screenshot("compare");
    }

    @Test
    void showsHostileNamesAsText() {
        create("hostile", 5);
        device("hostile", HOSTILE);
        browser.signIn(coordinator.token());
        browser.open("runs/hostile");
        browser.see(HOSTILE);
        assertThat(browser.count("main img")).isZero();
    }

    @Test
    void comesBackAfterALostNetworkAndARestart() throws Exception {
        create("patient", 5);
        browser.signIn(coordinator.token());
        browser.open("runs/patient");
        browser.see("Not started");
        browser.offline(true);
        browser.see("cannot be reached");
        browser.offline(false);
        browser.seeNoLonger("cannot be reached");
        coordinator.kill();
        browser.see("cannot be reached");
        coordinator.start();
        coordinator.awaitUp();
        browser.seeNoLonger("cannot be reached");
        browser.see("Not started");
    }

    @Test
    void followsARunLiveAndGoesOnAfterALostNetworkAndARestart() throws Exception {
        create("followed", 100_000);
        device("followed", "gateway-1");
        browser.signIn(coordinator.token());
        browser.open("runs/followed");
        browser.see("gateway-1");
        browser.see("live");
        operator.start("followed");
        browser.see("Run started");
        browser.see("closed with 1 participants");
        browser.offline(true);
        browser.see("cannot be reached");
        pause("followed");
        browser.offline(false);
        browser.see("Run paused");
        browser.see("it waits for a resume");
        coordinator.kill();
        browser.see("cannot be reached");
        coordinator.start();
        coordinator.awaitUp();
        client().post(ApiPath.of("runs", "followed", "resume"), null);
        browser.see("Run resumed");
        operator.cancel("followed");
        browser.see("Run cancelled");
        browser.screenshot("events");
    }

    private static void pause(String run) {
        client().post(ApiPath.of("runs", run, "pause"), null);
    }

    @Test
    void createsAWebhookWhoseSecretIsShownOnceAndSendsATest() {
        browser.signIn(coordinator.token());
        browser.open("webhooks");
        browser.see("There are no webhooks yet");
        browser.click("New webhook");
        browser.type("URL", "http://10.0.0.1/hook");
        browser.click("Create");
        browser.see("has an address that is private");
        browser.type("URL", "http://localhost:1/hook");
        browser.click("Create");
        browser.see("whsec_");
        assertThat(browser.violations()).isEmpty();
        browser.click("Close");
        browser.see("http://localhost:1/hook");
        assertThat(browser.text()).doesNotContain("whsec_");
        browser.click("Deliveries");
        browser.click("Send a test");
        browser.see("which is loopback");
        browser.screenshot("webhooks");
        assertThat(browser.violations()).isEmpty();
        browser.click("Delete");
        browser.click("Delete");
        browser.see("There are no webhooks yet");
    }

    @Test
    void hasNoBarriersInEitherThemeLanguageOrWidth() {
        create("barrier-free", 5);
        browser.forget();
        browser.open("runs");
        browser.see("Sign in");
        assertThat(browser.violations()).isEmpty();
        browser.signIn(coordinator.token());
        for (String page : List.of(
                "runs",
                "runs/barrier-free",
                "new",
                "compare",
                "models",
                "devices",
                "tokens",
                "webhooks",
                "log",
                "system")) {
            for (boolean dark : new boolean[] {false, true}) {
                for (int width : new int[] {390, 1400}) {
                    browser.width(width);
                    browser.dark(dark);
                    browser.open(page);
                    browser.see("Sign out");
                    browser.seeNoLonger("Loading");
                    String name = page.replace('/', '-') + "-" + width + (dark ? "-dark" : "-light");
                    browser.screenshot(name);
                    assertThat(browser.violations()).as(name).isEmpty();
                    assertThat(browser.scrollsSideways()).as(name).isFalse();
                }
            }
        }
    }
}
