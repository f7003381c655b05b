package io.evenkeel.trial.report;

import io.evenkeel.trial.text.Figures;
import io.evenkeel.trial.text.Language;
import io.evenkeel.trial.text.Texts;
import java.text.MessageFormat;
import java.text.ParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Translates the reason why an arm was worse. summary.json contains one of a few English sentences, which are
 * recognised with the English catalogue; other sentences are unchanged.
 */
final class ReasonWords {

    static final List<String> KEYS = List.of(
            "diagnosis.diverged",
            "diagnosis.too-few",
            "diagnosis.shrunk",
            "diagnosis.small",
            "diagnosis.circling.constant",
            "diagnosis.circling",
            "diagnosis.short",
            "diagnosis.mixed",
            "diagnosis.live.falling",
            "diagnosis.live.rising");

    private static final Texts ENGLISH = Texts.in(Language.ENGLISH);

    private final Texts texts;

    ReasonWords(Texts texts) {
        this.texts = texts;
    }

    String of(String reason) {
        String plain = reason.replace("||grad f||", "‖∇f‖");
        for (String key : KEYS) {
            try {
                Object[] values = new MessageFormat(ENGLISH.pattern(key), Locale.ROOT).parse(plain);
                return texts.get(key, Arrays.stream(values).map(this::word).toArray());
            } catch (ParseException e) {
                // The reason does not match this sentence; try the next one.
            }
        }
        return plain;
    }

    /** Translates a reason within a reason: why a run diverged. */
    private Object word(Object value) {
        return value instanceof String text && text.contains("x^") ? new Figures(texts).divergence(text) : value;
    }
}
