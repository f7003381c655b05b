package io.evenkeel.testkit.chaos;

/** What can befall a request on its way. */
enum Fault {
    /** It passes. */
    NONE("passed"),
    /** The connection is cut before anything of it arrives. */
    CUT_BEFORE("cut before the request"),
    /** The connection is cut in the middle of it. */
    CUT_WITHIN("cut within the request"),
    /** It is carried out, and its answer is lost. */
    ANSWER_LOST("answer lost"),
    /** It is carried out, and of an answer in lines only the first arrives: the receipt, and not the next task. */
    CUT_AFTER_RECEIPT("cut after the receipt"),
    /** It arrives later. */
    DELAYED("delayed"),
    /** It arrives twice, at the same time. */
    DOUBLED("doubled"),
    /** It seems lost to the sender, and arrives after the sender's next message. */
    REORDERED("arrived after the next one");

    private final String text;

    Fault(String text) {
        this.text = text;
    }

    /** Returns what happened, for people. */
    String text() {
        return text;
    }
}
