package io.evenkeel.engine.message;

import io.evenkeel.core.privacy.PrivacyCost;
import io.evenkeel.engine.Transcript;
import io.evenkeel.engine.chain.ModelName;
import io.evenkeel.engine.definition.RunDefinition;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.member.MemberRow;
import io.evenkeel.engine.run.RunRow;
import io.evenkeel.engine.run.RunState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/**
 * Transcripts of batches. The lines before the first message describe the stored run, which accepts at most three
 * messages per round, and its members, all of which are selected by default. Each further line is a message and the
 * decision about it. Member a's message number 3 has the digest a3.
 */
class AcceptanceRulesTest {

    private static final Pattern RUN =
            Pattern.compile("run (\\w+) in round (\\d+)(, closing)?(, (\\d+) accepted)?(, tau (\\d))?");
    private static final Pattern MEMBER = Pattern.compile(
            "member (\\w) from round (\\d+)(, (\\d+) messages, the last for round (\\d+))?(, left after (\\d+))?(, not asked)?");
    private static final Pattern EARLIER = Pattern.compile("(\\w) sent (\\d+) for round (\\d+)");
    private static final Pattern HISTORY = Pattern.compile("history (\\w+) of round (\\d+)");
    private static final Pattern MESSAGE = Pattern.compile(
            "(\\w) sends (\\d+)( after (\\w+))? for round (\\d+)( of history (\\w+))?( with digest (\\w+))?");

    private RunState state = RunState.CREATED;
    private int round;
    private boolean closing;
    private int accepted;
    private int staleness;
    private final Map<String, MemberRow> members = new HashMap<>();
    private final BitSet asked = new BitSet();
    private final List<AcceptedMessage> earlier = new ArrayList<>();
    private final Map<Integer, String> histories = new HashMap<>();
    private @Nullable AcceptanceRules rules;

    private void check(String transcript) {
        rules = null;
        Transcript.check(transcript, this::happen);
    }

    private String happen(String line) {
        Matcher message = MESSAGE.matcher(line);
        if (!message.matches()) {
            given(line);
            return "";
        }
        rules = rules == null ? rules() : rules;
        return said(rules.decide(submission(message), Instant.EPOCH));
    }

    private void given(String line) {
        Matcher run = RUN.matcher(line);
        Matcher member = MEMBER.matcher(line);
        Matcher sent = EARLIER.matcher(line);
        Matcher history = HISTORY.matcher(line);
        if (run.matches()) {
            state = RunState.valueOf(run.group(1).toUpperCase(Locale.ROOT));
            round = Integer.parseInt(run.group(2));
            closing = run.group(3) != null;
            accepted = run.group(5) == null ? 0 : Integer.parseInt(run.group(5));
            staleness = run.group(7) == null ? 0 : Integer.parseInt(run.group(7));
        } else if (member.matches()) {
            String client = member.group(1);
            int ordinal = members.size();
            long sequence = member.group(4) == null ? 0 : Long.parseLong(member.group(4));
            members.put(
                    client,
                    new MemberRow(
                            100 + ordinal,
                            client,
                            ordinal,
                            Integer.parseInt(member.group(2)),
                            member.group(7) == null ? Integer.MAX_VALUE : Integer.parseInt(member.group(7)),
                            member.group(5) == null ? -1 : Integer.parseInt(member.group(5)),
                            sequence,
                            sequence == 0 ? 0 : digest(client + sequence)));
            asked.set(ordinal, member.group(8) == null);
        } else if (sent.matches()) {
            int number = Integer.parseInt(sent.group(2));
            int itsRound = Integer.parseInt(sent.group(3));
            earlier.add(new AcceptedMessage(
                    sent.group(1), itsRound, itsRound, number, digest(sent.group(1) + number), Instant.EPOCH, 10));
        } else if (history.matches()) {
            histories.put(Integer.parseInt(history.group(2)), history.group(1));
        } else {
            throw new AssertionError("not a line of a transcript: " + line);
        }
    }

    private AcceptanceRules rules() {
        RunRow run = new RunRow(1, "r", state, closing, round, null, null, accepted, 0, 0, null);
        ValidatedPlan plan =
                ValidatedPlan.of(JsonMapper.shared().readValue("""
                        {"name": "r", "dimension": 4, "algorithm": "ef21-norm", "rounds": 9, "compressor": "top-k:1", "staleness": %d}""".formatted(staleness), RunDefinition.class));
        return new AcceptanceRules(
                new RoundAdmission(run, plan, 3, () -> asked),
                members,
                earlier,
                histories,
                Map.<String, PrivacyCost>of());
    }

    private static Submission submission(Matcher message) {
        String client = message.group(1);
        long sequence = Long.parseLong(message.group(2));
        String before = message.group(4) == null ? client + (sequence - 1) : message.group(4);
        return new Submission(
                client,
                new ModelName(Integer.parseInt(message.group(5)), message.group(7)),
                sequence,
                sequence == 1 && message.group(4) == null ? 0 : digest(before),
                digest(message.group(9) == null ? client + sequence : message.group(9)),
                10);
    }

    private static long digest(String name) {
        return Long.parseLong(name, 16);
    }

    private static String said(Acceptance decision) {
        if (decision instanceof Acceptance.Added added) {
            AcceptedMessage message = added.message();
            return "number " + message.sequence() + " of " + message.client() + " joins round " + message.includedIn();
        }
        if (decision instanceof Acceptance.Repeated repeated) {
            AcceptedMessage message = repeated.message();
            return "was number " + message.sequence() + ", in round " + message.includedIn();
        }
        var problem = ((Acceptance.Refused) decision).problem();
        return problem.problem().slug()
                + problem.members().entrySet().stream()
                        .map(entry -> " " + entry.getKey() + "=" + entry.getValue())
                        .collect(Collectors.joining());
    }

    @Test
    void aRepeatedMessageIsAddedToTheOpenRoundOnce() {
        check("""
                run running in round 2
                member a from round 0, 2 messages, the last for round 1
                member b from round 2
                a sends 3 for round 2  -> number 3 of a joins round 2
                a sends 3 for round 2  -> was number 3, in round 2
                b sends 1 for round 2  -> number 1 of b joins round 2
                b sends 1 for round 2  -> was number 1, in round 2
                a sends 3 for round 2  -> was number 3, in round 2
                """);
    }

    @Test
    void aLostReceiptIsReturnedAgainRegardlessOfTheRunsState() {
        check("""
                run cancelled in round 5
                member a from round 0, 3 messages, the last for round 2, left after 3
                a sent 3 for round 2
                a sends 3 for round 2  -> was number 3, in round 2
                a sends 4 for round 5  -> member-not-found run=r client=a
                """);
    }

    @Test
    void aSecondAnswerToARoundIsRefusedAndTheFirstStays() {
        check("""
                run running in round 2
                member a from round 0, 2 messages, the last for round 1
                a sends 3 for round 2                  -> number 3 of a joins round 2
                a sends 3 for round 2 with digest ff   -> conflict sequence=3 digest=00000000000000a3
                a sends 4 for round 2                  -> conflict sequence=3 digest=00000000000000a3
                a sends 3 for round 2                  -> was number 3, in round 2
                """);
    }

    @Test
    void aMessageNamesTheOneBeforeIt() {
        check("""
                run running in round 2
                member a from round 0, 2 messages, the last for round 1
                a sends 3 after ff for round 2  -> state-diverged expectedSequence=3 expectedPrevious=00000000000000a2
                a sends 4 for round 2           -> state-diverged expectedSequence=3 expectedPrevious=00000000000000a2
                a sends 2 for round 2           -> state-diverged expectedSequence=3 expectedPrevious=00000000000000a2
                a sends 3 for round 2           -> number 3 of a joins round 2
                """);
    }

    @Test
    void aMessageOnALostModelIsRefusedUnlessItWasAccepted() {
        check("""
                run running in round 2
                history aa of round 2
                member a from round 0, 1 messages, the last for round 1
                a sends 2 for round 2 of history bb  -> history-lost openRound=2
                a sends 2 for round 3 of history aa  -> history-lost openRound=2
                a sends 2 for round 2 of history aa  -> number 2 of a joins round 2
                a sends 2 for round 2 of history bb  -> was number 2, in round 2
                a sends 3 for round 2 of history bb  -> history-lost openRound=2
                """);
    }

    @Test
    void aRoundAcceptsMessagesOnlyWhileItIsOpen() {
        check("""
                run running in round 2
                member a from round 0
                a sends 1 for round 3  -> round-not-open openRound=2
                a sends 1 for round 1  -> round-closed openRound=2 state=running
                a sends 1 for round 2  -> number 1 of a joins round 2
                """);
    }

    @Test
    void noRoundIsOpenBeforeTheStartOrAfterTheEnd() {
        check("""
                run created in round 0
                member a from round 0
                a sends 1 for round 0  -> round-not-open openRound=-1
                """);
        check("""
                run finished in round 9
                member a from round 0
                a sends 1 for round 9  -> round-closed openRound=9 state=finished
                """);
    }

    @Test
    void aPausedRunAcceptsMessagesComputedBeforeThePause() {
        check("""
                run paused in round 2
                member a from round 0
                a sends 1 for round 2  -> number 1 of a joins round 2
                """);
    }

    @Test
    void aFrozenRoundRefusesMessagesAndWithStalenessTheNextOneAcceptsThem() {
        check("""
                run running in round 2, closing
                member a from round 0
                a sends 1 for round 2  -> round-closed openRound=2 state=running
                """);
        check("""
                run running in round 2, closing, tau 1
                member a from round 0
                a sends 1 for round 2  -> busy
                a sends 1 for round 1  -> round-closed openRound=2 state=running
                """);
    }

    @Test
    void withStalenessALateMessageIsAddedInTheOpenRound() {
        check("""
                run running in round 2, tau 1
                member a from round 0
                a sends 1 for round 1  -> number 1 of a joins round 2
                a sends 2 for round 2  -> number 2 of a joins round 2
                a sends 3 for round 0  -> round-closed openRound=2 state=running
                """);
    }

    @Test
    void aRoundAcceptsNoMoreThanItsMaximum() {
        check("""
                run running in round 2, 1 accepted
                member a from round 0
                member b from round 0
                member c from round 0
                a sends 1 for round 2  -> number 1 of a joins round 2
                b sends 1 for round 2  -> number 1 of b joins round 2
                c sends 1 for round 2  -> round-closed openRound=2 state=running
                a sends 1 for round 2  -> was number 1, in round 2
                """);
    }

    @Test
    void onlyMembersThatTheRoundAsksMayAnswer() {
        check("""
                run running in round 2
                member a from round 0, not asked
                member b from round 3
                member c from round 0, 1 messages, the last for round 0, left after 1
                a sends 1 for round 2  -> round-closed openRound=2 state=running
                b sends 1 for round 2  -> round-closed openRound=2 state=running
                c sends 2 for round 2  -> member-not-found run=r client=c
                d sends 1 for round 2  -> member-not-found run=r client=d
                """);
    }

    @Test
    void aMemberThatLeavesAnswersTheOpenRoundOnce() {
        check("""
                run running in round 2
                member a from round 0, left after 2
                a sends 1 for round 2  -> number 1 of a joins round 2
                """);
    }
}
