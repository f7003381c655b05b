package io.evenkeel.trial.experiment;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Guesses the content of files from their names. */
final class SourceNames {

    private SourceNames() {}

    static String guess(String file) {
        String name = file.toLowerCase(Locale.ROOT).replaceFirst("\\.gz$", "");
        if (Files.isRegularFile(Path.of(file, "data_batch_1.bin"))) {
            return "cifar10";
        }
        if (Files.isDirectory(Path.of(file)) || name.matches(".*\\.(zip|tar|tgz|tar\\.xz|txz)$")) {
            return "images";
        }
        return name.matches(".*\\.(csv|tsv)$") ? "csv" : name.matches(".*(idx\\d-ubyte|\\.idx)$") ? "idx" : "libsvm";
    }

    /** The labels beside images, by MNIST's habit. */
    static String labelsOf(String images) {
        String labels = images.replace("images", "labels").replace("idx3", "idx1");
        Check.that(
                !labels.equals(images),
                "data.labels-file is missing and does not follow from the name " + images + ": give it");
        return labels;
    }
}
