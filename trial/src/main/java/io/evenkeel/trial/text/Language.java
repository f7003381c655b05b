package io.evenkeel.trial.text;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** A language of reports. */
public enum Language {
    ENGLISH("en"),
    JAPANESE("ja");

    private final String code;

    Language(String code) {
        this.code = code;
    }

    /** Returns its ISO 639 code, for pages and file names. */
    public String code() {
        return code;
    }

    public Locale locale() {
        return Locale.forLanguageTag(code);
    }

    /**
     * Reads a code.
     *
     * @throws IllegalArgumentException if there is no such language; the message lists the known ones
     */
    public static Language parse(String code) {
        return Arrays.stream(values())
                .filter(language -> language.code.equals(code))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("--lang is '" + code + "', expected one of "
                        + Arrays.stream(values()).map(Language::code).collect(Collectors.joining(", "))));
    }
}
