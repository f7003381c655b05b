package io.evenkeel.coordinator.integrity;

import io.evenkeel.coordinator.chain.ChainTable;
import io.evenkeel.coordinator.member.MemberTable;
import io.evenkeel.coordinator.message.FoldedMessages;
import io.evenkeel.coordinator.message.FoldedMessages.Fold;
import io.evenkeel.coordinator.message.MessageStore;
import io.evenkeel.coordinator.model.Updates;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.round.record.RoundRecords;
import io.evenkeel.coordinator.run.RunChain;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.engine.chain.ChainLink;
import io.evenkeel.engine.message.IncludedMessage;
import io.evenkeel.engine.round.RoundRecord;
import io.evenkeel.engine.run.Run;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;

/**
 * Compares a run's stored rows with its hash chain, from the first link to the last: the definition and its
 * changes, the record, messages and update of each round, the members' chains, and the number of the open
 * round. Reads a consistent snapshot, one round's messages at a time, without locks. In a round whose
 * messages are folded, the remaining ones must be in their members' chains. Checking messages takes most of
 * the time, so before a run continues, only the messages of its newest rounds are checked. Thread-safe.
 */
@Component
class ChainVerification {

    private static final int LINKS_AT_ONCE = 500;
    private static final int MEMBERS_AT_ONCE = 10_000;
    private static final int NEWEST_ROUNDS = 20;

    private final RunRepository runs;
    private final RunChain definitions;
    private final ChainTable chains;
    private final RoundRecords records;
    private final MessageStore messages;
    private final FoldedMessages folded;
    private final Updates updates;
    private final MemberTable members;
    private final DurableTransactions transactions;

    ChainVerification(
            RunRepository runs,
            RunChain definitions,
            ChainTable chains,
            RoundRecords records,
            MessageStore messages,
            FoldedMessages folded,
            Updates updates,
            MemberTable members,
            DurableTransactions transactions) {
        this.runs = runs;
        this.definitions = definitions;
        this.chains = chains;
        this.records = records;
        this.messages = messages;
        this.folded = folded;
        this.updates = updates;
        this.members = members;
        this.transactions = transactions;
    }

    /**
     * Checks a run with the messages of all its rounds. Not for use inside a transaction.
     *
     * @throws ChainMismatchException if there is a mismatch
     */
    ChainReport all(long run) {
        return of(run, Integer.MAX_VALUE);
    }

    /** Checks a run as {@link #all} does, with the messages of its newest 20 rounds and the chains of their senders. */
    ChainReport newest(long run) {
        return of(run, NEWEST_ROUNDS);
    }

    private ChainReport of(long id, int rounds) {
        return transactions.readSnapshot(() -> {
            Run run = runs.findById(id).orElseThrow();
            return new Walk(run, Math.max(0, run.round() - rounds)).report();
        });
    }

    /** A single check of a run. */
    private final class Walk {

        private final Run run;
        private final int messagesFrom;
        private final RunChain.Definition definition;
        private final Map<Integer, Long> digests;
        private final Fold fold;
        private final MemberChains replay;
        private @Nullable ChainLink last;
        private int revisions;
        private int rounds;
        private @Nullable Integer firstRound;

        Walk(Run run, int messagesFrom) {
            this.run = run;
            this.messagesFrom = messagesFrom;
            this.definition = definitions.definition(run);
            this.digests = updates.digests(run.id());
            this.fold = folded.of(run.id());
            this.replay = new MemberChains(members.ordinals(run.id()), messagesFrom, fold.firstWhole());
        }

        ChainReport report() {
            for (List<ChainLink> page = page(0);
                    !page.isEmpty();
                    page = page(page.get(page.size() - 1).place() + 1)) {
                links(page);
            }
            requireBegin();
            ChainLink head = last;
            if (head == null) {
                return ChainReport.NONE;
            }
            end();
            return new ChainReport(
                    head.place() + 1, firstRound, firstRound == null ? null : rounds - 1, head.hash(), null, null);
        }

        /**
         * Checks that no links are missing at the beginning: the event of a closed round shows that the round
         * had one.
         */
        private void requireBegin() {
            OptionalInt linked = definitions.firstClosed(run);
            if (linked.isPresent() && (firstRound == null || firstRound > linked.getAsInt())) {
                int round = linked.getAsInt();
                throw mismatch(
                        "run_chain",
                        round,
                        "the links of the first rounds are missing: round " + round + " had one, but "
                                + (firstRound == null ? "no round has" : "round " + firstRound + " has the first"));
            }
        }

        private List<ChainLink> page(int from) {
            return chains.list(run.id(), from, LINKS_AT_ONCE);
        }

        private void links(List<ChainLink> page) {
            List<RoundRecord> stored = records(page);
            int next = 0;
            for (ChainLink link : page) {
                if (!link.follows(last)) {
                    throw mismatch("run_chain", rounds, "link " + link.place() + " does not follow the one before");
                }
                switch (link.covers()) {
                    case REVISION -> revision(link);
                    case ROUND -> round(link, next < stored.size() ? stored.get(next++) : null);
                }
                last = link;
            }
        }

        private List<RoundRecord> records(List<ChainLink> page) {
            try {
                return page.stream()
                        .filter(link -> link.covers() == ChainLink.Covers.ROUND)
                        .findFirst()
                        .map(link -> records.list(run.id(), link.number(), page.size()))
                        .orElse(List.of());
            } catch (JacksonException e) {
                throw mismatch("round_record", rounds, "the metrics of this round or of a later one are not JSON");
            }
        }

        private void revision(ChainLink link) {
            boolean isThere = link.number() == revisions
                    && link.number() < definition.contents().size();
            if (!isThere || !definition.contents().get(link.number()).equals(link.content())) {
                throw link.number() == 0
                        ? mismatch("run", 0, "the definition is not the one that was stored")
                        : mismatch(
                                "run_revision",
                                rounds,
                                "revision " + link.number() + " is not the one that was stored");
            }
            revisions++;
        }

        private void round(ChainLink link, @Nullable RoundRecord record) {
            int round = link.number();
            if (firstRound == null) {
                firstRound = round;
                skipTo(round);
            }
            if (round != rounds) {
                throw mismatch("run_chain", rounds, "round " + round + " follows where round " + rounds + " should");
            }
            if (record == null
                    || record.round() != round
                    || !record.contentHash().equals(link.content())) {
                throw mismatch("round_record", round, "the record is not the one that was stored");
            }
            if (record.revision() != definition.at(round)) {
                throw mismatch(
                        "run_revision",
                        round,
                        "the round followed revision " + record.revision() + ", but revision " + definition.at(round)
                                + " is stored for it");
            }
            Long digest = digests.get(round);
            if (digest != null && !digest.equals(link.update())) {
                throw mismatch("round_update", round, "the update is not the one that was stored");
            }
            if (round >= messagesFrom) {
                List<IncludedMessage> entries = messages.listIn(run.id(), round);
                if (round >= fold.firstWhole() && !IncludedMessage.hash(entries).equals(link.messages())) {
                    throw mismatch("message", round, "the messages are not those that were added");
                }
                replay.add(round, entries);
            }
            rounds++;
        }

        /**
         * Skips rounds that an earlier version closed: their messages are read only for the members' chains.
         */
        private void skipTo(int round) {
            for (int old = Math.max(rounds, messagesFrom); old < round; old++) {
                replay.add(old, messages.listIn(run.id(), old));
            }
            rounds = round;
        }

        private void end() {
            int stored = records.count(run.id());
            if (firstRound == null) {
                skipTo(stored);
            }
            if (stored != rounds) {
                throw mismatch("round_record", rounds, stored + " records are stored for " + rounds + " closed rounds");
            }
            if (run.round() != rounds) {
                throw mismatch(
                        "run",
                        Math.min(rounds, run.round()),
                        "the open round is " + run.round() + ", but " + rounds + " are closed");
            }
            if (definition.newest() != revisions - 1) {
                throw mismatch(
                        "run_revision",
                        rounds,
                        definition.newest() + " revisions are stored, but " + (revisions - 1) + " were made");
            }
            if (!run.follows(definition.newest(), definition.at(run.round()))) {
                throw mismatch("run", rounds, "the revision that the run follows is not the newest one that applies");
            }
            replay.add(rounds, messages.listIn(run.id(), rounds));
            int count = members.ordinals(run.id());
            long accepted = 0;
            for (int from = 0; from < count; from += MEMBERS_AT_ONCE) {
                List<MemberTable.Chain> page = members.chains(run.id(), from, from + MEMBERS_AT_ONCE);
                if (page.size() != Math.min(MEMBERS_AT_ONCE, count - from)) {
                    throw mismatch("member_chain", rounds, "a row of one of the " + count + " members is missing");
                }
                replay.require(from, page);
                accepted += page.stream().mapToLong(MemberTable.Chain::sequence).sum();
            }
            if (messagesFrom == 0 && replay.messages() + fold.messages() != accepted) {
                throw mismatch(
                        "message",
                        0,
                        replay.messages() + " messages are stored and " + fold.messages()
                                + " are folded, but the members have sent " + accepted);
            }
        }

        private static ChainMismatchException mismatch(String table, int round, String what) {
            return new ChainMismatchException(table, round, what);
        }
    }
}
