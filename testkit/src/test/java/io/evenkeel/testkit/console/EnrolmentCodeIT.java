package io.evenkeel.testkit.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.zxing.BinaryBitmap;
import com.google.zxing.DecodeHintType;
import com.google.zxing.RGBLuminanceSource;
import com.google.zxing.ReaderException;
import com.google.zxing.common.HybridBinarizer;
import com.google.zxing.qrcode.QRCodeReader;
import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.Gradient;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;

/** A device enrols with the QR code on the screen. */
@BrowserTest
class EnrolmentCodeIT {

    private final ConsoleScene scene;
    private final Browser browser;

    EnrolmentCodeIT(ConsoleScene scene) {
        this.scene = scene;
        this.browser = scene.browser();
    }

    @BeforeEach
    void signIn() {
        browser.signIn(scene.coordinator().token());
    }

    private void makeToken(String run) {
        browser.open("tokens");
        browser.click(By.xpath("//button[normalize-space(.)='New token']"));
        browser.type("For run", run);
        browser.click("Create");
        browser.see("shown once");
    }

    /** Reads the code in a screenshot as soon as it is drawn. */
    private String code() {
        browser.until(() -> !decoded().isEmpty());
        return decoded();
    }

    private String decoded() {
        byte[] png = browser.await(By.cssSelector("canvas")).getScreenshotAs(OutputType.BYTES);
        try {
            BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
            int[] pixels = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
            var source = new RGBLuminanceSource(image.getWidth(), image.getHeight(), pixels);
            return new QRCodeReader()
                    .decode(
                            new BinaryBitmap(new HybridBinarizer(source)),
                            Map.of(DecodeHintType.TRY_HARDER, Boolean.TRUE))
                    .getText();
        } catch (ReaderException e) {
            // Nothing is drawn yet.
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void takesADeviceIntoItsRun() throws Exception {
        scene.operator().createRun(Map.of("name", "scanned", "dimension", 4, "algorithm", "ef21-norm", "rounds", 2));
        makeToken("scanned");
        browser.screenshot("enrolment-code");
        assertThat(browser.violations()).isEmpty();
        String code = code();
        Thread device = new Thread(() -> train(code));
        device.start();
        browser.open("runs/scanned");
        browser.see("scanned-device");
        scene.operator().start("scanned");
        browser.see("finished");
        device.join();
    }

    private static void train(String code) {
        try (EvenkeelClient client = EvenkeelClient.fromEnrolmentUri(code)
                .name("scanned-device")
                .memoryState()
                .build()) {
            client.train(model -> Gradient.of(new double[] {1, 2, 3, 4}, 1, 0.5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void canBeReadInADarkThemeAndHasTheAddressOfTheForm() {
        canBeRead(true);
    }

    @Test
    @Tag("full")
    void canBeReadInALightThemeAndHasTheAddressOfTheForm() {
        canBeRead(false);
    }

    private void canBeRead(boolean dark) {
        browser.dark(dark);
        makeToken("");
        browser.type("address for devices", "https://fleet.example:8443/edge");
        browser.see("coordinator=https%3A%2F%2Ffleet.example%3A8443%2Fedge");
        String token = browser.await(By.cssSelector("code.secret")).getText();
        String uri = "evenkeel://enrol?coordinator=https%3A%2F%2Ffleet.example%3A8443%2Fedge&token=" + token;
        // The code of the previous address stays on the screen until the new one is drawn.
        browser.until(() -> decoded().equals(uri));
    }
}
