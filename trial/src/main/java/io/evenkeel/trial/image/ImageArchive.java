package io.evenkeel.trial.image;

import io.evenkeel.trial.source.DataException;
import io.evenkeel.trial.source.DataFile;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.ArchiveEntry;
import org.apache.commons.compress.archivers.ArchiveException;
import org.apache.commons.compress.archivers.ArchiveInputStream;
import org.apache.commons.compress.archivers.ArchiveStreamFactory;
import org.apache.commons.compress.compressors.CompressorException;
import org.apache.commons.compress.compressors.CompressorStreamFactory;

/**
 * Reads the files of a folder or an archive: zip, tar, tar.gz or tar.xz, recognized by its content. Unpacks
 * nothing to disk.
 */
final class ImageArchive {

    private static final int BUFFER = 1 << 16;

    private ImageArchive() {}

    /** Receives a file's name, with slashes, and its content, which it must not close. */
    @FunctionalInterface
    interface FileConsumer {
        void accept(String name, InputStream content) throws IOException;
    }

    /**
     * Passes every file to the receiver; the files of a folder in the order of their names.
     *
     * @throws DataException if the folder or archive cannot be read
     */
    static void forEachFile(Path path, FileConsumer consumer) {
        try {
            if (Files.isDirectory(path)) {
                readFolder(path, consumer);
            } else {
                readArchive(path, consumer);
            }
        } catch (ArchiveException | CompressorException e) {
            throw new DataException(
                    path + ": is not a folder, zip, tar, tar.gz or tar.xz of images: " + e.getMessage(), e);
        } catch (IOException e) {
            throw DataFile.unreadable(path, e);
        }
    }

    private static void readFolder(Path folder, FileConsumer consumer) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(folder)) {
            files = walk.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path file : files) {
            String name = folder.relativize(file).toString().replace('\\', '/');
            try (InputStream content = new BufferedInputStream(Files.newInputStream(file), BUFFER)) {
                consumer.accept(name, content);
            }
        }
    }

    private static void readArchive(Path file, FileConsumer consumer)
            throws IOException, ArchiveException, CompressorException {
        try (InputStream plain = decompressed(file);
                ArchiveInputStream<?> archive = new ArchiveStreamFactory().createArchiveInputStream(plain)) {
            for (ArchiveEntry entry = archive.getNextEntry(); entry != null; entry = archive.getNextEntry()) {
                if (!entry.isDirectory()) {
                    consumer.accept(entry.getName().replace('\\', '/'), archive);
                }
            }
        }
    }

    /** {@link DataFile} has already decompressed gzip. */
    private static InputStream decompressed(Path file) throws IOException, CompressorException {
        InputStream in = new BufferedInputStream(DataFile.open(file), BUFFER);
        if (!String.valueOf(file).toLowerCase(Locale.ROOT).endsWith("xz")) {
            return in;
        }
        return new BufferedInputStream(
                new CompressorStreamFactory().createCompressorInputStream(CompressorStreamFactory.XZ, in), BUFFER);
    }
}
