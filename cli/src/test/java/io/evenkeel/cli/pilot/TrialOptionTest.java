package io.evenkeel.cli.pilot;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.trial.experiment.ExperimentFile;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TrialOptionTest {

    private static Stream<TrialOption> options() {
        return TrialOption.all().stream().filter(option -> !option.path().isEmpty());
    }

    @ParameterizedTest
    @MethodSource("options")
    void setsTheSettingOfItsPath(TrialOption option) {
        Object value = switch (option.type()) {
            case "integer" -> 3;
            case "number" -> 0.5;
            case "flag" -> true;
            case "integers" -> List.of(3L);
            case "texts", "repeated" -> List.of("loss:0.5");
            default -> "text";
        };
        Map<String, Object> settings = new LinkedHashMap<>();
        ExperimentOptions.put(settings, option.path(), value);
        assertThat(ExperimentFile.draft(settings)).isNotEqualTo(ExperimentFile.draft(Map.of()));
    }
}
