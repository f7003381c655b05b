package io.evenkeel.coordinator.chain;

import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.engine.chain.ModelName;
import io.evenkeel.engine.problem.ProblemException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Reads the histories of runs' models from their hash chains. Thread-safe. */
@Component
public class RunHistories {

    private final ChainTable chains;
    private final DurableTransactions transactions;

    RunHistories(ChainTable chains, DurableTransactions transactions) {
        this.chains = chains;
        this.transactions = transactions;
    }

    /**
     * Returns the history of a round's model; null if the run's chain begins later, or the previous round is
     * not closed.
     */
    public @Nullable String of(long run, int round) {
        return transactions
                .read(() -> chains.hashBefore(run, round))
                .map(ModelName::history)
                .orElse(null);
    }

    /** Returns the histories of the models of several rounds; omits rounds without one. */
    public Map<Integer, String> of(long run, Collection<Integer> rounds) {
        Map<Integer, String> found = new HashMap<>();
        for (int round : rounds) {
            String history = of(run, round);
            if (history != null) {
                found.put(round, history);
            }
        }
        return found;
    }

    /**
     * Checks that a run's history contains a model. A model name without a history is not checked.
     *
     * @param name the run's name
     * @param open the open round; -1 before the run starts
     * @throws ProblemException {@code history-lost}
     */
    public void require(long run, String name, int open, ModelName model) {
        if (model.history() != null) {
            String own = of(run, model.round());
            if (model.isLost(open, own)) {
                throw model.lost(name, open, own);
            }
        }
    }
}
