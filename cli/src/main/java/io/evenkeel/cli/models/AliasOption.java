package io.evenkeel.cli.models;

import picocli.CommandLine.Option;

/** The option that names an alias. */
public final class AliasOption {

    @Option(
            names = "--alias",
            paramLabel = "ALIAS",
            description = "The alias: 1 to 64 of a-z, 0-9 and - (default: production).")
    private String alias = "production";

    /** For picocli. */
    AliasOption() {}

    String text() {
        return alias;
    }
}
