package io.evenkeel.client;

import io.evenkeel.client.internal.state.ReleaseCounter;
import io.evenkeel.core.privacy.NoiseAdder;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a device within the budget of a private run. It counts each message before it can leave the device: one that the coordinator
 * refuses, or that never arrives, may have been read on its way. A message that is sent again is the same message.
 */
final class PrivacySpending {

    private final RunPrivacy privacy;
    private final int allowed;
    private final ReleaseCounter counter;
    private final LoggingListener listener;
    private boolean told;

    private PrivacySpending(RunPrivacy privacy, int allowed, ReleaseCounter counter, LoggingListener listener) {
        this.privacy = privacy;
        this.allowed = allowed;
        this.counter = counter;
        this.listener = listener;
    }

    /**
     * Returns the spending in a run, or null if it has no privacy.
     *
     * @param accepted how many of the device's messages the coordinator has accepted
     * @throws EvenkeelException if the device has a limit, and the run no privacy, noise of a coordinator that the device does not
     *     trust, or too little noise for a single message
     */
    static @Nullable PrivacySpending in(RunPlan plan, Settings settings, long accepted, LoggingListener listener) {
        RunPrivacy privacy = plan.privacy();
        PrivacyLimit limit = settings.privacyLimit();
        if (privacy != null && limit != null && privacy.by() == NoiseAdder.COORDINATOR && !limit.trustsCoordinator()) {
            throw new EvenkeelException(
                    "run '" + plan.run() + "' has privacy.by coordinator, which would see this device's"
                            + " messages without noise, and this device's limit trusts no coordinator: nothing was sent; take part in"
                            + " another run, or allow it by trustCoordinator()");
        }
        int allowed = privacy == null ? 0 : privacy.allowedMessages(limit);
        if (limit != null && allowed == 0) {
            throw new EvenkeelException("run '" + plan.run() + "' has "
                    + (privacy == null ? "no privacy" : "too little noise for one message")
                    + ", and this device's limit is epsilon " + limit.epsilon() + " with delta " + limit.delta()
                    + ": nothing was sent; take part in another run");
        }
        return privacy == null
                ? null
                : new PrivacySpending(
                        privacy, allowed, ReleaseCounter.open(settings.store(), plan.run(), accepted), listener);
    }

    /** Returns whether the budget does not allow another message; tells the listener once. */
    boolean isExhausted() {
        boolean exhausted = counter.count() >= allowed;
        if (exhausted && !told) {
            told = true;
            listener.waiting("the privacy budget is spent: " + counter.count()
                    + " messages were sent; taking no part in further rounds");
        }
        return exhausted;
    }

    /** Counts a message that is about to be saved and sent. */
    void count() {
        tell(counter.increment());
    }

    /** Tells whether the budget allows a masked message: it is counted already, or there is room for one more. */
    boolean allows(long digest) {
        return counter.includes(digest) || !isExhausted();
    }

    /** Counts a message that is about to be masked and sent, for the first time or again. */
    void count(long digest) {
        if (!counter.includes(digest)) {
            tell(counter.include(digest));
        }
    }

    private void tell(long messages) {
        listener.privacySpent(messages, privacy.epsilonAfter(messages), privacy.delta());
    }
}
