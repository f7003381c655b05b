package io.evenkeel.coordinator.member;

import io.evenkeel.coordinator.definition.RoundRules;
import io.evenkeel.coordinator.definition.ValidatedPlan;
import io.evenkeel.coordinator.platform.problem.ProblemKind;
import io.evenkeel.coordinator.selection.DeviceFraction;
import io.evenkeel.coordinator.selection.DevicePart;
import io.evenkeel.coordinator.selection.DeviceSelector;
import java.util.List;
import org.springframework.stereotype.Component;

/** Checks whether a client may join a run. Thread-safe. */
@Component
class JoinRules {

    private final ClientLocks clients;
    private final ClientDirectory directory;

    JoinRules(ClientLocks clients, ClientDirectory directory) {
        this.clients = clients;
        this.directory = directory;
    }

    /**
     * Refuses a weight outside 1e-12 to 1e12, or any but 1 in a run with privacy or secure aggregation, with {@code invalid}.
     */
    static void requireWeight(double asked, ValidatedPlan plan) {
        if (plan.privacy() != null && asked != 1) {
            throw ProblemKind.INVALID
                    .because(
                            "weight: is " + asked + ", expected 1: run '" + plan.name()
                                    + "' has privacy, and a number of samples tells about the data",
                            "join with the weight 1")
                    .with("field", "weight");
        }
        if (plan.secureAggregation() != null && asked != 1) {
            throw ProblemKind.INVALID
                    .because(
                            "weight: is " + asked + ", expected 1: run '" + plan.name()
                                    + "' has secure aggregation, which adds masked messages as they are",
                            "join with the weight 1")
                    .with("field", "weight");
        }
        if (!(asked >= RoundRules.SMALLEST_WEIGHT && asked <= RoundRules.LARGEST_WEIGHT)) {
            throw ProblemKind.INVALID
                    .because(
                            "weight: is " + asked + ", expected " + RoundRules.SMALLEST_WEIGHT + " to "
                                    + RoundRules.LARGEST_WEIGHT,
                            "give the weight this client's loss has among the others', such as its number of samples,"
                                    + " or 1")
                    .with("field", "weight");
        }
    }

    /** Returns whether a client that joins while its membership ends starts a new one instead of continuing it. */
    static boolean beginsAnew(ValidatedPlan plan, Member member) {
        return plan.secureAggregation() != null && member.leftAfter() != null && member.sequence() > 0;
    }

    /** Refuses a weight that is too large for a run without bounds, with {@code invalid}. */
    static void requireBounded(double asked, RoundRules rules, String run) {
        if (asked > rules.maxAskedWeight()) {
            throw ProblemKind.INVALID
                    .because(
                            "weight: is " + asked + ", expected at most " + rules.maxAskedWeight() + ": run '" + run
                                    + "' has no weights.max, and a larger weight would outweigh all other members",
                            "join with a smaller weight, such as 1, or have the operator set weights.max of the run, to"
                                    + " which larger weights are then limited")
                    .with("field", "weight");
        }
    }

    /** Refuses a revoked client. Works in the caller's transaction, and holds the lock of the client's row until its end. */
    void requireNotRevoked(String client) {
        if (clients.lockAndIsRevoked(client)) {
            throw ProblemKind.CLIENT_REVOKED
                    .because("client " + client + " was revoked by the operator", "stop")
                    .with("client", client);
        }
    }

    /** Refuses a client outside the run's random part of the devices, or one that the run's selector excludes. */
    void requireChosen(ValidatedPlan plan, String client) {
        requireInPart(plan, client);
        DeviceSelector selector = plan.devices().join();
        if (selector.isEmpty()) {
            return;
        }
        ClientDirectory.Entry entry =
                directory.entries(List.of(client)).getOrDefault(client, ClientDirectory.Entry.UNKNOWN);
        if (!selector.matches(entry.attributes().with(entry.labels()))) {
            throw ProblemKind.DEVICE_NOT_CHOSEN
                    .because(
                            "run '" + plan.name() + "' takes devices with " + selector + ", and client " + client
                                    + " is none of them",
                            "report the device's attributes, or have an operator label it; then join again")
                    .with("run", plan.name())
                    .with("client", client)
                    .with("selector", selector.toString());
        }
    }

    private static void requireInPart(ValidatedPlan plan, String client) {
        DevicePart part = plan.devices().part();
        if (part != null && !part.contains(client)) {
            double fraction = DeviceFraction.of(part.seed(), client);
            throw ProblemKind.DEVICE_NOT_CHOSEN
                    .because(
                            "run '" + plan.name() + "' takes a random part of the devices, those " + part
                                    + "; the fraction of client " + client + " is " + fraction,
                            "do not join this run: the client's fraction never changes. Another run may take it")
                    .with("run", plan.name())
                    .with("client", client)
                    .with("part", part)
                    .with("fraction", fraction);
        }
    }
}
