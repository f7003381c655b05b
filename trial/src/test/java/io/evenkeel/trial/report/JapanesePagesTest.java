package io.evenkeel.trial.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.trial.cost.CostModel;
import io.evenkeel.trial.cost.Decision;
import io.evenkeel.trial.cost.Deployment;
import io.evenkeel.trial.cost.Prices;
import io.evenkeel.trial.result.ArmSummary;
import io.evenkeel.trial.result.ResultsFolder;
import io.evenkeel.trial.result.Summary;
import io.evenkeel.trial.text.Language;
import io.evenkeel.trial.text.Texts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that Japanese pages contain only those English words that the catalogue or the data contains. */
class JapanesePagesTest {

    private static final Pattern WORD = Pattern.compile("[A-Za-z]{3,}");
    private static final Texts JAPANESE = Texts.in(Language.JAPANESE);

    private static TrialResults trial(String name) throws IOException {
        return TrialResults.read(ResultsFolder.open(Path.of("..", "client-sdk", "vectors", "trials", name)));
    }

    private static Set<String> words(String text) {
        return WORD.matcher(text)
                .results()
                .map((MatchResult match) -> match.group().toLowerCase(Locale.ROOT))
                .collect(Collectors.toCollection(HashSet::new));
    }

    /** Returns the words of the catalogue, the experiment, and the summary's methods and machine. */
    private static Set<String> allowed(TrialResults trial) throws IOException {
        byte[] catalogue = Objects.requireNonNull(Texts.class.getResourceAsStream("texts_ja.properties"))
                .readAllBytes();
        StringBuilder text = new StringBuilder();
        new String(catalogue, StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.contains(" = "))
                .forEach(line ->
                        text.append(line, line.indexOf(" = "), line.length()).append('\n'));
        text.append(trial.yaml()).append(trial.folder());
        text.append(trial.summary().environment());
        for (ArmSummary arm : trial.summary().arms()) {
            text.append(' ').append(arm.algorithm()).append(' ').append(arm.feedback());
            text.append(' ')
                    .append(arm.step())
                    .append(' ')
                    .append(arm.gamma())
                    .append(' ')
                    .append(arm.eta());
            text.append(' ').append(arm.compressor());
        }
        Set<String> words = words(text.toString());
        words.addAll(Set.of("eur", "experiment", "yaml"));
        words.addAll(words("downlink=top-k:0.1+natural"));
        return words;
    }

    /** Returns the visible text, including descriptions of pictures, but without commands and files. */
    private static String read(String page) {
        return page.replaceAll("(?s)<style>.*?</style>", " ")
                .replaceAll("(?s)<pre[^>]*>.*?</pre>", " ")
                .replaceAll("<[^>]*aria-label=\"([^\"]*)\"[^>]*>", " $1 ")
                .replaceAll("<[^>]*>", " ")
                .replaceAll("&[a-z]+;", " ")
                // The rest of a shortened name is not a word.
                .replaceAll("[^\\s<>]*…[^\\s<>]*", " ");
    }

    private static void assertJapanese(TrialResults trial, String page) throws IOException {
        assertThat(page).contains("<html lang=\"ja\">");
        Set<String> english = words(read(page));
        english.removeAll(allowed(trial));
        english.removeAll(words(trial.summary().problem().description()));
        assertThat(english).as("English words in the page").isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"softmax", "perceptron", "python"})
    void aJapaneseReportAddsNoEnglishText(String name) throws IOException {
        TrialResults trial = trial(name);
        assertJapanese(trial, new TrialReport(JAPANESE, Prices.DEFAULT, Deployment.DEFAULT).page(trial));
    }

    @ParameterizedTest
    @ValueSource(strings = {"softmax", "perceptron", "python"})
    void aJapaneseDecisionPageAddsNoEnglishText(String name) throws IOException {
        TrialResults trial = trial(name);
        Summary summary = trial.summary();
        CostModel model = CostModel.of(
                trial.experiment(),
                summary,
                CostModel.hardestTarget(summary),
                Prices.DEFAULT,
                new Deployment(10, 1, 1e7, 1, 1, 0.06));
        assertJapanese(trial, DecisionPage.of(JAPANESE, new Decision(model)));
    }
}
