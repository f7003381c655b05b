package io.evenkeel.engine.message;

import io.evenkeel.core.privacy.PrivacyCost;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.member.JoinRules;
import io.evenkeel.engine.member.MemberRow;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import io.evenkeel.engine.run.RunRow;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides which messages of a batch one run accepts, from the rows of the run and the senders, and from
 * earlier messages. Each decision takes the previous ones into account. Not thread-safe.
 */
public final class AcceptanceRules {

    private final RunRow run;
    private final ValidatedPlan plan;
    private final RoundAdmission admission;
    private final Map<String, MemberRow> members;
    private final Map<Answer, AcceptedMessage> answers = new HashMap<>();
    private final Map<Integer, String> histories;
    private final Map<String, PrivacyCost> spentElsewhere;
    private int accepted;

    /** The key of a message: a client answers a round at most once. */
    private record Answer(String client, int round) {}

    /**
     * Prepares the decisions about one batch.
     *
     * @param admission decides which rounds of the run accept messages
     * @param members each sender's newest membership
     * @param earlier the senders' earlier messages for the rounds in question
     * @param histories the existing histories of the models of these rounds
     * @param spentElsewhere the senders' spending in other runs that share the data set
     */
    public AcceptanceRules(
            RoundAdmission admission,
            Map<String, MemberRow> members,
            Collection<AcceptedMessage> earlier,
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

    /**
     * Decides on the next message of the batch.
     *
     * @param now the time when it is accepted, if it is
     */
    public Acceptance decide(Submission message, Instant now) {
        AcceptedMessage before = answers.get(new Answer(message.client(), message.round()));
        if (before != null && before.digest() == message.digest()) {
            return new Acceptance.Repeated(before);
        }
        String own = histories.get(message.round());
        if (message.model().history() != null && message.model().isLost(run.openRound(), own)) {
            return new Acceptance.Refused(message.model().lost(run.name(), run.openRound(), own));
        }
        if (before != null) {
            return new Acceptance.Refused(conflict(before));
        }
        MemberRow member = members.get(message.client());
        if (member == null || member.isGone(run.openRound())) {
            return new Acceptance.Refused(JoinRules.notFound(run.name(), message.client()));
        }
        ProblemException refusal = refusal(message, member);
        return refusal != null ? new Acceptance.Refused(refusal) : accept(message, member, now);
    }

    private Acceptance accept(Submission message, MemberRow member, Instant now) {
        AcceptedMessage entry = new AcceptedMessage(
                message.client(),
                message.round(),
                run.round(),
                message.sequence(),
                message.digest(),
                now,
                message.bytes());
        accepted++;
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
        return new Acceptance.Added(entry, member);
    }

    private @Nullable ProblemException refusal(Submission message, MemberRow member) {
        ProblemException late = admission.refusal(
                message.round(),
                member,
                run.accepted() + accepted,
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

    private ProblemException conflict(AcceptedMessage before) {
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
