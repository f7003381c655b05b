package io.evenkeel.coordinator.relay;

import io.evenkeel.client.Model;
import io.evenkeel.client.RunPlan;
import io.evenkeel.coordinator.lifecycle.RunChanges;
import io.evenkeel.coordinator.lifecycle.RunView;
import io.evenkeel.coordinator.lifecycle.RunViews;
import io.evenkeel.coordinator.lifecycle.Runs;
import io.evenkeel.coordinator.member.RoundMembers;
import io.evenkeel.coordinator.model.Checkpoints;
import io.evenkeel.coordinator.model.Models;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.round.UpstreamRounds;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.engine.definition.RunDefinition;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import io.evenkeel.engine.relay.SiteRun;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A run that follows a run of the upstream coordinator: it opens a round for each model of that run, and returns the
 * sum of its own members.
 *
 * <p>Determines each step from the database, so a step can be repeated after a crash. A round that starts at the
 * upstream model computes the answer. Any other round ends with the upstream model. Used by one thread.
 */
@Component
class FollowingRun {

    private static final Logger LOG = LoggerFactory.getLogger(FollowingRun.class);

    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final String ME = "relay";

    private final Runs runs;
    private final RunChanges changes;
    private final RunViews views;
    private final PlanCache plans;
    private final Models models;
    private final RoundMembers members;
    private final UpstreamRounds rounds;
    private final JsonMapper json;
    private final DurableTransactions transactions;

    FollowingRun(
            Runs runs,
            RunChanges changes,
            RunViews views,
            PlanCache plans,
            Models models,
            RoundMembers members,
            UpstreamRounds rounds,
            JsonMapper json,
            DurableTransactions transactions) {
        this.runs = runs;
        this.changes = changes;
        this.views = views;
        this.plans = plans;
        this.models = models;
        this.members = members;
        this.rounds = rounds;
        this.json = json;
        this.transactions = transactions;
    }

    /** Thrown if this run can never follow the upstream run. */
    static final class MismatchException extends RuntimeException {

        MismatchException(String message) {
            super(message, null, false, false);
        }
    }

    private Optional<RunView> find(String name) {
        try {
            return Optional.of(views.get(name));
        } catch (ProblemException e) {
            if (e.problem() != ProblemKind.RUN_NOT_FOUND) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private long key(RunView run) {
        return plans.named(Objects.requireNonNull(run.definition().name())).run();
    }

    /** Returns the total weight of the run's members; empty if it has none. */
    OptionalDouble weight(String name) {
        return find(name).stream()
                .mapToDouble(run -> transactions.read(() -> members.weight(key(run), run.round())))
                .filter(weight -> weight > 0)
                .findFirst();
    }

    /**
     * Creates the run if it does not exist, and compares it with the upstream run.
     *
     * @throws MismatchException if it cannot follow that run
     */
    void prepare(RunPlan above) {
        SiteRun.obstacle(
                        above.algorithm(),
                        FeedbackMethod.parse(above.feedback()),
                        above.privacy() != null,
                        above.secureAggregation() != null)
                .ifPresent(why -> {
                    throw new MismatchException("run '" + above.run() + "' above " + why);
                });
        if (find(above.run()).isEmpty()) {
            var unused = runs.create(definition(above));
            LOG.info("Created run '{}', which follows the run of that name above", above.run());
        }
        ValidatedPlan plan = plans.named(above.run()).plan();
        require(plan.followsUpstream(), "step", plan.definition().step(), "'upstream'", above);
        require(plan.layout().equals(above.layout()), "tensors", plan.layout(), above.layout(), above);
    }

    private static void require(boolean holds, String field, @Nullable Object value, Object expected, RunPlan above) {
        if (!holds) {
            throw new MismatchException(
                    "run '" + above.run() + "' here cannot follow the run of that name above: '" + field
                            + "' is " + value + ", expected " + expected
                            + ": delete it, and the relay will create a matching one, or give the run above another"
                            + " name");
        }
    }

    private RunDefinition definition(RunPlan above) {
        ObjectNode definition = json.createObjectNode();
        definition.put("name", above.run());
        definition.set("tensors", json.valueToTree(above.layout().tensors()));
        definition.put(
                "algorithm",
                SiteRun.algorithm(FeedbackMethod.parse(above.feedback())).text());
        definition.put("compressor", above.compressor());
        definition.put("rounds", above.rounds());
        above.localSteps().ifPresent(steps -> definition.put("localSteps", steps));
        definition.put("step", ValidatedPlan.UPSTREAM);
        return json.treeToValue(definition, RunDefinition.class);
    }

    /**
     * Advances the run to an upstream model, and waits until the round that starts at this model is frozen.
     *
     * @param goesOn returns whether to keep waiting
     * @return the sum of the run's members; null if the wait ended early
     */
    UpstreamRounds.@Nullable Sum answer(RunPlan above, Model model, BooleanSupplier goesOn)
            throws InterruptedException {
        double[] x = model.toDoubles();
        int left = Math.max(1, above.rounds() - model.round());
        int at = -1;
        while (goesOn.getAsBoolean()) {
            RunView run = views.get(above.run());
            long id = key(run);
            int round = run.round();
            boolean isAtModel = run.state().hasOpenRound()
                    && (at == round || models.onNewest(id, round, here -> Arrays.equals(here.x(), x)));
            SiteRun.Step step = site(run).answer(isAtModel, left);
            if (step instanceof SiteRun.Start) {
                start(id, x, above.run());
            } else if (step instanceof SiteRun.Answer) {
                at = round;
                UpstreamRounds.Sum sum = rounds.awaitSum(id, round, PAUSE);
                if (sum != null) {
                    return sum;
                }
            } else if (step instanceof SiteRun.Lead lead) {
                supply(run, lead, x);
                var unused = rounds.awaitClosed(id, round, PAUSE);
            } else {
                throw new MismatchException(
                        "run '" + above.run() + "' here is " + run.state().text()
                                + ", but the run of that name above is not: delete it, and the relay will create"
                                + " another one");
            }
        }
        return null;
    }

    private static SiteRun site(RunView run) {
        return new SiteRun(
                run.state(),
                run.round(),
                Objects.requireNonNull(run.definition().rounds()));
    }

    private void start(long id, double[] x, String name) throws InterruptedException {
        Checkpoints.Written written = models.writeInitial(plans.of(id), x);
        transactions.write(() -> models.saveInitial(id, written));
        try {
            var unused = runs.start(name);
        } catch (ProblemException e) {
            if (e.problem() != ProblemKind.TOO_FEW_MEMBERS) {
                throw e;
            }
            var unused = rounds.awaitSum(id, 0, PAUSE);
        }
    }

    /** Sets the next model of the open round, after a change of the number of rounds. */
    private void supply(RunView run, SiteRun.Lead lead, double[] x) {
        lead.rounds().ifPresent(number -> setRounds(run, number));
        rounds.supply(key(run), run.round(), x);
    }

    private void setRounds(RunView run, int number) {
        ObjectNode patch = json.createObjectNode().put("rounds", number);
        var unused = changes.change(
                key(run), new RunChanges.Wish(patch, null, ME, "the run above has a different number of rounds left"));
    }

    /**
     * Ends the run with the last model of the upstream run, once its open round is frozen. A run that has not started
     * is cancelled.
     */
    void finish(String name, double[] x) {
        end(name, SiteRun::finish, x);
    }

    /** Ends the run because the upstream run has ended without finishing. */
    void cancel(String name) {
        end(name, SiteRun::cancel, null);
    }

    /** Ends the run if it has not started, because the upstream run is over. */
    void cancelUnstarted(String name) {
        end(name, SiteRun::miss, null);
    }

    private void end(String name, Function<SiteRun, SiteRun.Step> rule, double @Nullable [] x) {
        Optional<RunView> following = find(name)
                .filter(run -> ValidatedPlan.UPSTREAM.equals(run.definition().step()));
        following.ifPresent(run -> {
            SiteRun.Step step = rule.apply(site(run));
            if (step instanceof SiteRun.Cancel cancel) {
                runs.cancel(name, cancel.why());
                LOG.warn("Run '{}' is cancelled: {}", name, cancel.why());
            } else if (step instanceof SiteRun.Lead lead) {
                supply(run, lead, Objects.requireNonNull(x));
            }
        });
    }
}
