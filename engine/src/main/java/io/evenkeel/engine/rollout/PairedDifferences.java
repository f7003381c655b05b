package io.evenkeel.engine.rollout;

/**
 * The number, mean and variance of differences, one per device, added one by one. Welford's recurrence
 * (Technometrics 4, 1962) loses no digits when the mean is far from 0. The differences of a site are added
 * together (Chan, Golub and LeVeque, 1979), with the same result as adding its devices one by one. Not
 * thread-safe.
 */
public final class PairedDifferences {

    private int count;
    private double mean;
    private double squares;

    public void add(double difference) {
        count++;
        double before = difference - mean;
        mean += before / count;
        squares += before * (difference - mean);
    }

    /** Adds the differences of the devices of a site. */
    public void add(SiteReport.Differences site) {
        if (site.devices() > 0) {
            double delta = site.mean() - mean;
            double all = (double) count + site.devices();
            squares += site.squares() + delta * delta * count * site.devices() / all;
            mean += delta * site.devices() / all;
            count += site.devices();
        }
    }

    /** Returns the combined differences, as a site reports them. */
    public SiteReport.Differences together() {
        return new SiteReport.Differences(count, mean, squares);
    }

    int count() {
        return count;
    }

    public double mean() {
        return mean;
    }

    /** Returns the standard error of the mean; NaN for fewer than 2 differences. */
    double standardError() {
        return count < 2 ? Double.NaN : Math.sqrt(squares / (count - 1) / count);
    }
}
