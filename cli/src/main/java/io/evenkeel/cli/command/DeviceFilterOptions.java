package io.evenkeel.cli.command;

import io.evenkeel.tools.ApiPath;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that filter a list of devices; the coordinator applies them. */
public final class DeviceFilterOptions {

    @Option(names = "--name", paramLabel = "TEXT", description = "Only devices whose name or id contains this text.")
    private @Nullable String name;

    @Option(
            names = "--seen-within",
            paramLabel = "TIME",
            description = "Only devices seen within this time, such as 24h.")
    private @Nullable Duration seenWithin;

    @Option(
            names = "--unseen-for",
            paramLabel = "TIME",
            description = "Only devices not seen for this time, or never, such as 7d.")
    private @Nullable Duration unseenFor;

    @Option(
            names = {"-l", "--selector"},
            paramLabel = "SELECTOR",
            description =
                    "Only devices with these attributes and labels, in the syntax of Kubernetes' label selectors and"
                            + " with <, <=, >, >= for numbers and versions: region in (eu,us),app-version>=3.2.")
    private @Nullable String selector;

    public boolean hasSelector() {
        return selector != null;
    }

    public boolean hasAny() {
        return hasSelector() || name != null || seenWithin != null || unseenFor != null;
    }

    /** Returns a list's path with these filters. */
    public ApiPath of(ApiPath list) {
        return list.with("search", name)
                .with("seenWithin", seenWithin)
                .with("unseenFor", unseenFor)
                .with("selector", selector);
    }
}
