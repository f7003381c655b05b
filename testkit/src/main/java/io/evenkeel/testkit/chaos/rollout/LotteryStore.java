package io.evenkeel.testkit.chaos.rollout;

import io.evenkeel.client.StateStore;
import io.evenkeel.testkit.chaos.rollout.CrashLottery.Step;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A state store whose device may be killed before and after each change. */
final class LotteryStore implements StateStore {

    private final StateStore store;
    private final CrashLottery lottery;

    LotteryStore(StateStore store, CrashLottery lottery) {
        this.store = store;
        this.lottery = lottery;
    }

    @Override
    public void write(String name, Content content) {
        lottery.reached(Step.BEFORE_WRITING);
        store.write(name, content);
        lottery.reached(Step.AFTER_WRITING);
    }

    @Override
    public void rename(String from, String to) {
        lottery.reached(Step.BEFORE_WRITING);
        store.rename(from, to);
        lottery.reached(Step.AFTER_WRITING);
    }

    @Override
    public void delete(String name) {
        // Most are of nothing.
        if (store.read(name) == null) {
            return;
        }
        lottery.reached(Step.BEFORE_DELETING);
        store.delete(name);
        lottery.reached(Step.AFTER_DELETING);
    }

    @Override
    public byte @Nullable [] read(String name) {
        return store.read(name);
    }

    @Override
    public List<String> names(String prefix) {
        return store.names(prefix);
    }

    @Override
    public String describe(String name) {
        return store.describe(name);
    }

    @Override
    public void close() {
        store.close();
    }
}
