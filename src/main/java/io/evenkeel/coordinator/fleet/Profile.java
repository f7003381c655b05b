package io.evenkeel.coordinator.fleet;

import io.evenkeel.coordinator.selection.Attributes;

/**
 * The attributes and labels by which a device is chosen.
 *
 * @param attributes what the device reports
 * @param labels what operators have set
 */
record Profile(Attributes attributes, Attributes labels) {

    /** Of a device without attributes and labels. */
    static final Profile NONE = new Profile(Attributes.NONE, Attributes.NONE);

    /** Returns what selectors see: the attributes and the labels, which replace attributes with the same key. */
    Attributes visible() {
        return attributes.with(labels);
    }

    boolean isEmpty() {
        return attributes.isEmpty() && labels.isEmpty();
    }
}
