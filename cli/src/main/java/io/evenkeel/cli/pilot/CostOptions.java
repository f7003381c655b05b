package io.evenkeel.cli.pilot;

import io.evenkeel.trial.cost.Deployment;
import io.evenkeel.trial.cost.Prices;
import io.evenkeel.trial.text.Language;
import io.evenkeel.trial.text.Texts;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;

/** Options for the cost page: prices, the fleet and its model, and the language. */
final class CostOptions {

    private static final Prices ASSUMED = Prices.DEFAULT;

    @Option(
            names = "--currency",
            paramLabel = "NAME",
            description =
                    "The currency of all prices, such as EUR, USD or 円. Prices that are not given are assumed in EUR: for"
                            + " another currency give all of them, or --rate.",
            showDefaultValue = Visibility.ALWAYS)
    private String currency = ASSUMED.currency();

    @Option(
            names = "--rate",
            paramLabel = "PRICE",
            description = "Price of 1 EUR in the currency. Converts the prices that are not given.")
    private @Nullable Double rate;

    @Option(names = "--gb-up", paramLabel = "PRICE", description = "Price per GB that a device sends. Default: 1 EUR.")
    private @Nullable Double up;

    @Option(
            names = "--gb-down",
            paramLabel = "PRICE",
            description = "Price per GB that a device fetches. Default: 1 EUR.")
    private @Nullable Double down;

    @Option(
            names = "--device-hour",
            paramLabel = "PRICE",
            description = "Price per hour that a device computes. Default: 0.01 EUR.")
    private @Nullable Double deviceHour;

    @Option(
            names = "--engineering-day",
            paramLabel = "PRICE",
            description = "Price per day of one engineer. Default: 800 EUR.")
    private @Nullable Double engineeringDay;

    @Option(
            names = "--engineering-days",
            paramLabel = "DAYS",
            description = "Days of work for the roll-out.",
            showDefaultValue = Visibility.ALWAYS)
    private double engineeringDays = Prices.DEFAULT.engineeringDays();

    @Option(
            names = "--payback-years",
            paramLabel = "YEARS",
            description = "The number of years in which the saving must pay for the roll-out.",
            showDefaultValue = Visibility.ALWAYS)
    private double paybackYears = Deployment.DEFAULT.paybackYears();

    @Option(
            names = "--trainings",
            paramLabel = "N",
            description = "Trainings per year.",
            showDefaultValue = Visibility.ALWAYS)
    private double trainings = Deployment.DEFAULT.trainings();

    @Option(
            names = "--devices",
            paramLabel = "N",
            description = "Devices in the real fleet.",
            showDefaultValue = Visibility.ALWAYS)
    private double devices = Deployment.DEFAULT.devices();

    @Option(
            names = "--parameters",
            paramLabel = "N",
            description = "Parameters of the real model. Default: those of the trial.")
    private double parameters = Deployment.DEFAULT.parameters();

    @Option(
            names = "--slowdown",
            paramLabel = "FACTOR",
            description = "The factor by which a device is slower than this machine.",
            showDefaultValue = Visibility.ALWAYS)
    private double slowdown = Deployment.DEFAULT.slowdown();

    @Option(
            names = "--kwh-per-gb",
            paramLabel = "KWH",
            description =
                    "Electricity of the network per GB; 0 leaves it out. The default is that of fixed lines in 2015"
                            + " (doi:10.1111/jiec.12630); mobile networks use more.",
            showDefaultValue = Visibility.ALWAYS)
    private double electricity = Deployment.DEFAULT.kilowattHoursPerGigabyte();

    @Option(names = "--lang", paramLabel = "LANGUAGE", description = "en or ja.", showDefaultValue = Visibility.ALWAYS)
    private String language = Language.ENGLISH.code();

    /**
     * Returns the prices.
     *
     * @throws IllegalArgumentException if assumed prices would be in a different currency from the given ones
     */
    Prices prices() {
        double factor = factor();
        return new Prices(
                currency,
                up != null ? up : factor * ASSUMED.gigabyteUp(),
                down != null ? down : factor * ASSUMED.gigabyteDown(),
                deviceHour != null ? deviceHour : factor * ASSUMED.deviceHour(),
                engineeringDay != null ? engineeringDay : factor * ASSUMED.engineeringDay(),
                engineeringDays);
    }

    /** Returns the factor by which assumed prices are multiplied. */
    private double factor() {
        if (currency.equals(ASSUMED.currency())) {
            if (rate != null) {
                throw new IllegalArgumentException("--rate converts assumed prices from " + ASSUMED.currency()
                        + ": name another currency with --currency, or leave out --rate");
            }
            return 1;
        }
        if (rate != null) {
            if (!(rate > 0) || rate.isInfinite()) {
                throw new IllegalArgumentException("--rate is " + rate + ", expected a finite number above 0");
            }
            return rate;
        }
        List<String> assumed = assumed();
        if (!assumed.isEmpty()) {
            throw new IllegalArgumentException("--currency is '" + currency + "', but " + String.join(", ", assumed)
                    + (assumed.size() == 1 ? " is" : " are") + " assumed in " + ASSUMED.currency()
                    + ": give them in " + currency + ", or --rate with the price of 1 " + ASSUMED.currency() + " in "
                    + currency);
        }
        return 1;
    }

    private List<String> assumed() {
        Map<String, Boolean> given = new LinkedHashMap<>();
        given.put("--gb-up", up != null);
        given.put("--gb-down", down != null);
        given.put("--device-hour", deviceHour != null);
        given.put("--engineering-day", engineeringDay != null);
        given.values().removeIf(isGiven -> isGiven);
        return List.copyOf(given.keySet());
    }

    Deployment deployment() {
        return new Deployment(devices, trainings, parameters, slowdown, paybackYears, electricity);
    }

    Texts texts() {
        return Texts.in(Language.parse(language));
    }
}
