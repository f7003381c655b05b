package io.evenkeel.trial.cost;

/**
 * The training that a trial represents; all figures are finite and above 0.
 *
 * @param devices the number of devices in the fleet
 * @param trainings the number of training runs per year
 * @param parameters the number of model parameters; 0 for that of the trial
 * @param slowdown how many times slower a device computes than the machine of the trial
 * @param paybackYears the number of years within which the saving must recoup the cost of the roll-out
 * @param kilowattHoursPerGigabyte the network's consumption for 10^9 bytes; 0 to omit electricity
 */
public record Deployment(
        double devices,
        double trainings,
        double parameters,
        double slowdown,
        double paybackYears,
        double kilowattHoursPerGigabyte) {

    /** The value for fixed lines in 2015: Aslan et al., Journal of Industrial Ecology 22(4), 2018. */
    public static final double FIXED_LINES = 0.06;

    public static final Deployment DEFAULT = new Deployment(1000, 52, 0, 10, 3, FIXED_LINES);

    public Deployment {
        require("devices", devices, devices > 0);
        require("trainings a year", trainings, trainings > 0);
        require("parameters", parameters, parameters >= 0);
        require("slowdown", slowdown, slowdown > 0);
        require("payback years", paybackYears, paybackYears > 0);
        require("kWh per GB", kilowattHoursPerGigabyte, kilowattHoursPerGigabyte >= 0);
    }

    private static void require(String name, double value, boolean inRange) {
        if (!inRange || Double.isInfinite(value)) {
            throw new IllegalArgumentException(name + " is " + value + ", expected a finite number above 0");
        }
    }

    Deployment withDevices(double count) {
        return new Deployment(count, trainings, parameters, slowdown, paybackYears, kilowattHoursPerGigabyte);
    }

    Deployment withParameters(double count) {
        return new Deployment(devices, trainings, count, slowdown, paybackYears, kilowattHoursPerGigabyte);
    }
}
