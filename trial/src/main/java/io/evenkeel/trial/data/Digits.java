package io.evenkeel.trial.data;

import io.evenkeel.core.vector.SplitMix64;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

/**
 * The UCI optical digits, included in this module (SOURCE.md beside the resource states authors and licence): 8x8
 * bitmaps in 10 classes.
 *
 * @param train 1,437 samples to divide among devices
 * @param heldOut 360 samples that no device trains on
 */
public record Digits(Samples train, Samples heldOut) {

    public static final int COUNT = 1797;

    /** The number of features of a sample, 8 x 8. */
    public static final int WIDTH = 64;

    /** The number of classes, the digits 0 to 9. */
    public static final int CLASSES = 10;

    private static final int HELD_OUT = 360;
    private static final double LARGEST_VALUE = 16;

    // Not the run's seed: all runs are measured on the same held-out samples, regardless of their seeds.
    private static final long SPLIT_SEED = 1998;

    /**
     * Reads the digits and splits them deterministically. Values are scaled from 0..16 to 0..1 exactly.
     *
     * @throws UncheckedIOException if the resource cannot be read
     */
    public static Digits load() {
        Samples all = all();
        int[] order = Shuffle.permutation(all.size(), new SplitMix64(SPLIT_SEED));
        int trained = all.size() - HELD_OUT;
        return new Digits(
                all.subset(Arrays.copyOf(order, trained)), all.subset(Arrays.copyOfRange(order, trained, all.size())));
    }

    static Samples all() {
        try (InputStream resource =
                        Objects.requireNonNull(Digits.class.getResourceAsStream("digits.csv.gz"), "digits.csv.gz");
                BufferedReader lines = new BufferedReader(
                        new InputStreamReader(new GZIPInputStream(resource), StandardCharsets.US_ASCII))) {
            return read(lines);
        } catch (IOException e) {
            throw new UncheckedIOException("the digits in this jar cannot be read: build or fetch it again", e);
        }
    }

    private static Samples read(BufferedReader lines) throws IOException {
        double[] features = new double[COUNT * WIDTH];
        int[] labels = new int[COUNT];
        for (int i = 0; i < COUNT; i++) {
            String line = lines.readLine();
            if (line == null) {
                throw new IOException("line " + (i + 1) + " is missing, expected " + COUNT);
            }
            String[] cells = line.split(",", -1);
            if (cells.length != WIDTH + 1) {
                throw new IOException("line " + (i + 1) + " has " + cells.length + " cells, expected " + (WIDTH + 1));
            }
            for (int j = 0; j < WIDTH; j++) {
                features[i * WIDTH + j] = Integer.parseInt(cells[j]) / LARGEST_VALUE;
            }
            labels[i] = Integer.parseInt(cells[WIDTH]);
        }
        return new Samples(features, labels, WIDTH, CLASSES);
    }
}
