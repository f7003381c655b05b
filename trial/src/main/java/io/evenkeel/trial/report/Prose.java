package io.evenkeel.trial.report;

import io.evenkeel.trial.plot.Markup;
import java.util.List;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;

/** Renders findings in Markdown as part of a page. HTML in them becomes text. */
public final class Prose {

    private static final List<Extension> TABLES = List.of(TablesExtension.create());
    private static final Parser PARSER = Parser.builder().extensions(TABLES).build();
    private static final HtmlRenderer RENDERER = HtmlRenderer.builder()
            .extensions(TABLES)
            .escapeHtml(true)
            .sanitizeUrls(true)
            .softbreak(" ")
            .build();

    private Prose() {}

    public static Markup of(String markdown) {
        String html = RENDERER.render(PARSER.parse(Markup.harmless(markdown)));
        // A wide table scrolls on its own. Text cannot contain these elements, since the renderer escapes it.
        return new Markup()
                .html(html.replace("<table>", "<div class=\"scroll\" tabindex=\"0\"><table>")
                        .replace("</table>", "</table></div>"));
    }
}
