package io.evenkeel.testkit.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.logging.Level;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebDriver;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.FluentWait;
import org.openqa.selenium.support.ui.Select;
import org.openqa.selenium.support.ui.WebDriverWait;

/** A headless Chromium that shows the console. Not thread-safe. */
final class Browser implements AutoCloseable {

    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
    private static final Path SCREENSHOTS = Path.of("target", "console");
    private static final Duration MAX_WAIT = Duration.ofMinutes(1);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

    private final ChromeDriver driver;
    private final String address;
    private final List<String> delays = new ArrayList<>();

    Browser(String address) {
        this.address = address;
        ChromeOptions options = new ChromeOptions();
        options.setBinary(CHROMIUM.toString());
        options.addArguments("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars");
        // Pages do not need a GPU, and test machines have none.
        options.addArguments(
                "--disable-gpu",
                "--disable-extensions",
                "--disable-background-networking",
                "--disable-component-update",
                "--no-first-run",
                // Otherwise each page gets a new process while the previous page's process lives on.
                "--disable-features=BackForwardCache,ProactivelySwapBrowsingInstance,Translate,OptimizationHints");
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        options.setCapability("goog:loggingPrefs", logs);
        driver = new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(DRIVER.toFile())
                        .build(),
                options);
        width(1400);
    }

    /**
     * Returns whether Chromium and its driver are installed.
     *
     * @throws IllegalStateException if they are missing and EVENKEEL_REQUIRE_CHROMIUM requires them
     */
    static boolean isInstalled() {
        boolean installed = Files.isExecutable(CHROMIUM) && Files.isExecutable(DRIVER);
        if (!installed && System.getenv("EVENKEEL_REQUIRE_CHROMIUM") != null) {
            throw new IllegalStateException(
                    "there is no " + CHROMIUM + " or no " + DRIVER + ": install Debian's chromium and chromium-driver");
        }
        return installed;
    }

    void width(int pixels) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", pixels, "height", 900, "deviceScaleFactor", 1, "mobile", pixels < 600));
    }

    /** Emulates a system in dark or light mode. */
    void dark(boolean dark) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
    }

    /** Disconnects the browser from the network, or reconnects it. */
    void offline(boolean offline) {
        driver.executeCdpCommand("Network.enable", Map.of());
        driver.executeCdpCommand(
                "Network.emulateNetworkConditions",
                Map.of("offline", offline, "latency", 0, "downloadThroughput", -1, "uploadThroughput", -1));
    }

    /** Opens a page of the console in a new tab, with no session except a remembered one. */
    void open(String page) {
        driver.get("about:blank");
        driver.get(address + "/#/" + page);
    }

    /** Opens a path of the coordinator. */
    void visit(String path) {
        driver.get("about:blank");
        driver.get(address + path);
    }

    /** Delays requests whose address matches a pattern from the next page on, until {@link #delayNothing}. */
    void delay(String pattern, int milliseconds) {
        Map<String, Object> added = driver.executeCdpCommand(
                "Page.addScriptToEvaluateOnNewDocument",
                Map.of(
                        "source",
                        "{const fetched = window.fetch; window.fetch = async (address, ...rest) => {"
                                + "if (new RegExp('" + pattern + "').test(String(address)))"
                                + " await new Promise(done => setTimeout(done, " + milliseconds + "));"
                                + "return fetched(address, ...rest);}}"));
        delays.add(String.valueOf(added.get("identifier")));
    }

    void delayNothing() {
        delays.forEach(delay ->
                driver.executeCdpCommand("Page.removeScriptToEvaluateOnNewDocument", Map.of("identifier", delay)));
        delays.clear();
    }

    /** Returns the title of the tab. */
    String title() {
        return String.valueOf(driver.getTitle());
    }

    /** Returns the texts of all elements that match a selector, in the order of the page. */
    List<String> texts(String css) {
        return driver.findElements(By.cssSelector(css)).stream()
                .map(WebElement::getText)
                .toList();
    }

    /** Returns the height of an element in pixels. */
    int height(String css) {
        return await(By.cssSelector(css)).getSize().getHeight();
    }

    void reload() {
        driver.navigate().refresh();
    }

    /** Returns the address that the browser shows. */
    String address() {
        return Objects.requireNonNull(driver.getCurrentUrl());
    }

    int cookies() {
        return driver.manage().getCookies().size();
    }

    /** Returns the tab's session storage by key. */
    Map<?, ?> kept() {
        return (Map<?, ?>) Objects.requireNonNull(driver.executeScript("return {...sessionStorage}"));
    }

    /** Polls frequently, even if the page replaces elements in the meantime. */
    private FluentWait<WebDriver> waiting() {
        return new WebDriverWait(driver, MAX_WAIT, BETWEEN_LOOKS).ignoring(StaleElementReferenceException.class);
    }

    /** Waits until elements are displayed, and runs an action on them. */
    private void whenDisplayed(By place, Consumer<List<WebElement>> action) {
        waiting().until(browser -> {
            List<WebElement> found = browser.findElements(place).stream()
                    .filter(WebElement::isDisplayed)
                    .toList();
            if (found.isEmpty()) {
                return false;
            }
            action.accept(found);
            return true;
        });
    }

    void toggle(String label) {
        click(By.xpath("//label[contains(normalize-space(.), '" + label + "')]//input"));
    }

    /** Chooses an option of a list by its text. */
    void choose(String label, String option) {
        By list = By.xpath("//select[@aria-label='" + label + "'] | //label[contains(normalize-space(.), '" + label
                + "')]//select");
        whenDisplayed(list, found -> new Select(found.get(0)).selectByVisibleText(option));
    }

    /** Waits until a condition outside of the browser holds. */
    void until(BooleanSupplier condition) {
        waiting().until(browser -> condition.getAsBoolean());
    }

    void signIn(String token) {
        open("runs");
        type("Token", token);
        click("Sign in");
        see("Sign out");
    }

    /** Clears the session and the user's preferences. */
    void forget() {
        // Opens a document without scripts, since a script could store data again.
        driver.get(address + "/console/icon.svg");
        driver.executeScript("sessionStorage.clear(); localStorage.clear()");
    }

    /**
     * Replaces a field's text by typing, as a person does. {@code clear()} would change the field without an
     * input event, so a page that is redrawn before the next key press would restore the old text.
     */
    void type(String label, String text) {
        By labelled = By.xpath("//label[contains(normalize-space(.), '" + label + "')]//input | //input[@aria-label='"
                + label + "'] | //label[contains(normalize-space(.), '" + label + "')]//textarea");
        whenDisplayed(labelled, found -> {
            String all = Keys.chord(Keys.CONTROL, "a");
            found.get(0).sendKeys(all, text.isEmpty() ? Keys.DELETE : text);
        });
    }

    /** Clicks the last visible button or link with that name, which is the one in the newest dialog. */
    void click(String name) {
        By named = By.xpath("//button[normalize-space(.)='" + name + "'] | //a[normalize-space(.)='" + name + "']");
        whenDisplayed(named, found -> found.get(found.size() - 1).click());
    }

    /** Presses a key on a button or link, like a user without a mouse. */
    void press(String name, Keys key) {
        By named = By.xpath("//button[normalize-space(.)='" + name + "'] | //a[normalize-space(.)='" + name + "']");
        whenDisplayed(named, found -> found.get(found.size() - 1).sendKeys(key));
    }

    /** Clicks the first visible element that matches a selector. */
    void click(By place) {
        whenDisplayed(place, found -> found.get(0).click());
    }

    void see(String text) {
        waiting().withMessage(() -> "expected '" + text + "' in: " + text()).until(browser -> text().contains(text));
    }

    void seeNoLonger(String text) {
        waiting()
                .withMessage(() -> "did not expect '" + text + "' in: " + text())
                .until(browser -> !text().contains(text));
    }

    WebElement await(By place) {
        return waiting().until(browser -> browser.findElement(place));
    }

    int count(String css) {
        return driver.findElements(By.cssSelector(css)).size();
    }

    String text() {
        return driver.findElement(By.tagName("body")).getText();
    }

    /** Returns the violations of WCAG 2.2 AA that axe-core finds, one line for each. */
    List<?> violations() {
        driver.executeScript(axe());
        Object found = driver.executeAsyncScript("const done = arguments[arguments.length - 1];"
                + "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"
                + ".then(result => done(result.violations.map(one => one.id + ': ' + one.help + ' '"
                + " + one.nodes.map(node => node.html + ' ' + node.failureSummary).join(' | '))))");
        return (List<?>) Objects.requireNonNull(found);
    }

    private static String axe() {
        try (InputStream in = Objects.requireNonNull(Browser.class.getResourceAsStream("/axe.min.js"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the browser's error messages since the last call: policy violations, script errors, missing files. */
    List<String> errors() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
                .map(entry -> entry.getMessage())
                .toList();
    }

    /**
     * Checks a page on a phone in dark mode and saves a screenshot; with {@code -Pfull}, in both themes on a phone and
     * on a desktop. {@code show} displays the page each time. Leaves the browser in a light desktop window.
     */
    void looksRight(String name, Runnable show) {
        looksRight(name, true, true, show);
        if (Boolean.getBoolean("evenkeel.test.full")) {
            looksRight(name, true, false, show);
            looksRight(name, false, true, show);
            looksRight(name, false, false, show);
        }
        width(1400);
        dark(false);
    }

    private void looksRight(String name, boolean phone, boolean dark, Runnable show) {
        width(phone ? 390 : 1400);
        dark(dark);
        show.run();
        String picture = name.replace('/', '-') + (phone ? "-390" : "-1400") + (dark ? "-dark" : "-light");
        screenshot(picture);
        assertThat(violations()).as(picture).isEmpty();
        assertThat(scrollsSideways()).as(picture).isFalse();
        assertThat(height("header.top")).as(picture).isLessThan(phone ? 64 : 120);
    }

    /** Returns whether the page is wider than the window. */
    private boolean scrollsSideways() {
        return Boolean.TRUE.equals(driver.executeScript(
                "return document.documentElement.scrollWidth > document.documentElement.clientWidth"));
    }

    /** Saves a screenshot of the whole page under target/console. */
    void screenshot(String name) {
        try {
            Files.createDirectories(SCREENSHOTS);
            Files.write(SCREENSHOTS.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        driver.quit();
    }
}
