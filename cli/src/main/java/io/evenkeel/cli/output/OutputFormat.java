package io.evenkeel.cli.output;

/** The forms in which a command prints its result. */
public enum OutputFormat {
    /** A table or a text for people; it may change with any version. */
    TEXT,
    /** The API's document. */
    JSON,
    /** The API's document as YAML. */
    YAML
}
