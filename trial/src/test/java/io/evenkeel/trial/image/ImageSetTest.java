package io.evenkeel.trial.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.trial.sparse.Labelled;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageSetTest {

    @TempDir
    private Path folder;

    private static byte[] png(int width, int height, int type, int rgb) throws IOException {
        BufferedImage image = new BufferedImage(width, height, type);
        for (int p = 0; p < width * height; p++) {
            image.setRGB(p % width, p / width, rgb);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(image, "png", out);
        return out.toByteArray();
    }

    private static byte[] colour(int rgb) throws IOException {
        return png(2, 3, BufferedImage.TYPE_INT_RGB, rgb);
    }

    private static Map<String, byte[]> files() throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        files.put("set/test/cat/1.png", colour(0xff0000));
        files.put("set/train/cat/1.png", colour(0xff0000));
        files.put("set/train/dog/1.png", colour(0x00ff00));
        files.put("set/train/dog/2.png", colour(0x0000ff));
        files.put("set/README.txt", new byte[] {1});
        files.put("set/train/dog/._2.png", new byte[] {1});
        return files;
    }

    private Path unpacked(Map<String, byte[]> files) throws IOException {
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path path = folder.resolve("images").resolve(file.getKey());
            Files.createDirectories(Objects.requireNonNull(path.getParent()));
            Files.write(path, file.getValue());
        }
        return folder.resolve("images");
    }

    private static void tar(OutputStream out, Map<String, byte[]> files) throws IOException {
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
                entry.setSize(file.getValue().length);
                tar.putArchiveEntry(entry);
                tar.write(file.getValue());
                tar.closeArchiveEntry();
            }
        }
    }

    private static void assertIsTheSet(ImageSet set) {
        Labelled train = set.train();
        assertThat(train.size()).isEqualTo(3);
        assertThat(train.features().columns()).isEqualTo(18);
        assertThat(train.label(0)).isEqualTo(0);
        assertThat(train.label(2)).isEqualTo(1);
        assertThat(train.features().at(0, 0)).isEqualTo(1);
        assertThat(train.features().at(1, 6)).isEqualTo(1);
        assertThat(train.features().at(2, 12)).isEqualTo(1);
        assertThat(train.features().entries()).isEqualTo(18);
        assertThat(Objects.requireNonNull(set.test()).size()).isEqualTo(1);
        assertThat(set.summary())
                .containsExactly("3 images and 1 of a test set, 2 x 3 in colour, in 2 classes: cat 1, dog 2.");
    }

    @Test
    void readsFoldersAndArchivesAlike() throws IOException {
        Map<String, byte[]> files = files();
        assertIsTheSet(ImageSet.read(unpacked(files)));
        Path zip = folder.resolve("a.zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                out.putNextEntry(new ZipEntry(file.getKey()));
                out.write(file.getValue());
                out.closeEntry();
            }
        }
        assertIsTheSet(ImageSet.read(zip));
        Path tar = folder.resolve("a.tar");
        tar(Files.newOutputStream(tar), files);
        assertIsTheSet(ImageSet.read(tar));
        Path gzipped = folder.resolve("a.tar.gz");
        tar(new GZIPOutputStream(Files.newOutputStream(gzipped)), files);
        assertIsTheSet(ImageSet.read(gzipped));
        Path xz = folder.resolve("a.tar.xz");
        tar(new XZCompressorOutputStream(Files.newOutputStream(xz)), files);
        assertIsTheSet(ImageSet.read(xz));
    }

    @Test
    void keepsGreyImagesAndResizesImagesOfOtherSizes() throws IOException {
        ImageSet set = ImageSet.read(unpacked(Map.of(
                "a/1.png", png(4, 4, BufferedImage.TYPE_BYTE_GRAY, 0xffffff),
                "b/1.png", png(8, 8, BufferedImage.TYPE_BYTE_GRAY, 0xffffff),
                "b/2.png", png(4, 4, BufferedImage.TYPE_INT_RGB, 0xff0000))));
        assertThat(set.test()).isNull();
        assertThat(set.train().features().columns()).isEqualTo(16);
        assertThat(set.train().features().at(1, 5)).isEqualTo(1);
        assertThat(set.train().features().at(2, 5)).isCloseTo(0.299, within(0.003));
        assertThat(set.summary()).contains("1 images of other sizes were resized to 4 x 4 in grey.");
    }

    @Test
    void refusesInvalidSetsOfImages() throws IOException {
        assertRefused(Map.of("a/x.txt", new byte[] {1}), "contains no images");
        assertRefused(Map.of("x.png", colour(0)), "x.png: is not in a folder named after its class");
        assertRefused(Map.of("a/x.png", colour(0)), "all images are of the class 'a'");
        assertRefused(Map.of("a/x.png", new byte[] {1, 2, 3}), "a/x.png: is not a readable image");
        byte[] cut = Arrays.copyOf(colour(7), 40);
        assertRefused(Map.of("a/x.png", cut), "a/x.png: the image is damaged");
        assertRefused(
                Map.of("train/a/1.png", colour(0), "train/b/1.png", colour(0), "test/c/1.png", colour(0)),
                "the test set has the class 'c'");
        Path text = Files.writeString(folder.resolve("text.zip"), "no archive at all");
        assertThatThrownBy(() -> ImageSet.read(text))
                .hasMessageContaining("is not a folder, zip, tar, tar.gz or tar.xz");
    }

    private void assertRefused(Map<String, byte[]> files, String message) throws IOException {
        Path place = unpacked(files);
        assertThatThrownBy(() -> ImageSet.read(place)).hasMessageContaining(message);
        try (var walk = Files.walk(place)) {
            for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
