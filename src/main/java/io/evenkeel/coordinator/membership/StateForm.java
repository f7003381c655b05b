package io.evenkeel.coordinator.membership;

import io.evenkeel.coordinator.model.format.FloatType;
import io.evenkeel.coordinator.model.format.ModelFormat;
import io.evenkeel.coordinator.retention.VectorFrames;
import io.evenkeel.core.vector.TensorLayout;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.web.HttpMediaTypeNotAcceptableException;

/** The encoding of a recovered g_i. */
enum StateForm {
    /** A frame of float64 values; omits zeros if that is shorter. */
    FRAME(StateForm.FRAME_VALUE) {
        @Override
        void write(double[] values, TensorLayout layout, OutputStream out) throws IOException {
            out.write(VectorFrames.encode(values));
        }
    },
    /** The d values as little-endian float64, which a device can read without a decoder. */
    DENSE(MediaType.APPLICATION_OCTET_STREAM_VALUE) {
        @Override
        void write(double[] values, TensorLayout layout, OutputStream out) throws IOException {
            ModelFormat.RAW.write(values, layout, FloatType.FLOAT64, out);
        }
    };

    static final String FRAME_VALUE = "application/vnd.evenkeel.frame";

    private final MediaType mediaType;

    StateForm(String mediaType) {
        this.mediaType = MediaType.parseMediaType(mediaType);
    }

    /**
     * Returns the form that a caller prefers; if several match equally, the first.
     *
     * @param accepted the media ranges that it accepts, the preferred first
     * @throws HttpMediaTypeNotAcceptableException if it accepts none
     */
    static StateForm of(List<MediaType> accepted) throws HttpMediaTypeNotAcceptableException {
        return accepted.stream()
                .filter(range -> range.getQualityValue() > 0)
                .flatMap(range -> Arrays.stream(values()).filter(form -> range.includes(form.mediaType)))
                .findFirst()
                .orElseThrow(() -> new HttpMediaTypeNotAcceptableException(
                        Arrays.stream(values()).map(StateForm::mediaType).toList()));
    }

    MediaType mediaType() {
        return mediaType;
    }

    /** Writes d values, with the same bits in every form; does not close the stream. */
    abstract void write(double[] values, TensorLayout layout, OutputStream out) throws IOException;
}
