package io.evenkeel.testkit.chaos.proxy;

/** What is wrong with an object store for a while. */
public enum StoreTrouble {
    /** Nothing. */
    NONE("no trouble"),
    /** Each piece of a request and of a response is late. */
    SLOW("slow"),
    /** It answers 503. */
    BUSY("busy (503)"),
    /** It answers 507 to what it should store. */
    FULL("full (507)"),
    /** It closes connections without an answer. */
    AWAY("away");

    private final String text;

    StoreTrouble(String text) {
        this.text = text;
    }

    public String text() {
        return text;
    }
}
