package io.evenkeel.coordinator.telemetry;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import io.evenkeel.coordinator.platform.problem.FailureLog;
import io.evenkeel.coordinator.platform.problem.Repetitions;
import java.time.Clock;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.helpers.MessageFormatter;

/**
 * Logs a warning or an error with an exception in full only once; {@link Repetitions} decides when to log its count
 * after that. On a full disk, the connection pool logs a stack trace for each connection that the database closes,
 * which would use up the remaining space. Thread-safe.
 */
final class RepeatedFailures extends TurboFilter {

    // Logging is set up before the context that contains the clock.
    private final Repetitions repetitions = new Repetitions(Clock.tickMillis(ZoneOffset.UTC));

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String format,
            Object @Nullable [] parameters,
            @Nullable Throwable given) {
        Throwable failure = given != null ? given : last(parameters);
        if (format == null || failure == null || isLimited(logger) || !isLogged(logger, level)) {
            return FilterReply.NEUTRAL;
        }
        Repetitions.Occurrence occurrence = repetitions.count(logger.getName() + ": " + format, failure);
        if (occurrence.count() == 1) {
            return FilterReply.NEUTRAL;
        }
        if (occurrence.isLogged()) {
            logger.atLevel(org.slf4j.event.Level.valueOf(level.toString()))
                    .log(
                            "{} (occurrence {}: {})",
                            MessageFormatter.arrayFormat(format, parameters).getMessage(),
                            occurrence.count(),
                            occurrence.exception());
        }
        return FilterReply.DENY;
    }

    private static boolean isLimited(Logger logger) {
        return logger.getName().equals(FailureLog.class.getName());
    }

    private static boolean isLogged(Logger logger, Level level) {
        return level.isGreaterOrEqual(Level.WARN) && level.isGreaterOrEqual(logger.getEffectiveLevel());
    }

    private static @Nullable Throwable last(Object @Nullable [] parameters) {
        return parameters != null
                        && parameters.length > 0
                        && parameters[parameters.length - 1] instanceof Throwable failure
                ? failure
                : null;
    }
}
