package io.evenkeel.trial.image;

import io.evenkeel.trial.source.DataException;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * Decodes an image to its values, 0 to 255: the planes of red, green and blue, or one grey plane; rows from the top.
 */
final class Pixels {

    private static final int MAX_PIXELS = 1 << 26;

    private Pixels() {}

    /**
     * Reads an image.
     *
     * @throws DataException if it is not an image or too large; the message names the file
     */
    static BufferedImage decode(String name, InputStream content) throws IOException {
        try (ImageInputStream in = ImageIO.createImageInputStream(new ByteArrayInputStream(content.readAllBytes()))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw new DataException(name + ": is not a readable image: expected PNG, JPEG, GIF or BMP");
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(in, true, true);
                long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
                if (pixels > MAX_PIXELS) {
                    throw new DataException(name + ": has " + pixels + " pixels, expected at most " + MAX_PIXELS);
                }
                return reader.read(0);
            } finally {
                reader.dispose();
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new DataException(
                    name + ": the image is damaged: fetch it again, or remove it (" + e.getMessage() + ")", e);
        }
    }

    /** Returns whether the image's type is greyscale. */
    static boolean isGrey(BufferedImage image) {
        return image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY;
    }

    /** Returns an image in the given size, resized with bilinear interpolation if needed. */
    static byte[] values(BufferedImage image, ImageSize size) {
        boolean fits = image.getWidth() == size.width() && image.getHeight() == size.height();
        BufferedImage fitted = fits ? image : resized(image, size);
        boolean grey = isGrey(fitted);
        int area = size.width() * size.height();
        byte[] values = new byte[size.values()];
        for (int p = 0; p < area; p++) {
            int x = p % size.width();
            int y = p / size.width();
            int rgb = grey ? 0x010101 * greyAt(fitted, x, y) : fitted.getRGB(x, y);
            int red = rgb >> 16 & 0xff;
            int green = rgb >> 8 & 0xff;
            int blue = rgb & 0xff;
            if (size.colour()) {
                values[p] = (byte) red;
                values[area + p] = (byte) green;
                values[2 * area + p] = (byte) blue;
            } else {
                values[p] = (byte) (grey ? red : luma(red, green, blue));
            }
        }
        return values;
    }

    /** Reads the sample itself, since getRGB would apply a gamma curve. */
    private static int greyAt(BufferedImage image, int x, int y) {
        int sample = image.getRaster().getSample(x, y, 0);
        int bits = image.getSampleModel().getSampleSize(0);
        return bits == 8 ? sample : sample * 255 / ((1 << bits) - 1);
    }

    /** Returns the luma of ITU-R BT.601, computed with integers. */
    private static int luma(int red, int green, int blue) {
        return (299 * red + 587 * green + 114 * blue + 500) / 1000;
    }

    private static BufferedImage resized(BufferedImage image, ImageSize size) {
        int type = isGrey(image) ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB;
        BufferedImage result = new BufferedImage(size.width(), size.height(), type);
        Graphics2D graphics = result.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        graphics.drawImage(image, 0, 0, size.width(), size.height(), null);
        graphics.dispose();
        return result;
    }
}
