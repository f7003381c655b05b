package io.evenkeel.trial.report;

/** Figures of a summary with the words of a language. */
final class Figures {

    /** From how many seeds on there are intervals of medians. */
    static final int SEEDS_FOR_AN_INTERVAL = 3;

    private final Texts texts;

    Figures(Texts texts) {
        this.texts = texts;
    }

    /** Returns a target, such as {@code ‖∇f‖ < 0.01}. */
    String target(String target) {
        return TextFormat.target(target);
    }

    /** Returns how many of how many. */
    String count(int some, int all) {
        return texts.get("count", Money.exact(some), Money.exact(all));
    }
}
