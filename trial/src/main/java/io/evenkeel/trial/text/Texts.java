package io.evenkeel.trial.text;

import java.text.MessageFormat;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.ResourceBundle;

/**
 * The catalogue of a report's texts: texts.properties contains the English ones, texts_ja.properties the Japanese ones,
 * in UTF-8 and with the placeholders of {@link MessageFormat}, which needs doubled apostrophes. Pages contain no other
 * text.
 */
public final class Texts {

    private static final String CATALOGUE = "io.evenkeel.trial.text.texts";

    private final Language language;
    private final ResourceBundle bundle;

    private Texts(Language language, ResourceBundle bundle) {
        this.language = language;
        this.bundle = bundle;
    }

    public static Texts in(Language language) {
        Locale locale = language == Language.ENGLISH ? Locale.ROOT : language.locale();
        return of(language, ResourceBundle.getBundle(CATALOGUE, locale, Texts.class.getClassLoader()));
    }

    public static Texts of(Language language, ResourceBundle bundle) {
        return new Texts(language, bundle);
    }

    public Language language() {
        return language;
    }

    /**
     * Returns a text with its placeholders filled.
     *
     * @param values the placeholders' values; numbers only for texts with a choice, such as singular or plural
     * @throws java.util.MissingResourceException if there is no such text
     */
    public String get(String key, Object... values) {
        return new MessageFormat(bundle.getString(key), Locale.ROOT).format(values);
    }

    /** Returns the texts of several keys with a common prefix. */
    public List<String> list(String prefix, String... keys) {
        return Arrays.stream(keys).map(key -> get(prefix + key)).toList();
    }

    public boolean has(String key) {
        return bundle.containsKey(key);
    }

    public String pattern(String key) {
        return bundle.getString(key);
    }
}
