package io.evenkeel.trial.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.trial.result.ArmSummary;
import io.evenkeel.trial.result.Summary;
import io.evenkeel.trial.result.SummaryFixture;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DecisionTest {

    private static final double GIGABYTE = 1e9;

    /** Only traffic has a price: 1 per GB sent. */
    private static final Prices PRICES = new Prices("EUR", 1, 0, 0, 100, 30);

    private static final Deployment SMALL = new Deployment(10, 1, 0, 1, 3, 0.06);

    /**
     * A trial of 10 clients with the GB that each arm sends until the target; null for an arm that never
     * reaches it.
     */
    private static ArmSummary arm(String name, String compressor, @Nullable Double gigabytes) {
        return SummaryFixture.arm(
                name,
                compressor,
                "loss:0.1",
                gigabytes == null ? null : 1.0,
                gigabytes == null ? null : gigabytes * GIGABYTE);
    }

    private static Decision decision(Deployment deployment, ArmSummary... arms) {
        Summary summary = SummaryFixture.summary(10, 1000, List.of("loss:0.1"), List.of(arms));
        return new Decision(new CostModel(summary, 1, Set.of(), "loss:0.1", PRICES, deployment));
    }

    private static Decision.Kind kind(Decision decision) {
        Decision.Verdict best = decision.best();
        assertThat(best).isNotNull();
        return best == null ? Decision.Kind.NOT_REACHED : best.kind();
    }

    @Test
    void savingsThatPayBackTheRollOutInTimePay() {
        Decision decision = decision(SMALL, arm("gd", "identity", 2000.0), arm("ef21", "top-k:0.01", 900.0));
        assertThat(kind(decision)).isEqualTo(Decision.Kind.PAYS);
        assertThat(decision.required()).isEqualTo(1000);
        assertThat(decision.best()).extracting(Decision.Verdict::saving).isEqualTo(1100.0);
        assertThat(decision.best()).extracting(Decision.Verdict::hasRange).isEqualTo(false);
    }

    @Test
    void oneSeedSaysAtMostThatItProbablyPays() {
        ArmSummary once = SummaryFixture.armOfOneSeed("ef21", "top-k:0.01", "loss:0.1", 1, 900 * GIGABYTE);
        assertThat(kind(decision(SMALL, arm("gd", "identity", 2000.0), once))).isEqualTo(Decision.Kind.PROBABLY_PAYS);
    }

    @Test
    void savingsThatPayItBackTooLateDoNotPayAndStateWhenTheyWould() {
        Decision decision = decision(SMALL, arm("gd", "identity", 1000.0), arm("ef21", "top-k:0.01", 500.0));
        assertThat(kind(decision)).isEqualTo(Decision.Kind.DOES_NOT_PAY);
        ArmSummary ef21 = decision.candidates().get(0);
        for (Lever lever : Lever.values()) {
            double from = decision.paying(ef21, lever).orElseThrow().from();
            assertThat(decision.saving(ef21, lever, from))
                    .as("saving where it begins to pay, by " + lever)
                    .isCloseTo(decision.required(), within(1e-6));
        }
        Decision.Range fleet = decision.paying(ef21, Lever.DEVICES).orElseThrow();
        assertThat(fleet.from()).isCloseTo(20.0, within(1e-9));
        assertThat(fleet.isBounded()).isFalse();
        assertThat(decision.paying(ef21, Lever.PRICE).orElseThrow().from()).isCloseTo(2.0, within(1e-9));
    }

    @Test
    void anArmThatSendsMoreCostsMoreAndNeverPays() {
        Decision decision = decision(SMALL, arm("gd", "identity", 1.0), arm("ef21", "top-k:0.01", 2.0));
        assertThat(kind(decision)).isEqualTo(Decision.Kind.COSTS_MORE);
        assertThat(decision.paying(decision.candidates().get(0), Lever.DEVICES)).isEmpty();
    }

    @Test
    void todayIsTheCheapestUncompressedArmInsteadOfTheBaseline() {
        Decision decision = decision(
                SMALL, arm("ef21", "top-k:0.01", 1.0), arm("gd", "identity", 9.0), arm("gd-norm", "identity", 4.0));
        assertThat(decision.today().name()).isEqualTo("gd-norm");
        assertThat(decision.isUncompressedToday()).isTrue();
        assertThat(decision(SMALL, arm("ef21", "top-k:0.01", 1.0)).isUncompressedToday())
                .isFalse();
    }

    @Test
    void anUnreachedTargetHasNoSaving() {
        assertThat(kind(decision(SMALL, arm("gd", "identity", 1.0), arm("ef21", "top-k:0.01", null))))
                .isEqualTo(Decision.Kind.NOT_REACHED);
        assertThat(kind(decision(SMALL, arm("gd", "identity", null), arm("ef21", "top-k:0.01", 1.0))))
                .isEqualTo(Decision.Kind.ONLY_THIS_REACHES);
    }

    @Test
    void aModelOfTenTimesTheParametersSendsTenTimesTheValuesButAsManyHeaders() {
        ArmSummary gd = arm("gd", "identity", 1e-3);
        CostModel model = decision(SMALL, gd).model();
        CostModel large = model.with(Lever.PARAMETERS, 10_000);
        double headers = (10 * model.deviceBytesUp(gd) - large.deviceBytesUp(gd)) / 9;
        assertThat(headers).as("bytes of one message's headers").isBetween(60.0, 75.0);
    }

    /**
     * A trial of 20 clients with a model of 10,000 parameters: 10 rounds, in which EF21 downloaded 1.26 bytes per
     * parameter and round.
     */
    private static CostModel traffic(double devices, Set<String> independent) {
        double first = 4 * 10_000;
        double each = 1.26 * 10_000;
        ArmSummary gd = SummaryFixture.arm("gd", "identity", "loss:0.1", 10.0, 20 * 10 * 4e4, 20 * 10 * 8e4);
        ArmSummary ef21 =
                SummaryFixture.arm("ef21", "top-k:0.01", "loss:0.1", 10.0, 20 * 10 * 600.0, 20 * (first + 10 * each));
        Summary summary = SummaryFixture.summary(20, 10_000, List.of("loss:0.1"), List.of(gd, ef21));
        Prices prices = new Prices("EUR", 0, 1, 0, 0, 0);
        return new CostModel(summary, 1, independent, "loss:0.1", prices, new Deployment(devices, 1, 0, 1, 3, 0.06));
    }

    private static double fetchedEachRound(CostModel model, String arm) {
        ArmSummary summary = model.summary().arms().stream()
                .filter(each -> each.name().equals(arm))
                .findFirst()
                .orElseThrow();
        return (model.deviceBytesDown(summary) - (arm.equals("gd") ? 0 : 4 * 10_000)) / 10 / 10_000;
    }

    @Test
    void aLargerFleetFetchesLargerUpdatesAndTodaysTrainingFourBytesAParameter() {
        assertThat(fetchedEachRound(traffic(20, Set.of()), "ef21")).isCloseTo(1.26, within(1e-9));
        assertThat(fetchedEachRound(traffic(500, Set.of()), "ef21")).isBetween(5.0, 7.0);
        assertThat(fetchedEachRound(traffic(1e6, Set.of()), "ef21")).isBetween(7.0, 8.01);
        assertThat(fetchedEachRound(traffic(500, Set.of("ef21")), "ef21"))
                .as("a lossy downlink does not grow")
                .isCloseTo(1.26, within(1e-9));
        assertThat(fetchedEachRound(traffic(500, Set.of()), "gd")).isCloseTo(4, within(1e-9));
    }

    @Test
    void aDenseModelCostsAsMuchToFetchAsToSend() {
        ArmSummary gd = SummaryFixture.arm("gd", "identity", "loss:0.1", 10.0, 20 * 10 * 110.0, 20 * 10 * 40.0);
        Summary summary = SummaryFixture.summary(20, 10, List.of("loss:0.1"), List.of(gd));
        Prices same = new Prices("EUR", 1, 1, 0, 0, 0);
        CostModel model = new CostModel(summary, 1, Set.of(), "loss:0.1", same, SMALL);
        for (double parameters : new double[] {10, 1e6}) {
            YearlyCost cost = model.with(Lever.PARAMETERS, parameters).cost(gd, Bound.MEDIAN);
            assertThat(cost.down()).as("with " + parameters + " parameters").isEqualTo(cost.up());
        }
        assertThat(model.kilowattHours(gd)).isCloseTo(0.06 * 10 * 2 * 10 * 110 / GIGABYTE, within(1e-12));
    }

    @Test
    void anArmWithALossyDownlinkIsNotTodaysTrainingAlthoughItSendsEverything() {
        assertThat(new Decision(traffic(500, Set.of("gd"))).isUncompressedToday())
                .isFalse();
        assertThat(new Decision(traffic(500, Set.of())).isUncompressedToday()).isTrue();
    }

    @Test
    void whereUpdatesGrowWithTheFleetAnArmPaysInSmallFleetsOnlyAndALossyDownlinkHelps() {
        CostModel model = traffic(500, Set.of());
        Decision decision = new Decision(model);
        ArmSummary ef21 = decision.candidates().get(0);
        assertThat(kind(decision)).isEqualTo(Decision.Kind.COSTS_MORE);
        Decision.Range range = decision.paying(ef21, Lever.DEVICES).orElseThrow();
        assertThat(range.to()).isBetween(50.0, 400.0);
        assertThat(decision.saving(ef21, Lever.DEVICES, 1.01 * range.to())).isNegative();
        assertThat(model.growsWithFleet(ef21)).isTrue();
        assertThat(model.costWithLossyDownlink(ef21).down())
                .isLessThan(model.cost(decision.today(), Bound.MEDIAN).down() / 5);
    }

    @Test
    void refusesUnknownTargetsAndInvalidFigures() {
        Summary summary = SummaryFixture.summary(10, 1000, List.of("loss:0.1"), List.of(arm("gd", "identity", 1.0)));
        assertThatThrownBy(() -> new CostModel(summary, 1, Set.of(), "loss:7", PRICES, SMALL))
                .hasMessage("the trial has no target 'loss:7': expected one of loss:0.1");
        assertThatThrownBy(() -> new Deployment(0, 1, 0, 1, 1, 0)).hasMessageContaining("devices is 0.0");
        assertThatThrownBy(() -> new Prices("EUR", Double.NaN, 0, 0, 0, 0)).hasMessageContaining("a price is NaN");
        assertThatThrownBy(() -> new Prices(" ", 0, 0, 0, 0, 0)).hasMessageContaining("the currency is empty");
    }
}
