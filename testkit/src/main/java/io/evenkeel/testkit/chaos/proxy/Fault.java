package io.evenkeel.testkit.chaos.proxy;

/** Faults of requests in the proxy. */
public enum Fault {
    /** None: the request passes. */
    NONE("passed"),
    /** The connection is cut before the request arrives. */
    CUT_BEFORE("cut before the request"),
    CUT_WITHIN("cut within the request"),
    /** The request is executed, but its response is lost. */
    ANSWER_LOST("answer lost"),
    /** The request is executed, but only the first line of its response arrives: the receipt without the next task. */
    CUT_AFTER_RECEIPT("cut after the receipt"),
    /** The request arrives later. */
    DELAYED("delayed"),
    /** The request arrives twice at the same time. */
    DOUBLED("doubled"),
    /** The connection is cut, and the message arrives after the sender's next message. */
    REORDERED("arrived after the next one");

    private final String text;

    Fault(String text) {
        this.text = text;
    }

    /** Returns a human-readable description. */
    public String text() {
        return text;
    }
}
