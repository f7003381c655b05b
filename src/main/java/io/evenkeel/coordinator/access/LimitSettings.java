package io.evenkeel.coordinator.access;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Settings under {@code evenkeel.limits}. They keep one caller from taking what is meant for all; the defaults are far above what
 * an honest device does. Each replica counts for itself.
 *
 * @param requestsPerSecond requests of one device, operator or viewer, with bursts of five seconds' worth: default 1,000, about a
 *     third of a processor
 * @param bytesPerSecond bodies of one caller's requests, with bursts of ten seconds' worth: default 100 MB, about a gigabit
 *     line; one body may go beyond what is left
 * @param enrolmentsPerMinute enrolments from one address: default 10,000, a fleet behind one gateway
 * @param failuresPerMinute wrong credentials and wrong enrolment tokens from one address: default 100
 * @param concurrentRequests how many requests of one caller may be in the works at once, long polls not counted: default 10,
 *     where an honest device sends one after the other
 * @param concurrentAnonymous how many requests without credentials from one address may be: default 40
 * @param slowestBody bytes a second that a body may come in at, from 30 seconds on: default 100, so that a thin link is no
 *     offence and a body that never ends is
 * @param remembered how many callers and how many addresses are remembered, default 20,000 of each, about 20 MB
 */
@ConfigurationProperties("evenkeel.limits")
public record LimitSettings(
        @DefaultValue("1000") int requestsPerSecond,
        @DefaultValue("100MB") DataSize bytesPerSecond,
        @DefaultValue("10000") int enrolmentsPerMinute,
        @DefaultValue("100") int failuresPerMinute,
        @DefaultValue("10") int concurrentRequests,
        @DefaultValue("40") int concurrentAnonymous,
        @DefaultValue("100B") DataSize slowestBody,
        @DefaultValue("20000") int remembered) {

    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException if one of them is not positive
     */
    public LimitSettings {
        requirePositive("requests-per-second", requestsPerSecond);
        requirePositive("bytes-per-second", bytesPerSecond.toBytes());
        requirePositive("enrolments-per-minute", enrolmentsPerMinute);
        requirePositive("failures-per-minute", failuresPerMinute);
        requirePositive("concurrent-requests", concurrentRequests);
        requirePositive("concurrent-anonymous", concurrentAnonymous);
        requirePositive("slowest-body", slowestBody.toBytes());
        requirePositive("remembered", remembered);
    }

    private static void requirePositive(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException("evenkeel.limits." + name + " is " + value + ", expected at least 1");
        }
    }
}
