package io.evenkeel.trial.grid;

/** The subject of one sweep of a study. Its name is also the name of the sweep's folder. */
enum Topic {
    /** Each method's step size. */
    STEP("step", "Does normalization allow larger steps?"),
    COMPRESSION("compression", "Does normalization help more with stronger compression?"),
    LABEL_NOISE("label-noise", "Does normalization help with label noise?"),
    /** Clients with different data. */
    HETEROGENEITY("heterogeneity", "Does normalization over-smooth with different clients?");

    /** The question that all sweeps answer jointly. */
    static final String WHERE_NOT = "Where does normalization not help?";

    private final String folder;
    private final String question;

    Topic(String folder, String question) {
        this.folder = folder;
        this.question = question;
    }

    String folder() {
        return folder;
    }

    String question() {
        return question;
    }
}
