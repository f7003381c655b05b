package io.evenkeel.cli.pilot;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of generated data. */
final class GeneratorOptions {

    @Option(
            names = "--dimension",
            paramLabel = "D",
            description = "Number of coordinates. Default: 100; polynomial: 4.")
    @Nullable
    Integer dimension;

    @Option(
            names = "--samples-per-client",
            paramLabel = "M",
            description = "Generator logistic: samples of a client. Default: 50.")
    @Nullable
    Integer samplesPerClient;

    @Option(
            names = "--heterogeneity",
            paramLabel = "H",
            description =
                    "Generators logistic and quadratic: how much clients differ; 0 for identical clients. Default: 1.")
    @Nullable
    Double heterogeneity;

    @Option(
            names = "--condition",
            paramLabel = "C",
            description = "Generator quadratic: the largest curvature divided by the smallest. Default: 100.")
    @Nullable
    Double condition;

    @Option(names = "--l1", paramLabel = "L1", description = "Generator polynomial: L1, with L0 = 4. Default: 1.")
    @Nullable
    Double l1;
}
