package io.evenkeel.client.internal.protocol;

import io.evenkeel.client.RunPlan;

/**
 * A device's membership in a run.
 *
 * @param client the device's id
 * @param ordinal its number among the run's members, from which its seeds are derived
 * @param sequence the number of its messages accepted so far
 * @param head the digest of the last of these messages, 0 if there is none
 * @param lastRound the round of the last of these messages, -1 if there is none
 * @param progress the progress of the run
 * @param plan the run's plan
 */
public record RunMembership(
        String client, long ordinal, long sequence, long head, int lastRound, RunProgress progress, RunPlan plan) {

    static RunMembership of(JsonFields fields) {
        JsonFields plan = fields.object("plan");
        return new RunMembership(
                fields.text("client"),
                fields.integer("ordinal"),
                fields.integer("sequence"),
                fields.digest("head"),
                fields.optionalInteger("round") == null ? -1 : fields.natural("round"),
                new RunProgress(fields.text("state"), fields.natural("members"), fields.natural("minParticipants")),
                Plans.of(plan));
    }
}
