package io.evenkeel.trial.cost;

/**
 * What things cost, in one currency; all at least 0.
 *
 * @param gigabyteUp per 10^9 bytes a device sends
 * @param gigabyteDown per 10^9 bytes a device fetches
 * @param deviceHour of one device computing
 * @param engineeringDay of one person
 * @param engineeringDays it takes to roll out
 */
public record Prices(
        double gigabyteUp, double gigabyteDown, double deviceHour, double engineeringDay, double engineeringDays) {

    public Prices {
        for (double price : new double[] {gigabyteUp, gigabyteDown, deviceHour, engineeringDay, engineeringDays}) {
            if (!(price >= 0) || Double.isInfinite(price)) {
                throw new IllegalArgumentException("a price is " + price + ", expected a finite number of at least 0");
            }
        }
    }

    /** What rolling out costs once. */
    public double rollOut() {
        return engineeringDay * engineeringDays;
    }
}
