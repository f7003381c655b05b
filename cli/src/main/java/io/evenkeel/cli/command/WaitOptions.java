package io.evenkeel.cli.command;

import io.evenkeel.cli.environment.CliEnvironment;
import io.evenkeel.tools.ApiPath;
import io.evenkeel.tools.CoordinatorClient;
import io.evenkeel.tools.OperatorException;
import io.evenkeel.tools.terminal.CommandFailure;
import io.evenkeel.tools.terminal.ExitCode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** The options {@code --wait} and {@code --timeout}, and the polling. */
public final class WaitOptions {

    private static final String TOO_FEW_MEMBERS = "too-few-members";
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration MAX_PAUSE = Duration.ofSeconds(5);

    private final CliEnvironment environment;

    @Option(names = "--wait", description = "Wait until this is possible.")
    private boolean wait;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            description = "With --wait: the maximum time to wait, such as 90s or 2h (default: no limit).")
    private @Nullable Duration timeout;

    WaitOptions(CliEnvironment environment) {
        this.environment = environment;
    }

    public boolean isWanted() {
        return wait;
    }

    /**
     * Polls, with growing pauses, until there is a result.
     *
     * @param what the condition, such as {@code enough devices have joined}
     * @throws CommandFailure if it takes longer than the timeout
     */
    public <T> T poll(String what, Supplier<Optional<T>> attempt) throws InterruptedException {
        Instant end =
                timeout == null ? Instant.MAX : environment.clock().instant().plus(timeout);
        Duration pause = FIRST_PAUSE;
        while (true) {
            Optional<T> result = attempt.get();
            if (result.isPresent()) {
                return result.get();
            }
            if (!environment.clock().instant().plus(pause).isBefore(end)) {
                throw new CommandFailure(
                        ExitCode.TIMED_OUT, "waited for longer than --timeout until " + what + ": try again");
            }
            environment.pause().sleep(pause);
            pause = pause.multipliedBy(2).compareTo(MAX_PAUSE) < 0 ? pause.multipliedBy(2) : MAX_PAUSE;
        }
    }

    /**
     * Sends a start request; with {@code --wait}, repeats it until enough devices have joined.
     *
     * @param what the target that devices join, such as {@code run 'digits'}
     */
    public JsonNode postOnceEnoughMembers(CoordinatorClient client, ApiPath path, String what)
            throws InterruptedException {
        if (!wait) {
            return client.post(path, null);
        }
        return poll("enough devices have joined " + what, () -> postIfEnoughMembers(client, path));
    }

    private static Optional<JsonNode> postIfEnoughMembers(CoordinatorClient client, ApiPath path) {
        try {
            return Optional.of(client.post(path, null));
        } catch (OperatorException e) {
            if (e.problem().equals(TOO_FEW_MEMBERS)) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
