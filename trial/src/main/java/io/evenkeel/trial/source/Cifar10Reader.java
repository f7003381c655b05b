package io.evenkeel.trial.source;

import io.evenkeel.trial.sparse.Labelled;
import io.evenkeel.trial.sparse.SparseMatrixBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the binary version of CIFAR-10: for each image one byte for its class, then 32 x 32 bytes each of red, green
 * and blue. Scales values to 0..1 as float32.
 */
public final class Cifar10Reader {

    private static final int PIXELS = 3 * 32 * 32;
    private static final int CLASSES = 10;
    private static final int BATCHES = 5;

    private Cifar10Reader() {}

    /**
     * Reads data_batch_1.bin to data_batch_5.bin of a folder.
     *
     * @throws DataException if one cannot be read, or has other content
     */
    public static Labelled train(Path folder) {
        List<Path> files = new ArrayList<>();
        for (int batch = 1; batch <= BATCHES; batch++) {
            files.add(folder.resolve("data_batch_" + batch + ".bin"));
        }
        return read(files);
    }

    /**
     * Reads test_batch.bin of a folder.
     *
     * @throws DataException if it cannot be read, or has other content
     */
    public static Labelled test(Path folder) {
        return read(List.of(folder.resolve("test_batch.bin")));
    }

    private static Labelled read(List<Path> files) {
        SparseMatrixBuilder rows = new SparseMatrixBuilder();
        List<Integer> classes = new ArrayList<>();
        for (Path file : files) {
            try (InputStream in = DataFile.open(file)) {
                read(file, in, rows, classes);
            } catch (IOException e) {
                throw DataFile.unreadable(file, e);
            }
        }
        return new Labelled(
                rows.build(PIXELS),
                classes.stream().mapToDouble(Integer::doubleValue).toArray(),
                null);
    }

    private static void read(Path file, InputStream in, SparseMatrixBuilder rows, List<Integer> classes)
            throws IOException {
        byte[] image = new byte[1 + PIXELS];
        for (int number = 1; ; number++) {
            int read = in.readNBytes(image, 0, image.length);
            if (read == 0 && number > 1) {
                return;
            }
            if (read < image.length) {
                throw new DataException(file + ": ends in image " + number + " after " + read + " of " + image.length
                        + " bytes: download it again");
            }
            int label = image[0] & 0xff;
            if (label >= CLASSES) {
                throw new DataException(file + ": image " + number + " has class " + label
                        + ", expected 0 to 9: is it CIFAR-10's binary version?");
            }
            classes.add(label);
            for (int j = 0; j < PIXELS; j++) {
                rows.add(j, (float) ((image[1 + j] & 0xff) / 255.0));
            }
            rows.endRow();
        }
    }
}
