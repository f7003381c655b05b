package io.evenkeel.trial.report;

import io.evenkeel.trial.plot.Markup;
import java.util.List;
import org.commonmark.ext.gfm.tables.TableBlock;
import org.commonmark.ext.gfm.tables.TableBody;
import org.commonmark.ext.gfm.tables.TableCell;
import org.commonmark.ext.gfm.tables.TableHead;
import org.commonmark.ext.gfm.tables.TableRow;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.BulletList;
import org.commonmark.node.Code;
import org.commonmark.node.CustomBlock;
import org.commonmark.node.CustomNode;
import org.commonmark.node.Emphasis;
import org.commonmark.node.Heading;
import org.commonmark.node.ListItem;
import org.commonmark.node.Node;
import org.commonmark.node.Paragraph;
import org.commonmark.node.SoftLineBreak;
import org.commonmark.node.StrongEmphasis;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;

/** Findings in Markdown as part of a page: headings, paragraphs, lists and tables; what else there is in Markdown is left out. */
public final class Prose {

    private static final Parser PARSER =
            Parser.builder().extensions(List.of(TablesExtension.create())).build();

    private Prose() {}

    /** Returns the text as markup. */
    public static Markup of(String markdown) {
        Writer writer = new Writer();
        PARSER.parse(markdown).accept(writer);
        return writer.to;
    }

    private static final class Writer extends AbstractVisitor {

        private final Markup to = new Markup();

        private void within(String element, Node node) {
            to.open(element);
            visitChildren(node);
            to.close();
        }

        private void inline(String element, Node node) {
            to.open(element);
            visitChildren(node);
            to.closeInline();
        }

        @Override
        public void visit(Heading heading) {
            within("h" + heading.getLevel(), heading);
        }

        @Override
        public void visit(Paragraph paragraph) {
            if (paragraph.getParent() instanceof ListItem) {
                visitChildren(paragraph);
            } else {
                within("p", paragraph);
            }
        }

        @Override
        public void visit(BulletList list) {
            within("ul", list);
        }

        @Override
        public void visit(ListItem item) {
            within("li", item);
        }

        @Override
        public void visit(StrongEmphasis strong) {
            inline("strong", strong);
        }

        @Override
        public void visit(Emphasis emphasis) {
            inline("em", emphasis);
        }

        @Override
        public void visit(Code code) {
            to.open("code").text(code.getLiteral()).closeInline();
        }

        @Override
        public void visit(Text text) {
            to.text(text.getLiteral());
        }

        @Override
        public void visit(SoftLineBreak lineBreak) {
            to.text(" ");
        }

        @Override
        public void visit(CustomBlock block) {
            if (block instanceof TableBlock) {
                to.open("div", "class", "scroll", "tabindex", "0");
                within("table", block);
                to.close();
            }
        }

        @Override
        public void visit(CustomNode node) {
            if (node instanceof TableHead) {
                within("thead", node);
            } else if (node instanceof TableBody) {
                within("tbody", node);
            } else if (node instanceof TableRow) {
                within("tr", node);
            } else if (node instanceof TableCell cell) {
                within(cell.isHeader() ? "th" : "td", node);
            }
        }
    }
}
