package io.evenkeel.testkit.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.engine.OnlyInCi;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Users sign in to the console through an identity provider. */
@EnabledIf(
        value = "io.evenkeel.testkit.console.Browser#isInstalled",
        disabledReason = "Chromium and its driver are not installed")
@OnlyInCi
class SignInIT {

    private static final String KEEP = "Stay signed in";

    @TempDir
    private static Path folder = Path.of("");

    private static TestIdentityProvider provider;
    private static ConsoleScene scene;
    private static Browser browser;

    @BeforeAll
    static void start() throws Exception {
        provider = new TestIdentityProvider();
        scene = new ConsoleScene(
                folder,
                "--spring.security.oauth2.resourceserver.jwt.issuer-uri=" + provider.issuer(),
                "--spring.security.oauth2.resourceserver.jwt.audiences=" + TestIdentityProvider.AUDIENCE,
                "--evenkeel.oidc.name-claim=preferred_username",
                "--evenkeel.oidc.client-id=" + TestIdentityProvider.CLIENT);
        browser = scene.browser();
    }

    @AfterAll
    static void stop() {
        scene.close();
        provider.close();
    }

    @BeforeEach
    void forget() {
        provider.behave();
        browser.forget();
        browser.errors();
    }

    @AfterEach
    void nothingBrokeThePolicy() {
        assertThat(browser.errors()).noneMatch(error -> error.contains("Content Security Policy"));
    }

    private static String button() {
        return "Sign in with " + provider.issuer().replaceAll("http://|/realm", "");
    }

    private static void signIn() {
        signInFrom("tokens");
    }

    private static void signInFrom(String page) {
        browser.open(page);
        browser.click(button());
        browser.click("Continue as heidi");
    }

    @Test
    void signsInReturnsToThePageAndSignsOutAtTheProviderToo() {
        browser.open("tokens");
        browser.see(button());
        browser.screenshot("sign-in");
        assertThat(browser.violations()).isEmpty();
        signIn();
        browser.see("Enrolment tokens");
        browser.see("oidc:heidi (operator)");
        assertThat(browser.address()).endsWith("/#/tokens").doesNotContain("code=");
        browser.reload();
        browser.see("oidc:heidi (operator)");
        assertThat(browser.cookies()).isZero();
        browser.click("Sign out");
        browser.see("Signed out of the realm");
        browser.open("runs");
        browser.see(button());
    }

    @Test
    void keepsTokensInMemoryOnlyWithoutStaySignedIn() {
        browser.open("runs");
        browser.toggle(KEEP);
        browser.click(button());
        browser.click("Continue as heidi");
        browser.see("oidc:heidi");
        assertThat(browser.kept()).isEmpty();
        browser.reload();
        browser.see(button());
    }

    @Test
    void showsAViewerNothingThatChangesAnything() {
        provider.grant("evenkeel-viewer");
        signIn();
        browser.see("oidc:heidi (viewer)");
        assertThat(browser.text()).doesNotContain("New token");
    }

    @Test
    void saysThatAUserHasNoRole() {
        provider.grant("baker");
        signIn();
        browser.see("has none of evenkeel-operator, evenkeel-viewer");
        browser.see(button());
    }

    @Test
    void renewsTheTokenBeforeItExpires() {
        provider.tokensLive(1);
        int before = provider.renewals();
        signInFrom("runs");
        browser.see("oidc:heidi (operator)");
        browser.until(() -> provider.renewals() >= before + 2);
        // A reload during a renewal would lose the new refresh token.
        provider.tokensLive(300);
        browser.until(() -> renewAt() > System.currentTimeMillis() + 100_000);
        browser.reload();
        browser.see("oidc:heidi (operator)");
    }

    /** Returns when the tab renews its token, in milliseconds of Unix time. */
    private static long renewAt() {
        return new JsonMapper()
                .readTree(String.valueOf(browser.kept().get("evenkeel.session")))
                .path("session")
                .path("renewAt")
                .asLong();
    }

    @Test
    void saysThatTheSessionIsOverWhenTheProviderStopsRenewingIt() {
        provider.tokensLive(1);
        signIn();
        browser.see("oidc:heidi (operator)");
        provider.refuse();
        browser.open("runs");
        browser.see("session at the identity provider is over");
        assertThat(browser.kept()).isEmpty();
    }

    @Test
    void showsWhyTheProviderRefused() {
        provider.refuse();
        signIn();
        browser.see("not today");
        browser.see(button());
    }

    @Test
    void refusesAResponseToNoRequest() {
        browser.visit("/?code=stolen&state=forged");
        browser.see("does not belong to a sign-in that began in this tab");
        assertThat(browser.address()).doesNotContain("stolen");
    }

    @Test
    void refusesAnIdTokenOfAnotherSignIn() {
        provider.answerWithWrongNonce();
        signIn();
        browser.see("ID token does not belong to this sign-in");
        assertThat(browser.kept()).isEmpty();
    }
}
