package io.evenkeel.cli.pilot;

import io.evenkeel.trial.cost.Deployment;
import io.evenkeel.trial.cost.Prices;
import io.evenkeel.trial.report.Language;
import io.evenkeel.trial.report.Texts;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;

/** Options for the cost page: prices, the fleet and its model, and the language. */
final class CostOptions {

    @Option(
            names = "--currency",
            paramLabel = "NAME",
            description = "The currency of all prices, such as EUR, USD or 円.",
            showDefaultValue = Visibility.ALWAYS)
    private String currency = Prices.DEFAULT.currency();

    @Option(
            names = "--gb-up",
            paramLabel = "PRICE",
            description = "Price per GB that a device sends.",
            showDefaultValue = Visibility.ALWAYS)
    private double up = Prices.DEFAULT.gigabyteUp();

    @Option(
            names = "--gb-down",
            paramLabel = "PRICE",
            description = "Price per GB that a device fetches.",
            showDefaultValue = Visibility.ALWAYS)
    private double down = Prices.DEFAULT.gigabyteDown();

    @Option(
            names = "--device-hour",
            paramLabel = "PRICE",
            description = "Price per hour that a device computes.",
            showDefaultValue = Visibility.ALWAYS)
    private double deviceHour = Prices.DEFAULT.deviceHour();

    @Option(
            names = "--engineering-day",
            paramLabel = "PRICE",
            description = "Price per day of one engineer.",
            showDefaultValue = Visibility.ALWAYS)
    private double engineeringDay = Prices.DEFAULT.engineeringDay();

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

    @Option(names = "--lang", paramLabel = "LANGUAGE", description = "en or ja.", showDefaultValue = Visibility.ALWAYS)
    private String language = Language.ENGLISH.code();

    Prices prices() {
        return new Prices(currency, up, down, deviceHour, engineeringDay, engineeringDays);
    }

    Deployment deployment() {
        return new Deployment(devices, trainings, parameters, slowdown, paybackYears);
    }

    Texts texts() {
        return Texts.in(Language.parse(language));
    }
}
