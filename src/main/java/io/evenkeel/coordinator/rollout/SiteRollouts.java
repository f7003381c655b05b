package io.evenkeel.coordinator.rollout;

import io.evenkeel.coordinator.access.Credential;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.registry.RolloutTarget;
import io.evenkeel.engine.relay.SiteAlias.Following;
import io.evenkeel.engine.rollout.DeviceCounts;
import io.evenkeel.engine.rollout.OpenedGroup;
import io.evenkeel.engine.rollout.Rollout;
import io.evenkeel.engine.rollout.RolloutCheck;
import io.evenkeel.engine.rollout.RolloutDefinition;
import io.evenkeel.engine.rollout.RolloutState;
import io.evenkeel.engine.rollout.SiteReport;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.springframework.stereotype.Component;

/**
 * Manages roll-outs at a relay's site that follow an upstream roll-out: all devices of the site are in one group, and
 * only the upstream rules apply to it. Every change is durable when its method returns, and repeating it changes
 * nothing. Thread-safe.
 */
@Component
public class SiteRollouts {

    private static final String WHO = "relay";
    private static final int NEWEST = 50;

    private final RolloutTable rollouts;
    private final RolloutDeviceTable devices;
    private final RolloutTarget target;
    private final RolloutChanges changes;
    private final RolloutSteps steps;
    private final DurableTransactions transactions;

    SiteRollouts(
            RolloutTable rollouts,
            RolloutDeviceTable devices,
            RolloutTarget target,
            RolloutChanges changes,
            RolloutSteps steps,
            DurableTransactions transactions) {
        this.rollouts = rollouts;
        this.devices = devices;
        this.target = target;
        this.changes = changes;
        this.steps = steps;
        this.transactions = transactions;
    }

    /** Returns the active roll-out of an alias. */
    public Optional<Following> active(String model, String alias) {
        return transactions.read(() -> rollouts.active(model, alias)).map(SiteRollouts::following);
    }

    /** Returns an alias's newest roll-out that follows the given upstream one, even if it is over. */
    public Optional<Following> find(String model, String alias, String upstream) {
        return transactions.read(() -> rollouts.list(model, null, null, NEWEST)).stream()
                .filter(rollout -> rollout.alias().equals(alias)
                        && upstream.equals(rollout.definition().upstream()))
                .findFirst()
                .map(SiteRollouts::following);
    }

    /**
     * Creates a roll-out that follows an upstream one, and starts giving its version to the site's devices.
     *
     * @param metrics the metrics that the upstream roll-out compares
     */
    public Following create(
            String model, String alias, int version, List<RolloutDefinition.Metric> metrics, String upstream) {
        RolloutDefinition definition = RolloutCheck.following(model, alias, version, metrics, upstream);
        String id = Credential.newId();
        transactions.write(() -> {
            target.lock(model);
            target.requireUnprotected(model, alias);
            target.requireVersion(model, version);
            changes.create(Rollout.create(id, target.named(model, alias), definition, WHO, changes.now()));
        });
        steps.move(id);
        return find(model, alias, upstream).orElseThrow();
    }

    /** Stops giving the version to further devices, until {@link #resume}. */
    public void pause(String id) {
        change(
                id,
                rollout -> rollout.state() == RolloutState.RUNNING
                        ? changes.save(rollout.paused(WHO, "the roll-out above is paused", changes.now()))
                        : rollout);
    }

    public void resume(String id) {
        change(
                id,
                rollout -> rollout.state() == RolloutState.PAUSED
                        ? changes.resume(rollout.resumed(WHO, changes.now()))
                        : rollout);
    }

    /** Ends the roll-out; the site's devices return to the alias's version. */
    public void stop(String id, String why) {
        change(
                id,
                rollout -> rollout.state().isOver() ? rollout : changes.save(rollout.stopped(WHO, why, changes.now())));
    }

    /** Ends the roll-out, and sets the alias to its version. */
    public void finish(String id) {
        resume(id);
        change(
                id,
                rollout -> rollout.state().isOver()
                        ? rollout
                        : changes.endGroup(rollout, OpenedGroup.State.PASSED, WHO, "the roll-out above has finished"));
    }

    private static Following following(Rollout rollout) {
        return new Following(
                rollout.id(),
                rollout.definition().upstream(),
                rollout.version(),
                rollout.state().isOver(),
                rollout.message());
    }

    private void change(String id, UnaryOperator<Rollout> change) {
        changes.change(id, change);
        steps.move(id);
    }

    /** Returns the combined reports of the devices of the site and of relays below. */
    public SiteReport report(String id) {
        return transactions.read(() -> {
            Rollout rollout = rollouts.get(id);
            TreeMap<String, SiteReport.Differences> differences = new TreeMap<>();
            rollout.definition().metrics().forEach(metric -> {
                SiteReport.Differences together =
                        devices.differences(id, 0, metric).together();
                if (together.devices() > 0 && Double.isFinite(together.squares())) {
                    differences.put(metric.name(), together);
                }
            });
            return new SiteReport(
                    Objects.requireNonNullElse(devices.counts(id).get(0), DeviceCounts.NONE), differences);
        });
    }
}
