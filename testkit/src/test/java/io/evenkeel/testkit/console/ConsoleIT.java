package io.evenkeel.testkit.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.tools.ApiPath;
import io.evenkeel.tools.CoordinatorClient;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import tools.jackson.databind.JsonNode;

/** Tests sign-in, tokens and webhooks in the console, and every page's accessibility. */
@BrowserTest
class ConsoleIT {

    private final ConsoleScene scene;
    private final Browser browser;

    ConsoleIT(ConsoleScene scene) {
        this.scene = scene;
        this.browser = scene.browser();
    }

    private void revokeAccessTokens() {
        scene.client()
                .get(ApiPath.of("access-tokens"))
                .forEach(token -> scene.client()
                        .delete(ApiPath.of("access-tokens", token.path("id").asString())));
    }

    @Test
    void refusesAnUnknownTokenAndStaysSignedOut() {
        browser.open("runs");
        browser.type("Token", "evk_op_wrong");
        browser.click("Sign in");
        browser.see("does not know this token");
    }

    @Test
    void showsAPageForAnAddressWithAWrongEscape() {
        browser.signIn(scene.coordinator().token());
        browser.open("runs/%");
        browser.see("cannot be read");
    }

    @Test
    void offersAViewerNothingThatChangesAnything() {
        scene.createRun("looked-at", 5);
        String viewer = scene.accessToken("watcher", "viewer");
        browser.signIn(viewer);
        browser.open("runs/looked-at");
        browser.see("Not started");
        assertThat(browser.text()).doesNotContain("Cancel run", "Delete run", "Start");
        browser.open("tokens");
        browser.see("Access tokens");
        assertThat(browser.text()).doesNotContain("New token", "Revoke");
    }

    @Test
    void deletesARunOnceItsNameIsTyped() {
        scene.createRun("short-lived", 5);
        browser.signIn(scene.coordinator().token());
        browser.open("runs/short-lived");
        browser.click("Delete run");
        browser.type("Type short-lived to confirm", "short-lived");
        browser.click(By.xpath("//dialog//button[normalize-space(.)='Delete run']"));
        browser.see("New run");
        browser.open("runs/short-lived");
        browser.see("There is no such run");
    }

    @Test
    void showsATokenOnceAndSignsOutWhenItIsRevoked() {
        browser.signIn(scene.coordinator().token());
        browser.open("tokens");
        browser.click(By.xpath("(//button[normalize-space(.)='New token'])[2]"));
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
    void showsAnOperatorOfSomeRunsOnlyThese() {
        scene.createRun("team-a-1", 5);
        scene.createRun("team-b-1", 5);
        browser.signIn(scene.coordinator().token());
        browser.open("tokens");
        browser.click(By.xpath("(//button[normalize-space(.)='New token'])[2]"));
        browser.type("Name", "team-a");
        browser.choose("Role", "operator");
        browser.toggle("create and revoke access tokens");
        browser.type("Runs", "team-a-*, team-c");
        browser.click("Create");
        browser.see("concern the whole coordinator");
        browser.toggle("create and revoke access tokens");
        browser.click("Create");
        String token = browser.await(By.cssSelector("dialog code")).getText();
        browser.click("Close");
        browser.see("team-a-*, team-c");
        assertThat(browser.violations()).isEmpty();
        browser.screenshot("tokens");
        browser.click("Sign out");
        browser.signIn(token);
        browser.see("team-a-1");
        assertThat(browser.text()).contains("New run").doesNotContain("team-b-1", "Models", "Tokens", "System");
        browser.open("runs/team-a-1");
        browser.see("Not started");
        assertThat(browser.text()).contains("Start");
        assertThat(browser.count("a[href*='tokens?new']")).isZero();
        browser.open("runs/team-b-1");
        browser.see("the credentials are for the runs team-a-*, team-c only");
        revokeAccessTokens();
    }

    @Test
    void createsAWebhookWhoseSecretIsShownOnceAndSendsATest() {
        browser.signIn(scene.coordinator().token());
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

    private void join(String run, String device) {
        JsonNode enrolled = scene.client()
                .post(
                        ApiPath.of("enrolments"),
                        Map.of("token", scene.operator().createEnrolmentToken(1, "for " + device), "name", device));
        new CoordinatorClient(
                        scene.coordinator().address(),
                        () -> enrolled.path("secret").asString())
                .upload(
                        "PUT",
                        ApiPath.of("runs", run, "members", "me"),
                        "application/json",
                        "{\"weight\": 1}".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void showsAndHandlesWaitingItemsOnTheFirstPage() {
        scene.createRun("held-up", 5);
        join("held-up", "lighthouse");
        browser.signIn(scene.coordinator().token());
        browser.open("");
        browser.see("evenkeel runs start held-up");
        browser.until(() -> browser.title().equals("Overview · Evenkeel"));
        scene.client().post(ApiPath.of("runs", "held-up", "start"), null);
        scene.client().post(ApiPath.of("runs", "held-up", "pause"), null);
        browser.see("evenkeel runs resume held-up");
        browser.click(By.xpath("//li[contains(., 'held-up')]//button[normalize-space(.)='Resume']"));
        browser.click(By.xpath("//dialog//button[normalize-space(.)='Resume']"));
        browser.seeNoLonger("evenkeel runs resume held-up");
        browser.looksRight("overview", () -> {
            browser.open("");
            browser.see("Latest events");
        });
    }

    @Test
    void opensAGroupOfTheMenuByKeyboardAndClosesItOnEscape() {
        browser.signIn(scene.coordinator().token());
        browser.open("overview");
        browser.see("Latest events");
        browser.press("Fleet", Keys.ENTER);
        browser.see("Relays");
        assertThat(browser.violations()).isEmpty();
        browser.press("Fleet", Keys.ESCAPE);
        browser.seeNoLonger("Relays");
        browser.press("Fleet", Keys.SPACE);
        browser.press("Tokens", Keys.ENTER);
        browser.see("Access tokens");
        browser.until(() -> browser.title().equals("Tokens · Evenkeel"));
        browser.seeNoLonger("Relays");
    }

    @Test
    void foldsTheMenuAwayOnAPhone() {
        browser.signIn(scene.coordinator().token());
        browser.width(390);
        browser.open("runs");
        browser.see("New run");
        assertThat(browser.text()).doesNotContain("Audit log", "Sign out");
        browser.click("Menu");
        browser.see("Sign out");
        browser.click("Audit log");
        browser.seeNoLonger("Sign out");
        browser.until(() -> browser.title().equals("Audit log · Evenkeel"));
    }

    @Test
    void labelsAndRevokesSeveralDevicesAtOnce() {
        for (String name : List.of("first", "second", "third")) {
            enrol(name);
        }
        int devices = scene.client().get(ApiPath.of("clients")).size();
        browser.signIn(scene.coordinator().token());
        browser.open("devices");
        browser.click(By.cssSelector("[aria-label='Choose first']"));
        browser.click(By.cssSelector("[aria-label='Choose second']"));
        browser.see("2 chosen");
        browser.click("Label");
        browser.type("Labels", "shelf=left");
        browser.click("Save");
        browser.until(() -> browser.texts("tr:has([aria-label='Choose first'], [aria-label='Choose second']) .tags b")
                .equals(List.of("shelf=left", "shelf=left")));
        browser.type("Selector", "shelf=left");
        browser.click("Label all that match");
        browser.type("Labels", "shelf=right");
        browser.click("Review");
        browser.see("2 devices would change");
        browser.click("Save");
        browser.see("Matches 0 of " + devices + " devices");
        browser.type("Selector", "shelf=right");
        browser.until(() -> browser.count("tbody tr") == 2);
        browser.click(By.cssSelector("[aria-label='Choose all of this page']"));
        browser.see("2 chosen");
        browser.click("Revoke chosen");
        browser.click("Revoke chosen");
        browser.until(() -> browser.count("td .state.failed") == 2);
        browser.click("Name↕");
        assertThat(browser.texts("td[data-label=Name]")).containsExactly("first", "second");
        browser.click("Name▲");
        assertThat(browser.texts("td[data-label=Name]")).containsExactly("second", "first");
    }

    private void enrol(String name) {
        scene.client()
                .post(
                        ApiPath.of("enrolments"),
                        Map.of("token", scene.operator().createEnrolmentToken(1, "for " + name), "name", name));
    }

    @Test
    void showsTheRelaysOfRuns() {
        scene.createRun("relayed", 5);
        JsonNode relay = scene.client()
                .post(
                        ApiPath.of("enrolments"),
                        Map.of(
                                "token", scene.operator().createEnrolmentToken(1, "for a relay"),
                                "name", "north",
                                "attributes",
                                        Map.of(
                                                "kind", "relay",
                                                "relay-members", "12",
                                                "relay-devices", "345",
                                                "relay-sent", "6000000")));
        new CoordinatorClient(
                        scene.coordinator().address(),
                        () -> relay.path("secret").asString())
                .upload(
                        "PUT",
                        ApiPath.of("runs", "relayed", "members", "me"),
                        "application/json",
                        "{\"weight\": 12}".getBytes(StandardCharsets.UTF_8));
        browser.signIn(scene.coordinator().token());
        browser.looksRight("relays", () -> {
            browser.open("relays");
            browser.see("north");
            browser.see("345");
        });
        assertThat(browser.text()).contains("relayed", "connected", "12", "6 MB");
    }

    @Test
    void hasNoAccessibilityViolationInEitherThemeOrWidth() {
        scene.createRun("barrier-free", 5);
        browser.open("runs");
        browser.see("Sign in");
        assertThat(browser.violations()).isEmpty();
        browser.signIn(scene.coordinator().token());
        lookRight("runs", "runs/barrier-free", "new", "devices", "system");
    }

    @Test
    @Tag("full")
    void hasNoAccessibilityViolationOnOtherPages() {
        browser.signIn(scene.coordinator().token());
        lookRight("compare", "models", "tokens", "webhooks", "log", "docs", "docs/rollout", "docs/settings");
    }

    private void lookRight(String... pages) {
        for (String page : pages) {
            browser.looksRight(page, () -> {
                browser.open(page);
                browser.await(By.tagName("h1"));
                browser.see(page.startsWith("docs") ? "ocuments" : "About this page");
                browser.seeNoLonger("Loading");
            });
        }
    }
}
