package io.evenkeel.engine.selection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeviceSelectorTest {

    private static final Attributes METER =
            new Attributes(new TreeMap<>(Map.of("region", "eu", "app-version", "3.10", "empty", "", "model", "m-1")));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "region=eu | true",
                "region==eu | true",
                "region=us | false",
                "region!=us | true",
                "zone!=us | true",
                "region in (us, eu) | true",
                "region notin (us,eu) | false",
                "zone notin (us) | true",
                "zone in (us) | false",
                "region | true",
                "zone | false",
                "!zone | true",
                "! region | false",
                "empty= | true",
                "empty in (,x) | true",
                "zone= | false",
                "app-version>3.9 | true",
                "app-version >= 3.10.0 | true",
                "app-version<=3.10 | true",
                "app-version<3.10 | false",
                "app-version>3 | true",
                "model>1 | false",
                "model<1 | false",
                "zone<1 | false",
                "region in (eu,us),app-version>=3.2 | true",
                "region in (eu,us),app-version>=4 | false"
            })
    void choosesAsKubernetesDoesAndComparesVersions(String text, boolean chosen) {
        assertThat(DeviceSelector.parse(text).matches(METER)).isEqualTo(chosen);
    }

    @Test
    void choosesEveryDeviceIfItIsEmpty() {
        assertThat(DeviceSelector.parse("  ")).isEqualTo(DeviceSelector.ALL);
        assertThat(DeviceSelector.ALL.matches(Attributes.NONE)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                ",region | 1 | expected a key",
                "region, | 8 | the text ends here, expected a key",
                "region eu | 8 | found 'eu', expected =, ==, !=, <, <=, >, >=, in, notin, a comma or the end",
                "region ~ eu | 8 | found '~', expected =",
                "region in eu | 11 | found 'e', expected ( after in",
                "region in (eu | 14 | the text ends here, expected a comma or )",
                "region in (eu us) | 15 | found 'u', expected a comma or )",
                "a=b c=d | 5 | found 'c', expected a comma or the end",
                "version>=new | 10 | 'new' is not a number or version, expected one such as 4096 or 3.10.2 after >=",
                "version> | 9 | the text ends here, expected one such as",
                "a,Example.com/x=y | 3 | has a prefix before the slash that is not a DNS name",
                "-a=b | 1 | has characters that are not allowed",
                "a=-b | 3 | the value '-b' has characters that are not allowed",
                "a/=b | 1 | has no name"
            })
    void reportsThePositionOfAnErrorAndWhatWasExpected(String text, int position, String message) {
        assertThatThrownBy(() -> DeviceSelector.parse(text))
                .isInstanceOfSatisfying(
                        SelectorSyntaxException.class,
                        e -> assertThat(e.position()).isEqualTo(position))
                .hasMessageStartingWith("character " + position + " of the selector: ")
                .hasMessageContaining(message);
    }

    @Test
    void refusesAValueOfMoreThan63CharactersAndATextOfMoreThan2000() {
        assertThat(DeviceSelector.parse("a=" + "x".repeat(63)).requirements()).hasSize(1);
        assertThatThrownBy(() -> DeviceSelector.parse("a=" + "x".repeat(64))).hasMessageContaining("has 64 characters");
        assertThatThrownBy(() -> DeviceSelector.parse("a,".repeat(1_001)))
                .hasMessageContaining("expected at most 2000");
    }

    @Test
    void refusesMoreThan32Requirements() {
        assertThat(DeviceSelector.parse("!zz" + ",!zz".repeat(31)).requirements())
                .hasSize(32);
        assertThatThrownBy(() -> DeviceSelector.parse("!zz" + ",!zz".repeat(32)))
                .hasMessage("character 129 of the selector: there are more than 32 requirements, expected fewer");
    }

    @Property
    void isParsedFromItsOwnText(@ForAll long seed) {
        String text = new RandomSelectors(new Random(seed)).text();
        DeviceSelector selector = DeviceSelector.parse(text);
        assertThat(DeviceSelector.parse(selector.toString())).isEqualTo(selector);
    }

    @Property
    void meansTheSameAsItsOwnText(@ForAll long seed) {
        RandomSelectors random = new RandomSelectors(new Random(seed));
        Attributes device = new Attributes(new TreeMap<>(random.attributes()));
        DeviceSelector selector = DeviceSelector.parse(random.text());
        assertThat(DeviceSelector.parse(selector.toString()).matches(device)).isEqualTo(selector.matches(device));
    }

    @Property
    void refusesAnyOtherTextWithAPositionInsideIt(@ForAll String text) {
        try {
            DeviceSelector.parse(text);
        } catch (SelectorSyntaxException e) {
            assertThat(e.position()).isBetween(1, text.length() + 1);
        }
    }

    @Test
    void sortsVersionsNumberByNumber() {
        List<String> ascending =
                List.of("0", "1", "1.0.1", "1.2", "1.10", "2", "9", "10", "10.0.0.1", "4096", "99999999999");
        List<DottedVersion> versions = ascending.stream()
                .map(text -> DottedVersion.of(text).orElseThrow())
                .toList();
        assertThat(versions).isSorted().doesNotHaveDuplicates();
        assertThat(DottedVersion.of("03.0.0")).isEqualTo(DottedVersion.of("3"));
        assertThat(DottedVersion.of("0.0")).isEqualTo(DottedVersion.of("0"));
        for (String none : List.of("", "1.", ".1", "1..2", "v1", "1-2", "1.2-rc1")) {
            assertThat(DottedVersion.of(none)).as(none).isEmpty();
        }
    }
}
