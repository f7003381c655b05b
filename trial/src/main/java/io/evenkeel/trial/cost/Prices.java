package io.evenkeel.trial.cost;

/**
 * Prices in one currency; all at least 0.
 *
 * @param currency its name or sign, such as EUR
 * @param gigabyteUp per 10^9 bytes a device sends
 * @param gigabyteDown per 10^9 bytes a device fetches
 * @param deviceHour of one device computing
 * @param engineeringDay of one person
 * @param engineeringDays it takes to roll out
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

    /** Returns what rolling out costs once. */
    public double rollOut() {
        return engineeringDay * engineeringDays;
    }

    /** Returns these prices with none for computing. */
    Prices withoutComputing() {
        return new Prices(currency, gigabyteUp, gigabyteDown, 0, engineeringDay, engineeringDays);
    }

    /** Returns these prices with both prices of traffic multiplied. */
    Prices withTrafficTimes(double factor) {
        return new Prices(
                currency, gigabyteUp * factor, gigabyteDown * factor, deviceHour, engineeringDay, engineeringDays);
    }
}
