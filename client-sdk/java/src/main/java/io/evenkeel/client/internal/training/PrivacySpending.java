package io.evenkeel.client.internal.training;

import io.evenkeel.client.EvenkeelException;
import io.evenkeel.client.RunPlan;
import io.evenkeel.client.RunPrivacy;
import io.evenkeel.client.internal.device.LoggingListener;
import io.evenkeel.client.internal.device.PrivacyLimit;
import io.evenkeel.client.internal.device.Settings;
import io.evenkeel.client.internal.state.PrivacyLedger;
import io.evenkeel.core.privacy.CohortNoise;
import io.evenkeel.core.privacy.NoiseAdder;
import io.evenkeel.core.privacy.PrivacyCost;
import io.evenkeel.core.privacy.PrivacyMechanism;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a device within the budget of a private run, and within its own limit, which all its runs share. It
 * counts each message before it can leave the device, because a message that the coordinator refuses, or that
 * never arrives, may have been read by others. A plain message that is sent again is the same message. A
 * masked message is counted in each attempt, because it has new noise and may be in a different sum.
 */
final class PrivacySpending {

    private final RunPrivacy privacy;
    private final int allowed;
    private final @Nullable PrivacyLimit limit;
    private final PrivacyLedger ledger;
    private final LoggingListener listener;
    private boolean notified;

    private PrivacySpending(
            RunPrivacy privacy,
            int allowed,
            @Nullable PrivacyLimit limit,
            PrivacyLedger ledger,
            LoggingListener listener) {
        this.privacy = privacy;
        this.allowed = allowed;
        this.limit = limit;
        this.ledger = ledger;
        this.listener = listener;
    }

    /**
     * Returns the spending in a run, or null if it has no privacy.
     *
     * @param accepted the number of the device's messages that the coordinator has accepted
     * @throws EvenkeelException if the device has a limit, and the run has no privacy, noise from a
     *     coordinator that the device does not trust, or too little noise for a single message
     */
    static @Nullable PrivacySpending in(RunPlan plan, Settings settings, long accepted, LoggingListener listener) {
        RunPrivacy privacy = plan.privacy();
        PrivacyLimit limit = settings.privacyLimit();
        if (privacy != null && limit != null && privacy.by() == NoiseAdder.COORDINATOR && !limit.trustsCoordinator()) {
            throw new EvenkeelException(
                    "run '" + plan.run() + "' has privacy.by coordinator, which would see this device's"
                            + " messages without noise, but this device's limit does not trust the coordinator:"
                            + " nothing was sent; take part in another run, or call trustCoordinator()");
        }
        int allowed = privacy == null ? 0 : allowedMessages(privacy);
        if (limit != null && (privacy == null || allowed == 0 || !limit.allows(cost(privacy)))) {
            throw new EvenkeelException("run '" + plan.run() + "' has "
                    + (privacy == null ? "no privacy" : "too little noise for one message")
                    + ", but this device's limit is epsilon " + limit.epsilon() + " with delta " + limit.delta()
                    + ": nothing was sent; take part in another run");
        }
        return privacy == null
                ? null
                : new PrivacySpending(
                        privacy,
                        allowed,
                        limit,
                        PrivacyLedger.open(settings.store(), plan.run(), cost(privacy), accepted),
                        listener);
    }

    /** Returns the cost of one message. */
    private static PrivacyCost cost(RunPrivacy privacy) {
        CohortNoise shares = privacy.shares();
        return shares == null ? PrivacyMechanism.parse(privacy.mechanism()).cost() : shares.cost();
    }

    /** Returns the number of messages that stay within the run's budget, by the device's own computation. */
    private static int allowedMessages(RunPrivacy privacy) {
        Double epsilon = privacy.epsilon();
        CohortNoise shares = privacy.shares();
        if (epsilon == null) {
            return privacy.maxMessages();
        }
        int within = shares == null
                ? PrivacyMechanism.parse(privacy.mechanism()).releases(epsilon, privacy.delta())
                : shares.messages(epsilon, privacy.delta());
        return Math.min(privacy.maxMessages(), within);
    }

    /** Returns whether the budget does not allow another message; notifies the listener once. */
    boolean isExhausted() {
        String reason = ledger.messages() >= allowed
                ? ledger.messages() + " messages were sent"
                : limit != null && !limit.allows(ledger.totalWithOneMore())
                        ? "another message would exceed this device's limit of epsilon " + limit.epsilon()
                                + ", which all its runs share"
                        : null;
        if (reason != null && !notified) {
            notified = true;
            listener.waiting("the privacy budget is spent: " + reason + "; taking no part in further rounds");
        }
        return reason != null;
    }

    /** Counts a message that is about to be saved and sent, or a vector that is about to be masked and sent. */
    void count() {
        long messages = ledger.add();
        listener.privacySpent(messages, privacy.epsilonAfter(messages), privacy.delta());
    }
}
