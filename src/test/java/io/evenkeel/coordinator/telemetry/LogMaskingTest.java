package io.evenkeel.coordinator.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.access.Credential;
import io.evenkeel.coordinator.testing.LogSettingsReset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** No log format writes a credential, wherever it occurs in a line. */
@ExtendWith({OutputCaptureExtension.class, LogSettingsReset.class})
class LogMaskingTest {

    private static final Logger LOG = LoggerFactory.getLogger(LogMaskingTest.class);
    private static final String DEVICE = Credential.newDeviceToken(Credential.newId());
    private static final String ENROLMENT = Credential.newEnrolmentToken();
    private static final String OPERATOR = Credential.newOperatorToken();
    private static final String VIEWER = "evk_view_" + OPERATOR.substring(Credential.OPERATOR_PREFIX.length());
    /** A token in another format, such as an identity provider's; an operator may configure one of any format. */
    private static final String OTHER = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl-_";

    @TempDir
    private Path folder;

    static Stream<List<String>> forms() {
        return Stream.of(
                List.of(),
                List.of("--logging.structured.format.console=ecs", "--logging.structured.format.file=ecs"),
                List.of("--logging.structured.format.console=logstash", "--logging.structured.format.file=logstash"),
                List.of("--logging.pattern.console=%m %mdc %ex%n", "--logging.pattern.file=%m %mdc %ex%n"));
    }

    @ParameterizedTest
    @MethodSource("forms")
    void writesNoCredentialOfAMessageAnExceptionOrTheContext(List<String> form, CapturedOutput console)
            throws IOException {
        Path file = folder.resolve("evenkeel.log");
        List<String> arguments = new ArrayList<>(form);
        arguments.add("--logging.file.name=" + file);

        MDC.put("caller", VIEWER);
        try (ConfigurableApplicationContext application = application(arguments)) {
            assertThat(application.isActive()).isTrue();
            LOG.info("Größe {}, {}, authorization: Bearer {}", DEVICE, VIEWER, OTHER);
            LOG.error("Failed", failure());
        } finally {
            MDC.remove("caller");
        }

        assertThat(Files.readString(file))
                .contains("Größe evk_dev_***")
                .matches(text -> text.startsWith("{") == form.toString().contains("structured"), "has the form");
        for (String written : List.of(console.getAll(), Files.readString(file))) {
            assertThat(written)
                    .contains("evk_dev_***, evk_view_***, authorization: Bearer ***")
                    .contains("no such token: evk_op_***", "a cause of the failure, evk_enrol_***")
                    .doesNotContainPattern("evk_[a-z]+_\\w")
                    .doesNotContain("eyJ");
        }
    }

    private static ConfigurableApplicationContext application(List<String> arguments) {
        return new SpringApplicationBuilder(Nothing.class)
                .web(WebApplicationType.NONE)
                .run(arguments.toArray(String[]::new));
    }

    private static Exception failure() {
        Exception failure = new IllegalStateException(
                "no such token: " + OPERATOR, new IOException("a cause of the failure, " + ENROLMENT));
        failure.addSuppressed(new IOException("beside it: " + DEVICE));
        return failure;
    }

    /** An empty application. */
    @Configuration(proxyBeanMethods = false)
    static class Nothing {}
}
