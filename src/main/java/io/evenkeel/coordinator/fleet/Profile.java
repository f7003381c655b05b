package io.evenkeel.coordinator.fleet;

import io.evenkeel.engine.selection.Attributes;

/**
 * The attributes and labels by which selectors choose a device.
 *
 * @param attributes the attributes that the device reports
 * @param labels the labels that operators have set
 */
record Profile(Attributes attributes, Attributes labels) {

    /** The profile of a device without attributes or labels. */
    static final Profile NONE = new Profile(Attributes.NONE, Attributes.NONE);

    /** Returns the attributes and labels that selectors see; labels replace attributes with the same key. */
    Attributes visible() {
        return attributes.with(labels);
    }

    boolean isEmpty() {
        return attributes.isEmpty() && labels.isEmpty();
    }
}
