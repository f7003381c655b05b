package io.evenkeel.trial.report;

import io.evenkeel.trial.plot.Markup;
import io.evenkeel.trial.text.Language;
import io.evenkeel.trial.text.Texts;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * A self-contained page: it includes its style, loads nothing and runs no script; its Content-Security-Policy forbids
 * both.
 */
public final class Page {

    /** The file's name in a results folder. */
    public static final String NAME = "report.html";

    private static final String STYLE = style();
    private static final String NO_EXTERNAL_CONTENT = "default-src 'none'; style-src 'unsafe-inline'";

    private Page() {}

    private static String style() {
        try (InputStream in = Objects.requireNonNull(Page.class.getResourceAsStream("report.css"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns an English page around its main part. */
    public static String of(String title, Markup main) {
        return of(Texts.in(Language.ENGLISH), title, main);
    }

    /** Returns the page around its main part. */
    public static String of(Texts texts, String title, Markup main) {
        Markup page = new Markup().open("html", "lang", texts.language().code()).open("head");
        page.empty("meta", "charset", "utf-8");
        page.empty("meta", "http-equiv", "Content-Security-Policy", "content", NO_EXTERNAL_CONTENT);
        page.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
        page.empty("meta", "name", "color-scheme", "content", "light dark");
        page.element("title", title);
        page.element("style", STYLE);
        page.close().open("body").open("main").add(main).close();
        page.element("footer", texts.get("page.footer"));
        return "<!DOCTYPE html>\n" + page.close().close();
    }
}
