package io.evenkeel.coordinator.message;

import io.evenkeel.coordinator.definition.ValidatedPlan;
import io.evenkeel.coordinator.member.MemberRow;
import io.evenkeel.coordinator.member.Members;
import io.evenkeel.coordinator.message.BatchAcceptance.Outcome;
import io.evenkeel.coordinator.platform.problem.ProblemException;
import io.evenkeel.coordinator.platform.problem.ProblemKind;
import io.evenkeel.coordinator.run.RunRow;
import io.evenkeel.core.privacy.PrivacyCost;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides which messages of a batch one run accepts, from the rows of the run and the senders, and from earlier messages.
 * Does not use the database. Not thread-safe.
 */
final class AcceptanceRules {

    private final RunRow run;
    private final ValidatedPlan plan;
    private final RoundAdmission admission;
    private final Map<String, MemberRow> members;
    private final Map<Answer, MessageStore.Accepted> answers = new HashMap<>();
    private final Map<Integer, String> histories;
    private final Map<String, PrivacyCost> spentElsewhere;
    private final List<StoredMessage> accepted = new ArrayList<>();

    /** The key of a message: a client answers a round at most once. */
    private record Answer(String client, int round) {}

    /**
     * @param admission decides which rounds of the run accept messages
     * @param members each sender's newest membership
     * @param earlier messages the senders sent for the rounds in question before
     * @param histories the existing histories of the models of these rounds
     * @param spentElsewhere the senders' spending in other runs that share the data set
     */
    AcceptanceRules(
            RoundAdmission admission,
            Map<String, MemberRow> members,
            List<MessageStore.Accepted> earlier,
            Map<Integer, String> histories,
            Map<String, PrivacyCost> spentElsewhere) {
        this.run = admission.run();
        this.plan = admission.plan();
        this.admission = admission;
        this.members = new HashMap<>(members);
        this.histories = histories;
        this.spentElsewhere = spentElsewhere;
        earlier.forEach(message -> answers.put(new Answer(message.client(), message.round()), message));
    }

    /** Returns the rows to write, in the order in which the messages were accepted. */
    List<StoredMessage> accepted() {
        return accepted;
    }

    Outcome decide(Submission message, Instant now) {
        MessageStore.Accepted before = answers.get(new Answer(message.client(), message.round()));
        if (before != null && before.digest() == message.digest()) {
            return new Outcome.Accepted(before.receipt(run.name()), false);
        }
        String own = histories.get(message.round());
        if (message.model().history() != null && message.model().isLost(run.openRound(), own)) {
            return new Outcome.Refused(message.model().lost(run.name(), run.openRound(), own));
        }
        if (before != null) {
            return new Outcome.Refused(conflict(before));
        }
        MemberRow member = members.get(message.client());
        if (member == null || member.isGone(run.openRound())) {
            return new Outcome.Refused(Members.notFound(run.name(), message.client()));
        }
        ProblemException refusal = refusal(message, member);
        return refusal != null ? new Outcome.Refused(refusal) : accept(message, member, now);
    }

    private Outcome accept(Submission message, MemberRow member, Instant now) {
        MessageStore.Accepted entry = new MessageStore.Accepted(
                message.client(),
                message.round(),
                run.round(),
                message.sequence(),
                message.digest(),
                now,
                message.bytes().length);
        accepted.add(message.stored(member, run.round(), now));
        answers.put(new Answer(message.client(), message.round()), entry);
        members.put(
                message.client(),
                new MemberRow(
                        member.id(),
                        member.client(),
                        member.ordinal(),
                        member.activeFrom(),
                        member.leftAfter(),
                        Math.max(member.lastRound(), message.round()),
                        message.sequence(),
                        message.digest()));
        return new Outcome.Accepted(entry.receipt(run.name()), true);
    }

    private @Nullable ProblemException refusal(Submission message, MemberRow member) {
        ProblemException late = admission.refusal(
                message.round(),
                member,
                run.accepted() + accepted.size(),
                message.sequence() > member.sequence() ? "" : receiptGone(message, member));
        if (late != null) {
            return late;
        }
        if (!ChainRules.isNext(member, message.sequence(), message.previous())) {
            return ChainRules.diverged(run.name(), member, message.sequence(), message.previous());
        }
        return PrivacyRules.refusalOf(
                message.sequence(),
                message.client(),
                plan,
                spentElsewhere.getOrDefault(message.client(), PrivacyCost.NONE));
    }

    private static String receiptGone(Submission message, MemberRow member) {
        return ": if client " + message.client() + " sent message " + message.sequence()
                + " before, its receipt is no longer kept; the last message accepted from it is number "
                + member.sequence();
    }

    private ProblemException conflict(MessageStore.Accepted before) {
        return ProblemKind.CONFLICT
                .because(
                        "client " + before.client() + " has answered round " + before.round() + " of run '" + run.name()
                                + "' with another message, whose digest is " + ChainRules.hex(before.digest()),
                        "if that message is still staged, commit it; else this device's state is not the one that sent"
                                + " it: fetch it with GET /api/v1/runs/" + run.name() + "/members/me/state")
                .with("sequence", before.sequence())
                .with("digest", ChainRules.hex(before.digest()));
    }
}
