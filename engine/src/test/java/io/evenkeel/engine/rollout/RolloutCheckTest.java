package io.evenkeel.engine.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.evenkeel.engine.problem.ProblemException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class RolloutCheckTest {

    @ParameterizedTest
    @CsvSource(
            delimiterString = "->",
            value = {
                "'groups': [{}] -> groups[0]: has 0 of share, devices and selector, expected one of them",
                "'groups': [{'share': 0.5, 'devices': 3}] -> groups[0]: has 2 of share, devices and selector, expected one of them",
                "'groups': [{'share': 0.5}, {'share': 0.5}] -> groups[1].share: is not above the one before: a group includes the devices of the smaller ones",
                "'groups': [{'devices': 5}, {'share': 1}, {'devices': 2}] -> groups[2].devices: is not above the one before: a group includes the devices of the smaller ones",
                "'groups': [{'selector': 'a in'}] -> groups[0].selector: character 5 of the selector: the text ends here, expected ( after in",
                "'groups': [{'share': 1, 'name': '\\u0007'}] -> groups[0].name: contains U+0007 as character 1, expected no control, format or line-separating characters",
                "'description': ' ', 'groups': [{'share': 1}] -> description: is blank, expected at least one visible character",
                "'seenWithin': 'PT1M', 'groups': [{'share': 1}] -> seenWithin: is 1m, expected 10m to 365d",
                "'groupTime': 'PT0.001S', 'groups': [{'share': 1}] -> groupTime: is 1ms, expected 1s to 365d",
                "'groupTime': 'PT1H', 'minTime': 'PT2H', 'groups': [{'share': 1}] -> minTime: is 2h, expected at most groupTime, which is 1h",
                "'groups': [{'share': 1}], 'metrics': [{'name': 'a', 'margin': 0}, {'name': 'a', 'margin': 1}] ->"
                        + " metrics[1].name: is listed twice, expected each metric once",
            },
            quoteCharacter = '`')
    void reportsWhatIsWrongWithADefinition(String fields, String fault) {
        RolloutDefinition definition = JsonMapper.shared()
                .readValue(
                        ("{'model': 'm', 'version': 2, 'alias': 'production', " + fields + "}").replace('\'', '"'),
                        RolloutDefinition.class);
        ProblemException refused = assertThrows(ProblemException.class, () -> RolloutCheck.check(definition));
        assertThat(refused.detail()).isEqualTo(fault);
        assertThat(refused.members().get("field")).isEqualTo(fault.substring(0, fault.indexOf(": ")));
    }
}
