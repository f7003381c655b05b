package io.evenkeel.coordinator.platform.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.coordinator.CoordinatorApplication;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.util.unit.DataSize;

@ExtendWith(OutputCaptureExtension.class)
class SettingValuesTest {

    enum Place {
        FOLDER,
        DATABASE,
        ONLY_MEMORY
    }

    record Sample(
            @DefaultValue("folder") Place place,
            @DefaultValue("10s") Duration timeout,
            @DefaultValue("16KB") DataSize inline,
            @DefaultValue("1") int count,
            @DefaultValue("1") long bytes,
            @DefaultValue("0.5") double fraction,
            @DefaultValue("true") boolean enabled) {

        Sample {
            SettingRule.require("sample.count", count > 0, count, "at least 1");
        }
    }

    private static void check(String name, String value) {
        ConfigurableEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("test", Map.of(name, value)));
        SettingValues.require(environment, Map.of("evenkeel.sample", Sample.class));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "place | floder | expected folder, database, only-memory: did you mean folder?",
                "place | nowhere | expected folder, database, only-memory (",
                "timeout | 10 parsecs | expected a time such as 500ms, 30s, 10m or 7d",
                "inline | 16 KKB | expected a size such as 500B, 64KB or 100MB",
                "count | 3000000000 | expected an integer of at most 2147483647",
                "bytes | 9223372036854775808 | expected an integer of at most 9223372036854775807",
                "count | many | expected an integer (",
                "count | 0 | expected at least 1",
                "fraction | half | expected a number",
                "enabled | sometimes | expected true or false"
            })
    void namesTheSettingItsValueAndWhatIsExpected(String name, String value, String expected) {
        assertThatThrownBy(() -> check("evenkeel.sample." + name, value))
                .isInstanceOf(WrongSettingsException.class)
                .hasMessageStartingWith("  evenkeel.sample." + name + " is " + value + ", expected ")
                .hasMessageContaining(expected)
                .hasMessageNotContaining("\n");
    }

    @Test
    void acceptsValidValuesAndDefaults() {
        assertThatCode(() -> check("evenkeel.sample.place", "Only-Memory")).doesNotThrowAnyException();
        assertThatCode(() -> check("evenkeel.sample.timeout", "2m")).doesNotThrowAnyException();
    }

    @Test
    void stopsTheStartBeforeTheDatabaseIsOpenedAndNamesAllWrongValues(CapturedOutput output) {
        assertThatThrownBy(() -> new SpringApplication(CoordinatorApplication.class)
                        .run(
                                "--evenkeel.storage.kind=floder",
                                "--evenkeel.events.streams=-1",
                                "--evenkeel.rounds.tick=soon",
                                "--spring.datasource.url=jdbc:none:x"))
                .isInstanceOf(RuntimeException.class);
        assertThat(output.getAll())
                .contains(
                        "APPLICATION FAILED TO START",
                        "evenkeel.storage.kind is floder, expected folder, s3, database: did you mean folder?",
                        "evenkeel.events.streams is -1, expected 0 or more",
                        "evenkeel.rounds.tick is soon, expected a time such as 500ms, 30s, 10m or 7d")
                .doesNotContain("evk_op_", "jdbc:none", "Error creating bean");
    }
}
