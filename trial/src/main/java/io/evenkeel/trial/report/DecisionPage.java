package io.evenkeel.trial.report;

import io.evenkeel.trial.cost.Decision;
import io.evenkeel.trial.plot.Markup;
import io.evenkeel.trial.text.Texts;

/** The page that contains only the decision: first the verdict, then the figures. */
public final class DecisionPage {

    private DecisionPage() {}

    public static String of(Texts texts, Decision decision) {
        String title =
                texts.get("decision.title", decision.model().summary().problem().description());
        Markup main = new Markup().element("h1", title);
        DecisionSection section = new DecisionSection(texts, decision, "h2", "");
        section.writeVerdict(main);
        section.writeFigures(main);
        return Page.of(texts, title, main);
    }
}
