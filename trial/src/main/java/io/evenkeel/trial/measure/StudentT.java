package io.evenkeel.trial.measure;

/** Student's t distribution, by the continued fraction of the incomplete beta function (Lentz; DLMF 8.17.22). */
final class StudentT {

    private static final int MOST_TERMS = 10_000;
    private static final double TINY = 1e-300;
    private static final double ENOUGH_FOR_STIRLING = 20;

    private StudentT() {}

    /** Returns the probability that a t of {@code freedom} degrees lies at least as far from 0 as the one given. */
    static double twoSided(double t, double freedom) {
        return Double.isInfinite(t) ? 0 : incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5);
    }

    /** Returns the t within which 95% lie, found by bisection. */
    static double quantile95(double freedom) {
        double low = 0;
        double high = 100;
        for (int i = 0; i < 100; i++) {
            double middle = (low + high) / 2;
            if (twoSided(middle, freedom) > 0.05) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }

    private static double incompleteBeta(double x, double a, double b) {
        if (x <= 0 || x >= 1) {
            return x <= 0 ? 0 : 1;
        }
        double front = StrictMath.exp(
                logGamma(a + b) - logGamma(a) - logGamma(b) + a * StrictMath.log(x) + b * StrictMath.log(1 - x));
        return x < (a + 1) / (a + b + 2) ? front * fraction(x, a, b) / a : 1 - front * fraction(1 - x, b, a) / b;
    }

    private static double fraction(double x, double a, double b) {
        double c = 1;
        double d = 1 / away(1 - (a + b) * x / (a + 1));
        double h = d;
        for (int m = 1; m <= MOST_TERMS; m++) {
            double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
            d = 1 / away(1 + even * d);
            c = away(1 + even / c);
            h *= d * c;
            double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = 1 / away(1 + odd * d);
            c = away(1 + odd / c);
            h *= d * c;
            if (Math.abs(d * c - 1) < 1e-15) {
                break;
            }
        }
        return h;
    }

    private static double away(double value) {
        return Math.abs(value) < TINY ? TINY : value;
    }

    /** Stirling's series (DLMF 5.11.1), after the recurrence has taken x to where it converges fast. */
    private static double logGamma(double x) {
        double shift = 0;
        double z = x;
        while (z < ENOUGH_FOR_STIRLING) {
            shift += StrictMath.log(z);
            z += 1;
        }
        double inverse = 1 / z;
        double square = inverse * inverse;
        double series = inverse * (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square / 1680)));
        return (z - 0.5) * StrictMath.log(z) - z + 0.5 * StrictMath.log(2 * Math.PI) + series - shift;
    }
}
