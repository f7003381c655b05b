package io.evenkeel.trial.image;

/**
 * The size and the channels to which images are converted.
 *
 * @param width in pixels
 * @param height in pixels
 * @param colour whether red, green and blue are kept
 */
record ImageSize(int width, int height, boolean colour) {

    int values() {
        return width * height * (colour ? 3 : 1);
    }

    @Override
    public String toString() {
        return width + " x " + height + (colour ? " in colour" : " in grey");
    }
}
