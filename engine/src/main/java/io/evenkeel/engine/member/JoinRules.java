package io.evenkeel.engine.member;

import io.evenkeel.engine.definition.RoundRules;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import io.evenkeel.engine.selection.Attributes;
import io.evenkeel.engine.selection.DeviceFraction;
import io.evenkeel.engine.selection.DevicePart;
import io.evenkeel.engine.selection.DeviceSelector;
import java.util.function.Supplier;

/** Decides whether a client may join a run, and with which weight. */
public final class JoinRules {

    /** The maximum number of memberships of a client: each leaves a permanent row. */
    private static final int MAX_MEMBERSHIPS = 100;

    private JoinRules() {}

    /**
     * Refuses a weight outside 1e-12 to 1e12, or any weight other than 1 in a run with privacy or secure
     * aggregation, with {@code invalid}.
     */
    public static void requireWeight(double asked, ValidatedPlan plan) {
        if (plan.privacy() != null && asked != 1) {
            throw ProblemKind.INVALID
                    .because(
                            "weight: is " + asked + ", expected 1: run '" + plan.name()
                                    + "' has privacy, and a number of samples reveals information about the data",
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

    /** Refuses a weight that is too large for a run without bounds, with {@code invalid}. */
    public static void requireBounded(double asked, RoundRules rules, String run) {
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

    /** Refuses a client that the operator has revoked, with {@code client-revoked}. */
    public static void requireNotRevoked(String client, boolean revoked) {
        if (revoked) {
            throw ProblemKind.CLIENT_REVOKED
                    .because("client " + client + " was revoked by the operator", "stop")
                    .with("client", client);
        }
    }

    /**
     * Refuses a former member if a new membership would restart the count of its messages or its budget.
     *
     * @param earlier the number of its ended memberships
     * @throws ProblemException {@code conflict}
     */
    public static void requireFirstTime(ValidatedPlan plan, String client, int earlier) {
        if (plan.privacy() != null && earlier > 0) {
            throw ProblemKind.CONFLICT
                    .because(
                            "client " + client + " has left run '" + plan.name()
                                    + "', which has privacy: its spent budget would be counted anew",
                            "stay out of this run")
                    .with("client", client);
        }
        if (earlier >= MAX_MEMBERSHIPS) {
            throw ProblemKind.CONFLICT
                    .because(
                            "client " + client + " has joined run '" + plan.name() + "' and left it " + MAX_MEMBERSHIPS
                                    + " times",
                            "stay out of this run, or enrol the device as another client")
                    .with("client", client);
        }
    }

    /**
     * Refuses a client outside the run's random part of the devices, or one that the run's selector excludes.
     *
     * @param visible returns the attributes and labels that selectors see; called only if the run has a selector
     * @throws ProblemException {@code device-not-chosen}
     */
    public static void requireChosen(ValidatedPlan plan, String client, Supplier<Attributes> visible) {
        requireInPart(plan, client);
        DeviceSelector selector = plan.devices().join();
        if (!selector.isEmpty() && !selector.matches(visible.get())) {
            throw ProblemKind.DEVICE_NOT_CHOSEN
                    .because(
                            "run '" + plan.name() + "' takes devices with " + selector + ", but client " + client
                                    + " is not one of them",
                            "report the device's attributes, or have an operator label it; then join again")
                    .with("run", plan.name())
                    .with("client", client)
                    .with("selector", selector.toString());
        }
    }

    /** Returns the refusal for a client that is not a member. */
    public static ProblemException notFound(String run, String client) {
        return ProblemKind.MEMBER_NOT_FOUND
                .because(
                        "client " + client + " is not a member of run '" + run + "'",
                        "join with PUT /api/v1/runs/" + run
                                + "/members/me; a client that left starts anew, with g_i = 0")
                .with("run", run)
                .with("client", client);
    }

    /**
     * Returns the refusal for a request to end a membership that has ended.
     *
     * @param ordinal the membership in the request
     * @param current the client's current membership
     */
    public static ProblemException ended(String run, String client, int ordinal, int current) {
        return ProblemKind.MEMBER_NOT_FOUND
                .because(
                        "ordinal: is " + ordinal + ", but client " + client + " now has the ordinal " + current
                                + " in run '" + run + "'",
                        "nothing, if this is a late copy of a request to leave; to leave the run now, give the ordinal "
                                + current)
                .with("run", run)
                .with("client", client)
                .with("ordinal", current);
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
