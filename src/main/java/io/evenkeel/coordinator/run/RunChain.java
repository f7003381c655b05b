package io.evenkeel.coordinator.run;

import io.evenkeel.coordinator.chain.ChainTable;
import io.evenkeel.engine.chain.ChainLink;
import io.evenkeel.engine.chain.ContentHash;
import io.evenkeel.engine.definition.Revision;
import io.evenkeel.engine.run.Run;
import io.evenkeel.engine.run.RunEventType;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Appends to the hash chains of runs, in the transaction that makes the change and under the run's lock. The chain of a
 * run created by an earlier version starts with its next change or closed round. Thread-safe.
 */
@Component
public class RunChain {

    private final ChainTable chains;
    private final RevisionTable revisions;
    private final RunEventTable events;

    RunChain(ChainTable chains, RevisionTable revisions, RunEventTable events) {
        this.chains = chains;
        this.events = events;
        this.revisions = revisions;
    }

    /**
     * The stored definition of a run with its changes.
     *
     * @param contents hashes of the original definition and of each change, by number
     * @param fromRounds the first rounds that follow them
     */
    public record Definition(List<String> contents, List<Integer> fromRounds) {

        /** Returns the number of the newest change. */
        public int newest() {
            return contents.size() - 1;
        }

        /** Returns the number of the change that a round follows. */
        public int at(int round) {
            int number = newest();
            while (number > 0 && fromRounds.get(number) > round) {
                number--;
            }
            return number;
        }
    }

    /** Begins the chain of a newly created run. */
    public void begin(Run run) {
        chains.append(run.id(), ChainLink.revision(null, 0, content(run)));
    }

    /** Appends the change of the definition that was just inserted. */
    public void append(Run run, Revision revision) {
        ChainLink head = chains.head(run.id()).orElse(null);
        if (head == null) {
            ChainLink unused = beginLate(run);
        } else {
            String content =
                    revisions.stored(run.id()).get(revision.number() - 1).content();
            chains.append(run.id(), ChainLink.revision(head, revision.number(), content));
        }
    }

    /**
     * Appends the round that is being closed.
     *
     * @param record hash of its record
     * @param messages hash of its messages
     * @param update digest of its changes to the model
     * @return the new head of the chain
     */
    public String append(Run run, String record, String messages, long update) {
        ChainLink head = chains.head(run.id()).orElseGet(() -> beginLate(run));
        ChainLink link = ChainLink.round(head, run.round(), record, messages, update);
        chains.append(run.id(), link);
        return link.hash();
    }

    private ChainLink beginLate(Run run) {
        @Nullable ChainLink last = null;
        List<String> contents = definition(run).contents();
        for (int number = 0; number < contents.size(); number++) {
            last = ChainLink.revision(last, number, contents.get(number));
            chains.append(run.id(), last);
        }
        return Objects.requireNonNull(last);
    }

    /**
     * Returns the first round that has an event of its closing, which names a link; older events may have been deleted.
     */
    public OptionalInt firstClosed(Run run) {
        return events.firstWithDetail(run.id(), RunEventType.ROUND_CLOSED);
    }

    /** Reads the definition of a run with its changes. */
    public Definition definition(Run run) {
        List<RevisionTable.Stored> stored = revisions.stored(run.id());
        return new Definition(
                Stream.concat(Stream.of(content(run)), stored.stream().map(RevisionTable.Stored::content))
                        .toList(),
                Stream.concat(Stream.of(0), stored.stream().map(RevisionTable.Stored::fromRound))
                        .toList());
    }

    private static String content(Run run) {
        return new ContentHash().add(run.name(), run.definition()).hex();
    }
}
