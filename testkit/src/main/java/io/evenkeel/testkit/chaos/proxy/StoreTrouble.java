package io.evenkeel.testkit.chaos.proxy;

/** A temporary fault of an object store. */
public enum StoreTrouble {
    /** None. */
    NONE("no fault"),
    /** Each piece of a request and of a response is delayed. */
    SLOW("slow"),
    /** The store answers 503. */
    BUSY("busy (503)"),
    /** The store answers 507 to requests that store an object. */
    FULL("full (507)"),
    /** The store closes connections without an answer. */
    AWAY("unavailable");

    private final String text;

    StoreTrouble(String text) {
        this.text = text;
    }

    public String text() {
        return text;
    }
}
