package io.evenkeel.trial.source;

import io.evenkeel.trial.sparse.Labelled;
import io.evenkeel.trial.sparse.SparseMatrixBuilder;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Reads images and labels in the IDX format of MNIST: big-endian counts, then one byte for each pixel. Scales values to
 * 0..1 as float32.
 */
public final class IdxReader {

    private static final int BYTES_OF_RANK_3 = 0x0803;
    private static final int BYTES_OF_RANK_1 = 0x0801;
    private static final int LARGEST_IMAGE = 1 << 24;

    private IdxReader() {}

    /**
     * Reads a pair of files.
     *
     * @throws DataException if one cannot be read or has another format, or they do not belong together
     */
    public static Labelled read(Path images, Path labels) {
        double[] classes = readLabels(labels);
        try (DataInputStream in = new DataInputStream(DataFile.open(images))) {
            expectMagic(images, in.readInt(), BYTES_OF_RANK_3, "images");
            int count = in.readInt();
            long size = (long) in.readInt() * in.readInt();
            if (count != classes.length) {
                throw new DataException(images + ": announces " + count + " images, but " + labels + " has "
                        + classes.length + " labels: give files that belong together");
            }
            if (size < 1 || size > LARGEST_IMAGE) {
                throw new DataException(images + ": announces images of " + size + " pixels, expected 1 to "
                        + LARGEST_IMAGE + ": the file is damaged or of another kind");
            }
            return new Labelled(pixels(images, in, count, (int) size).build((int) size), classes, null);
        } catch (EOFException e) {
            throw new DataException(images + ": ends within its header of 16 bytes", e);
        } catch (IOException e) {
            throw DataFile.unreadable(images, e);
        }
    }

    private static SparseMatrixBuilder pixels(Path file, DataInputStream in, int count, int size) throws IOException {
        SparseMatrixBuilder rows = new SparseMatrixBuilder();
        byte[] image = new byte[size];
        for (int i = 0; i < count; i++) {
            int read = in.readNBytes(image, 0, size);
            if (read < size) {
                throw new DataException(file + ": ends at byte " + (16 + (long) i * size + read) + " in image "
                        + (i + 1) + " of " + count + ": download it again");
            }
            for (int j = 0; j < size; j++) {
                rows.add(j, (float) ((image[j] & 0xff) / 255.0));
            }
            rows.endRow();
        }
        return rows;
    }

    private static double[] readLabels(Path file) {
        try (DataInputStream in = new DataInputStream(DataFile.open(file))) {
            expectMagic(file, in.readInt(), BYTES_OF_RANK_1, "labels");
            int count = in.readInt();
            byte[] bytes = in.readNBytes(Math.max(0, count));
            if (bytes.length != count || count < 1) {
                throw new DataException(file + ": announces " + count + " labels, but contains " + bytes.length
                        + ": download it again");
            }
            double[] labels = new double[count];
            for (int i = 0; i < count; i++) {
                labels[i] = bytes[i] & 0xff;
            }
            return labels;
        } catch (EOFException e) {
            throw new DataException(file + ": ends within its header of 8 bytes", e);
        } catch (IOException e) {
            throw DataFile.unreadable(file, e);
        }
    }

    private static void expectMagic(Path file, int actual, int expected, String what) {
        if (actual != expected) {
            throw new DataException(String.format(
                    "%s: starts with %08x, expected %08x: it is not an IDX file of %s", file, actual, expected, what));
        }
    }
}
