package io.evenkeel.trial.image;

import io.evenkeel.trial.source.DataException;
import io.evenkeel.trial.sparse.Labelled;
import io.evenkeel.trial.sparse.SparseMatrixBuilder;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Images whose folders are named after their classes: {@code CLASS/x.jpg}, or {@code train/CLASS/x.jpg} and
 * {@code test/CLASS/x.jpg}. All images are converted to the size and the channels of the first; values are scaled to
 * 0..1 as float32. Parent folders are ignored.
 */
public final class ImageSet {

    private static final List<String> ENDINGS = List.of(".png", ".jpg", ".jpeg", ".gif", ".bmp");

    private final Part train = new Part();
    private final Part test = new Part();
    private final Map<String, Integer> classes = new TreeMap<>();
    private @Nullable ImageSize size;
    private int resized;

    private ImageSet() {}

    /** The images read so far of the training or the test set. */
    private static final class Part {
        private final SparseMatrixBuilder rows = new SparseMatrixBuilder();
        private final List<String> classOf = new ArrayList<>();
    }

    /**
     * Reads a folder or archive.
     *
     * @throws DataException if it cannot be read, an image is damaged, or there are fewer than two classes
     */
    public static ImageSet read(Path path) {
        ImageSet set = new ImageSet();
        ImageArchive.forEachFile(path, (name, content) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            boolean hidden = name.startsWith(".") || name.contains("/.") || name.contains("__MACOSX/");
            if (!hidden && ENDINGS.stream().anyMatch(lower::endsWith)) {
                set.add(path + "/" + name, name.split("/", -1), Pixels.decode(path + "/" + name, content));
            }
        });
        set.check(path);
        return set;
    }

    private void add(String name, String[] parts, BufferedImage image) {
        if (parts.length < 2) {
            throw new DataException(
                    name + ": is not in a folder named after its class: expected CLASS/x.jpg or train/CLASS/x.jpg");
        }
        String type = parts[parts.length - 2];
        boolean tested = parts.length > 2 && "test".equalsIgnoreCase(parts[parts.length - 3]);
        ImageSize fitted =
                size == null ? new ImageSize(image.getWidth(), image.getHeight(), !Pixels.isGrey(image)) : size;
        size = fitted;
        resized += image.getWidth() != fitted.width() || image.getHeight() != fitted.height() ? 1 : 0;
        Part part = tested ? test : train;
        byte[] values = Pixels.values(image, fitted);
        for (int j = 0; j < values.length; j++) {
            part.rows.add(j, (float) ((values[j] & 0xff) / 255.0));
        }
        part.rows.endRow();
        part.classOf.add(type);
        if (!tested) {
            classes.merge(type, 1, Integer::sum);
        }
    }

    private void check(Path path) {
        if (train.classOf.isEmpty()) {
            throw new DataException(path + ": contains no images: expected PNG, JPEG, GIF or BMP as CLASS/x.png"
                    + " or train/CLASS/x.png and test/CLASS/x.png");
        }
        if (classes.size() < 2) {
            throw new DataException(path + ": all images are of the class '"
                    + classes.keySet().iterator().next() + "': expected a folder for each of two classes or more");
        }
        for (String type : test.classOf) {
            if (!classes.containsKey(type)) {
                throw new DataException(
                        path + ": the test set has the class '" + type + "', which no training image has");
            }
        }
    }

    /** Returns the training images; the classes are numbered in the order of their names. */
    public Labelled train() {
        return labelled(train);
    }

    /** Returns the test images, or null if there are none. */
    public @Nullable Labelled test() {
        return test.classOf.isEmpty() ? null : labelled(test);
    }

    private Labelled labelled(Part part) {
        List<String> names = List.copyOf(classes.keySet());
        double[] labels = part.classOf.stream().mapToDouble(names::indexOf).toArray();
        return new Labelled(part.rows.build(size == null ? 0 : size.values()), labels, null);
    }

    /** Returns a readable description of the images. */
    public List<String> summary() {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "%,d images and %,d of a test set, %s, in %,d classes: %s.",
                train.classOf.size(),
                test.classOf.size(),
                size,
                classes.size(),
                counts()));
        if (resized > 0) {
            lines.add(String.format(Locale.ROOT, "%,d images of other sizes were resized to %s.", resized, size));
        }
        return lines;
    }

    private String counts() {
        List<String> counts = new ArrayList<>();
        classes.forEach((name, count) -> counts.add(String.format(Locale.ROOT, "%s %,d", name, count)));
        return String.join(", ", counts.subList(0, Math.min(10, counts.size()))) + (counts.size() > 10 ? ", ..." : "");
    }
}
