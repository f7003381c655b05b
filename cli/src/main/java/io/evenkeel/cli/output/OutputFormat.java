package io.evenkeel.cli.output;

/** The output formats of results. */
public enum OutputFormat {
    /** A table or a text for people; it may change with any version. */
    TEXT,
    /** The API's document. */
    JSON,
    /** The API's document as YAML. */
    YAML
}
