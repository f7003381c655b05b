package io.evenkeel.trial.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.trial.result.ClassBalance;
import io.evenkeel.trial.sparse.Labelled;
import io.evenkeel.trial.sparse.SparseMatrixBuilder;
import org.junit.jupiter.api.Test;

class ClassScoresTest {

    private static Labelled labelled(double... labels) {
        SparseMatrixBuilder rows = new SparseMatrixBuilder();
        for (int i = 0; i < labels.length; i++) {
            rows.endRow();
        }
        return new Labelled(rows.build(1), labels, null);
    }

    @Test
    void theAreaUnderTheCurveIsTheShareOfPairsInOrder() {
        SplitMix64 random = new SplitMix64(7);
        double[] labels = new double[200];
        double[] margins = new double[200];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = random.next(10) == 0 ? 1 : -1;
            // Only a few distinct margins, so that ties occur.
            margins[i] = random.next(12) + labels[i];
        }
        ClassScores scores = new ClassScores(labelled(labels), new double[] {-1, 1}, QualityMetric.AUC);
        double inOrder = 0;
        int pairs = 0;
        for (int i = 0; i < labels.length; i++) {
            scores.set(i, 0, margins[i]);
            for (int j = 0; j < labels.length; j++) {
                if (labels[i] == 1 && labels[j] == -1) {
                    pairs++;
                    inOrder += margins[i] > margins[j] ? 1 : margins[i] == margins[j] ? 0.5 : 0;
                }
            }
        }
        assertThat(scores.value()).isCloseTo(inOrder / pairs, within(1e-12));
    }

    @Test
    void predictingTheMajorityHasAHighAccuracyOnly() {
        double[] labels = {0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
        assertThat(ofTheMajority(QualityMetric.ACCURACY, labels)).isEqualTo(0.9);
        assertThat(ofTheMajority(QualityMetric.BALANCED_ACCURACY, labels)).isEqualTo(0.5);
        assertThat(ofTheMajority(QualityMetric.AUC, labels)).isEqualTo(0.5);
        assertThat(ofTheMajority(QualityMetric.F1, labels)).isZero();
    }

    private static double ofTheMajority(QualityMetric metric, double... labels) {
        ClassScores scores = new ClassScores(labelled(labels), new double[] {0, 1}, metric);
        for (int i = 0; i < labels.length; i++) {
            scores.set(i, 0, -1);
        }
        return scores.value();
    }

    @Test
    void f1IsTheMeanOverThreeClasses() {
        Labelled data = labelled(0, 0, 1, 1, 2, 2);
        ClassScores scores = new ClassScores(data, new double[] {0, 1, 2}, QualityMetric.F1);
        int[] predicted = {0, 0, 0, 1, 1, 2};
        for (int i = 0; i < predicted.length; i++) {
            scores.set(i, predicted[i], 0);
        }
        assertThat(scores.value()).isCloseTo((4.0 / 5 + 2.0 / 4 + 2.0 / 3) / 3, within(1e-15));
    }

    @Test
    void anAreaUnderTheCurveOfThreeClassesIsRefused() {
        ClassScores scores = new ClassScores(labelled(0, 1, 2), new double[] {0, 1, 2}, QualityMetric.AUC);
        assertThatThrownBy(scores::value).hasMessageContaining("metric auc is for two classes, but there are 3");
    }

    @Test
    void classesAreUnbalancedAtThreeTimesTheSamplesOfTheOthers() {
        assertThat(new ClassBalance(2, 0.76, 0.24, 0.5).unbalanced()).isTrue();
        assertThat(new ClassBalance(2, 0.74, 0.26, 0.5).unbalanced()).isFalse();
        assertThat(new ClassBalance(10, 0.26, 0.01, 2).unbalanced()).isTrue();
        assertThat(new ClassBalance(10, 0.2, 0.01, 2).unbalanced()).isFalse();
        assertThat(new ClassBalance(1, 1, 1, 0).unbalanced()).isFalse();
        ClassBalance counted = ClassBalance.of(new double[] {1, -1, -1, -1});
        assertThat(counted).isEqualTo(new ClassBalance(2, 0.75, 0.25, counted.entropy()));
        assertThat(counted.entropy()).isCloseTo(-0.75 * Math.log(0.75) - 0.25 * Math.log(0.25), within(1e-15));
    }
}
