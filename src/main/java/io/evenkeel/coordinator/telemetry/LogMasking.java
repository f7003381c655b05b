package io.evenkeel.coordinator.telemetry;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AsyncAppenderBase;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.spi.AppenderAttachable;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.logging.LoggingApplicationListener;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;

/**
 * Adds a {@link SecretMask} to the console and every log file as soon as Spring Boot has set them up, before anything
 * is logged. Limits repeated failures with {@link RepeatedFailures}. Registered in META-INF/spring.factories.
 */
final class LogMasking implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {

    @Override
    public int getOrder() {
        return LoggingApplicationListener.DEFAULT_ORDER + 1;
    }

    @Override
    public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            for (Logger logger : context.getLoggerList()) {
                mask(logger);
            }
            // A second start in the same process, as in tests, resets the counts.
            context.getTurboFilterList().removeIf(RepeatedFailures.class::isInstance);
            context.addTurboFilter(new RepeatedFailures());
        }
    }

    private static void mask(AppenderAttachable<ILoggingEvent> holder) {
        holder.iteratorForAppenders().forEachRemaining(LogMasking::mask);
    }

    private static void mask(Appender<ILoggingEvent> appender) {
        if (appender instanceof AsyncAppenderBase<ILoggingEvent> queue) {
            mask((AppenderAttachable<ILoggingEvent>) queue);
        } else if (appender instanceof OutputStreamAppender<ILoggingEvent> output
                && !(output.getEncoder() instanceof SecretMask)) {
            output.setEncoder(new SecretMask(output.getEncoder()));
        }
    }
}
