package io.evenkeel.trial.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TextsTest {

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{(\\d)[,}]");

    private static Properties catalogue(String name) throws IOException {
        try (Reader in = new InputStreamReader(
                Objects.requireNonNull(Texts.class.getResourceAsStream(name)), StandardCharsets.UTF_8)) {
            Properties all = new Properties();
            all.load(in);
            return all;
        }
    }

    private static Set<String> placeholders(String text) {
        return PLACEHOLDER
                .matcher(text)
                .results()
                .map((MatchResult match) -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void bothLanguagesHaveTheSameTexts() throws IOException {
        assertThat(catalogue("texts_ja.properties").keySet())
                .containsExactlyInAnyOrderElementsOf(
                        catalogue("texts.properties").keySet());
    }

    @Test
    void bothLanguagesHaveTheSamePlaceholders() throws IOException {
        Properties english = catalogue("texts.properties");
        Properties japanese = catalogue("texts_ja.properties");
        for (String key : english.stringPropertyNames()) {
            // A language may leave out a value that a sentence does not need, but no sentence may refer to a
            // value that is not given.
            assertThat(placeholders(japanese.getProperty(key)))
                    .as(key)
                    .isEqualTo(placeholders(english.getProperty(key)));
        }
    }

    @Test
    void everyTextIsAWellFormedPattern() throws IOException {
        for (Language language : Language.values()) {
            Texts texts = Texts.in(language);
            Object[] values = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
            for (String key : catalogue("texts.properties").stringPropertyNames()) {
                assertThat(texts.get(key, values))
                        .as(language + " " + key)
                        .isNotBlank()
                        .doesNotContain("{")
                        .doesNotContain("''");
            }
        }
    }

    @Test
    void japaneseTextsAreInJapanese() throws IOException {
        Properties japanese = catalogue("texts_ja.properties");
        Pattern letters = Pattern.compile("\\p{IsHiragana}|\\p{IsKatakana}|\\p{IsHan}");
        for (String key : japanese.stringPropertyNames()) {
            String text = japanese.getProperty(key);
            boolean words = text.replaceAll("\\{\\d[^}]*}", "").matches("(?s).*[A-Za-z]{3}.*");
            assertThat(!words || letters.matcher(text).find())
                    .as(key + " = " + text)
                    .isTrue();
        }
    }

    @Test
    void namesTheLanguagesItKnows() {
        assertThat(Language.parse("ja")).isEqualTo(Language.JAPANESE);
        assertThatThrownBy(() -> Language.parse("fr"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("--lang is 'fr', expected one of en, ja");
    }
}
