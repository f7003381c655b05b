package io.evenkeel.client.internal.training;

import io.evenkeel.client.ClientListener;
import io.evenkeel.client.internal.protocol.Coordinator;
import io.evenkeel.client.internal.protocol.RunMembership;
import io.evenkeel.client.internal.protocol.RunProgress;

/** Reports to the listener why an idle device waits, once for each reason. */
final class Waiting {

    private final Coordinator coordinator;
    private final ClientListener listener;
    private final String run;
    private RunProgress progress;
    private String lastReason = "";

    Waiting(Coordinator coordinator, ClientListener listener, RunMembership member) {
        this.coordinator = coordinator;
        this.listener = listener;
        this.run = member.plan().run();
        this.progress = member.progress();
    }

    /** Reports immediately if the run assigns no work at all. */
    void begin() {
        if (!progress.state().equals("running")) {
            notifyListener(-1);
        }
    }

    /**
     * Reports why the device waits if it got no work. Makes an additional request only before the run starts,
     * to limit the load on a running run.
     *
     * @param after the last round that the device has finished with, -1 if there is none
     */
    void goOn(int after) throws InterruptedException {
        if (progress.state().equals("created")) {
            progress = coordinator.membership(run).progress();
        }
        notifyListener(after);
    }

    /** Resets the reason when there is work again. */
    void end() {
        progress = new RunProgress("running", progress.members(), progress.minParticipants());
        lastReason = "";
    }

    private void notifyListener(int after) {
        String reason = reason(after);
        if (!reason.isEmpty() && !reason.equals(lastReason)) {
            lastReason = reason;
            listener.waiting(reason);
        }
    }

    private String reason(int after) {
        return switch (progress.state()) {
            case "created" -> "joined; " + members() + "; waiting for the run to start";
            case "paused" -> "joined; the run is paused; waiting for it to resume";
            case "running" ->
                after < 0
                        ? "waiting for a round to open"
                        : "done with round " + after + "; waiting for the next to open";
            default -> "";
        };
    }

    private String members() {
        int members = progress.members();
        return members < progress.minParticipants()
                ? members + " of " + progress.minParticipants() + " members"
                : members + (members == 1 ? " member" : " members");
    }
}
