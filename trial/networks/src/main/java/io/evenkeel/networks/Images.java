package io.evenkeel.networks;

import ai.djl.ndarray.types.Shape;
import io.evenkeel.trial.sparse.Labelled;
import io.evenkeel.trial.sparse.SparseMatrix;
import java.util.Arrays;

/** Labelled rows seen as square images of one channel or three. */
final class Images {

    private final SparseMatrix rows;
    private final int[] classes;
    private final int channels;
    private final int side;

    private Images(SparseMatrix rows, int[] classes, int channels, int side) {
        this.rows = rows;
        this.classes = classes;
        this.channels = channels;
        this.side = side;
    }

    /**
     * @param labels ascending; the place of one among them is its class
     * @throws IllegalArgumentException if a row's length is neither s^2 nor 3 s^2
     */
    static Images of(Labelled data, double[] labels) {
        int columns = data.features().columns();
        for (int channels : new int[] {1, 3}) {
            int side = (int) Math.round(Math.sqrt((double) columns / channels));
            if (channels * side * side == columns) {
                int[] classes = new int[data.size()];
                Arrays.setAll(classes, i -> Arrays.binarySearch(labels, data.label(i)));
                return new Images(data.features(), classes, channels, side);
            }
        }
        throw new IllegalArgumentException("the samples have " + columns
                + " features, which is no square image of one channel or three: networks are for images");
    }

    int size() {
        return classes.length;
    }

    int classOf(int image) {
        return classes[image];
    }

    /** Returns channels, height and width. */
    Shape shape() {
        return new Shape(channels, side, side);
    }

    /** Returns some images' values, one behind the other. */
    float[] values(int[] images) {
        int columns = rows.columns();
        float[] values = new float[images.length * columns];
        for (int i = 0; i < images.length; i++) {
            for (int e = rows.start(images[i]); e < rows.start(images[i] + 1); e++) {
                values[i * columns + rows.column(e)] = (float) rows.value(e);
            }
        }
        return values;
    }

    /** Returns some images' classes as rows with a one in the place of the class. */
    float[] oneHot(int[] images, int classCount) {
        float[] ones = new float[images.length * classCount];
        for (int i = 0; i < images.length; i++) {
            ones[i * classCount + classes[images[i]]] = 1;
        }
        return ones;
    }
}
