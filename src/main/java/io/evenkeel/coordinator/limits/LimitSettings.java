package io.evenkeel.coordinator.limits;

import static io.evenkeel.coordinator.platform.settings.SettingRule.require;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Settings under {@code evenkeel.limits}. They prevent one caller from using up the resources of all; the defaults are
 * far above the needs of a device. Each replica counts separately.
 *
 * @param requestsPerSecond requests of one device, operator or viewer, with bursts of five seconds' worth: default
 *     1,000, about a third of a processor
 * @param bytesPerSecond bytes of the bodies of one caller's requests, with bursts of ten seconds' worth: default 100
 *     MB, about a gigabit line; one body may exceed the rest of the limit
 * @param enrolmentsPerMinute enrolments from one address: default 10,000, a fleet behind one gateway
 * @param failuresPerMinute wrong credentials and wrong enrolment tokens from one address: default 100
 * @param concurrentRequests requests of one caller that may be in progress at once, without long polls: default 10; a
 *     device sends one at a time
 * @param concurrentAnonymous requests without credentials from one address that may be in progress at once: default 40
 * @param slowestBody the minimum rate of a body in bytes per second, after the first 30 seconds: default 100, which
 *     allows slow links, but no endless bodies
 * @param attributeChangesPerHour how often a device may change its attributes: default 60, all at once or spread; each
 *     change writes to the database
 * @param remembered the number of callers and of addresses that are tracked, default 20,000 of each, about 20 MB
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
        @DefaultValue("60") int attributeChangesPerHour,
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
        requirePositive("attribute-changes-per-hour", attributeChangesPerHour);
        requirePositive("remembered", remembered);
    }

    private static void requirePositive(String name, long value) {
        require("limits." + name, value >= 1, value, "at least 1");
    }
}
