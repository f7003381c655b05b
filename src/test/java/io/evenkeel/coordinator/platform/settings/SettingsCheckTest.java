package io.evenkeel.coordinator.platform.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.coordinator.CoordinatorApplication;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

@ExtendWith(OutputCaptureExtension.class)
class SettingsCheckTest {

    private static final KnownSettings KNOWN =
            new KnownSettings(KnownSettings.of("evenkeel", Sample.class).toList());

    private record Sample(String data, String operatorToken, Limits limits, List<String> hosts) {

        private record Limits(int slowestBody) {}
    }

    private static void check(PropertySource<?> source) {
        ConfigurableEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().remove(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
        environment.getPropertySources().addFirst(source);
        SettingsCheck.require(environment, KNOWN);
    }

    private static PropertySource<?> variable(String name, String value) {
        return new SystemEnvironmentPropertySource(
                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, Map.of(name, value));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--prot=1234 | --prot: did you mean --port?",
                "--dta | --dta: did you mean --data?",
                "--verbose | --verbose",
                "--port | --port needs a value",
                "1234 | '1234' belongs to no option",
                "--server.prot=1234 | --server.prot: did you mean --server.port?",
                "--spring.datasource.ulr=x | --spring.datasource.ulr: did you mean --spring.datasource.url?",
                "--evenkeel.limits.slowest=1 | --evenkeel.limits.slowest: did you mean --evenkeel.limits.slowest-body?"
            })
    void refusesAnUnknownOption(String option, String fault) {
        assertThatThrownBy(() -> check(new SimpleCommandLinePropertySource(option)))
                .isInstanceOf(WrongSettingsException.class)
                .hasMessage("  " + fault + (fault.endsWith("a value") ? ", such as --port=8080 or --data=./data" : "")
                        + (fault.startsWith("'") ? ": write --name=value" : ""));
    }

    @Test
    void guessesOnlyNamesThatAreNear() {
        assertThatThrownBy(() -> check(new SimpleCommandLinePropertySource("--evenkeel.nosuch=1")))
                .hasMessage("  --evenkeel.nosuch");
        assertThatThrownBy(() -> check(new SimpleCommandLinePropertySource("--verbose")))
                .hasMessage("  --verbose");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--debug",
                "--server.port=1",
                "--evenkeel.operatorToken=x",
                "--evenkeel.limits.slowestBody=1",
                "--evenkeel.hosts[0]=x",
                "--spring.profiles.active=tracing",
                "--spring.config.additional-location=file:x",
                "--spring.datasource.hikari.connection-timeout=1000",
                "--spring.jpa.properties.hibernate.x=1",
                "--logging.level.io.evenkeel=debug",
                "--management.endpoints.web.exposure.include=health"
            })
    void acceptsOptionsOfSpringBootAndItsOwn(String option) {
        assertThatCode(() -> check(new SimpleCommandLinePropertySource(option))).doesNotThrowAnyException();
    }

    @Test
    void refusesAnUnknownVariableWithoutItsValue() {
        assertThatThrownBy(() -> check(variable("EVENKEEL_OPERTOR_TOKEN", "a-secret")))
                .hasMessage("  EVENKEEL_OPERTOR_TOKEN (environment): did you mean EVENKEEL_OPERATOR_TOKEN?");
        assertThatThrownBy(() -> check(variable("EVENKEEL_LIMITS_PORT", "8080")))
                .hasMessageContaining("LIMITS_PORT");
    }

    @ParameterizedTest
    @CsvSource({
        "EVENKEEL_OPERATOR_TOKEN, x",
        "EVENKEEL_OPERATORTOKEN, x",
        "EVENKEEL_LIMITS_SLOWESTBODY, 1",
        "EVENKEEL_URL, http://localhost",
        "EVENKEEL_PORT, 8080",
        "EVENKEEL_PORT, tcp://10.0.0.1:8080",
        "EVENKEEL_SERVICE_HOST, 10.0.0.1",
        "EVENKEEL_METRICS_SERVICE_PORT_HTTP, 8081",
        "EVENKEEL_METRICS_PORT, tcp://10.0.0.1:8081",
        "EVENKEEL_PORT_8080_TCP_ADDR, 10.0.0.1",
        "SOMETHING_ELSE, x"
    })
    void acceptsVariablesOfOtherProgramsAndOfKubernetes(String name, String value) {
        assertThatCode(() -> check(variable(name, value))).doesNotThrowAnyException();
    }

    @Test
    void namesTheLineOfAFileAndAllFaultsAtOnce() throws Exception {
        String yaml =
                "evenkeel:\n  data: x\n  limit:\n    slowest-body: 1\n  hosts:\n    - a\n  operator-tokn: secret\n";
        PropertySource<?> file = new YamlPropertySourceLoader()
                .load(
                        "application.yml",
                        new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8), "application.yml"))
                .get(0);
        assertThatThrownBy(() -> check(file))
                .hasMessageContaining("evenkeel.limit.slowest-body (")
                .hasMessageContaining("4:19): did you mean evenkeel.limits.slowest-body?")
                .hasMessageContaining("7:18): did you mean evenkeel.operator-token?")
                .hasMessageNotContaining("secret");
    }

    @Test
    void stopsTheStartBeforeTheDatabaseIsOpened(CapturedOutput output) {
        assertThatThrownBy(() -> new SpringApplication(CoordinatorApplication.class)
                        .run("--prot", "1234", "--evenkeel.round.tick=1s", "--spring.datasource.url=jdbc:none:x"))
                .isInstanceOf(RuntimeException.class);
        assertThat(output.getAll())
                .contains(
                        "APPLICATION FAILED TO START",
                        "--prot: did you mean --port?",
                        "'1234' belongs to no option",
                        "--evenkeel.round.tick: did you mean --evenkeel.rounds.tick?",
                        "docs/settings.md")
                .doesNotContain("evk_op_", "jdbc:none");
    }
}
