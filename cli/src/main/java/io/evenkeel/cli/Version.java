package io.evenkeel.cli;

import picocli.CommandLine.IVersionProvider;

/** The version in the jar's manifest. */
final class Version implements IVersionProvider {

    Version() {}

    @Override
    public String[] getVersion() {
        String version = EvenkeelCommand.class.getPackage().getImplementationVersion();
        return new String[] {
            "evenkeel " + (version == null ? "from an unpacked build" : version),
            "on Java " + Runtime.version() + ", " + System.getProperty("os.name")
        };
    }
}
