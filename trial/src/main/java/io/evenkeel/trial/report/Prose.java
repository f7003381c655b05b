package io.evenkeel.trial.report;

import io.evenkeel.trial.plot.Markup;
import java.util.List;
import java.util.Map;
import org.commonmark.ext.gfm.tables.TableBlock;
import org.commonmark.ext.gfm.tables.TableBody;
import org.commonmark.ext.gfm.tables.TableCell;
import org.commonmark.ext.gfm.tables.TableHead;
import org.commonmark.ext.gfm.tables.TableRow;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.BulletList;
import org.commonmark.node.Code;
import org.commonmark.node.Emphasis;
import org.commonmark.node.Heading;
import org.commonmark.node.ListItem;
import org.commonmark.node.Node;
import org.commonmark.node.Paragraph;
import org.commonmark.node.SoftLineBreak;
import org.commonmark.node.StrongEmphasis;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;
import org.jspecify.annotations.Nullable;

/**
 * Renders findings in Markdown as part of a page: headings, paragraphs, lists and tables. Other Markdown is not
 * supported.
 */
public final class Prose {

    private static final Parser PARSER =
            Parser.builder().extensions(List.of(TablesExtension.create())).build();
    private static final Map<Class<? extends Node>, String> ELEMENTS = Map.of(
            Paragraph.class, "p",
            BulletList.class, "ul",
            ListItem.class, "li",
            StrongEmphasis.class, "strong",
            Emphasis.class, "em",
            TableHead.class, "thead",
            TableBody.class, "tbody",
            TableRow.class, "tr");

    private Prose() {}

    public static Markup of(String markdown) {
        Markup to = new Markup();
        children(PARSER.parse(markdown), to);
        return to;
    }

    private static void children(Node parent, Markup to) {
        for (Node node = parent.getFirstChild(); node != null; node = node.getNext()) {
            write(node, to);
        }
    }

    private static void write(Node node, Markup to) {
        String element = element(node);
        if (node instanceof Text text) {
            to.text(text.getLiteral());
        } else if (node instanceof Code code) {
            to.open("code").text(code.getLiteral()).closeInline();
        } else if (node instanceof SoftLineBreak) {
            to.text(" ");
        } else if (node instanceof TableBlock) {
            to.open("div", "class", "scroll", "tabindex", "0").open("table");
            children(node, to);
            to.close().close();
        } else if (element == null) {
            children(node, to);
        } else {
            to.open(element);
            children(node, to);
            if (node instanceof StrongEmphasis || node instanceof Emphasis) {
                to.closeInline();
            } else {
                to.close();
            }
        }
    }

    private static @Nullable String element(Node node) {
        if (node instanceof Heading heading) {
            return "h" + heading.getLevel();
        }
        if (node instanceof TableCell cell) {
            return cell.isHeader() ? "th" : "td";
        }
        return node instanceof Paragraph && node.getParent() instanceof ListItem ? null : ELEMENTS.get(node.getClass());
    }
}
