package io.evenkeel.trial.cost;

/**
 * Prices in one currency; all at least 0.
 *
 * @param currency its name or sign, such as EUR
 * @param gigabyteUp per 10^9 bytes that a device sends
 * @param gigabyteDown per 10^9 bytes that a device downloads
 * @param deviceHour per hour of a device's computing
 * @param engineeringDay per day of one person
 * @param engineeringDays the number of days that the roll-out takes
 */
public record Prices(
        String currency,
        double gigabyteUp,
        double gigabyteDown,
        double deviceHour,
        double engineeringDay,
        double engineeringDays) {

    public static final Prices DEFAULT = new Prices("EUR", 1, 1, 0.01, 800, 10);

    public Prices {
        if (currency.isBlank()) {
            throw new IllegalArgumentException("the currency is empty: give its name or sign, such as EUR");
        }
        for (double price : new double[] {gigabyteUp, gigabyteDown, deviceHour, engineeringDay, engineeringDays}) {
            if (!(price >= 0) || Double.isInfinite(price)) {
                throw new IllegalArgumentException("a price is " + price + ", expected a finite number of at least 0");
            }
        }
    }

    /** Returns the one-time cost of the roll-out. */
    public double rollOut() {
        return engineeringDay * engineeringDays;
    }

    /** Returns a copy without a price for computing. */
    Prices withoutComputing() {
        return new Prices(currency, gigabyteUp, gigabyteDown, 0, engineeringDay, engineeringDays);
    }

    /** Returns a copy with both prices of traffic multiplied by a factor. */
    Prices withTrafficTimes(double factor) {
        return new Prices(
                currency, gigabyteUp * factor, gigabyteDown * factor, deviceHour, engineeringDay, engineeringDays);
    }
}
