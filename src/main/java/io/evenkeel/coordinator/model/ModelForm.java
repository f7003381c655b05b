package io.evenkeel.coordinator.model;

import io.evenkeel.coordinator.model.format.FloatType;
import io.evenkeel.coordinator.model.format.ModelFormat;
import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.engine.problem.ProblemKind;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.web.HttpMediaTypeNotAcceptableException;

/**
 * The encoding of a downloaded model.
 *
 * @param format the file format
 * @param type the numbers' type
 */
public record ModelForm(ModelFormat format, FloatType type) {

    /** The media types of all formats. */
    static final List<MediaType> MEDIA_TYPES =
            Arrays.stream(ModelFormat.values()).map(ModelForm::mediaType).toList();

    /**
     * Returns the requested form, determined by the parameter, or else by the Accept header, or else the
     * default.
     *
     * @param otherwise the default format; also preferred among formats that match the same media range
     * @throws io.evenkeel.engine.problem.ProblemException {@code malformed} if a parameter is not known
     * @throws HttpMediaTypeNotAcceptableException if the header allows no format
     */
    public static ModelForm of(@Nullable String format, @Nullable String accept, String dtype, ModelFormat otherwise)
            throws HttpMediaTypeNotAcceptableException {
        FloatType type = type(dtype);
        return new ModelForm(format == null ? accepted(accept, otherwise) : named(format), type);
    }

    /**
     * Parses the parameter {@code dtype}.
     *
     * @throws io.evenkeel.engine.problem.ProblemException {@code malformed} if it is not known
     */
    public static FloatType type(String dtype) {
        return FloatType.ofText(dtype)
                .orElseThrow(() -> ProblemKind.MALFORMED
                        .because("parameter 'dtype' is '" + dtype + "', expected float32 or float64", "correct it")
                        .with("field", "dtype"));
    }

    private static ModelFormat named(String format) {
        return ModelFormat.ofText(format)
                .orElseThrow(() -> ProblemKind.MALFORMED
                        .because(
                                "parameter 'format' is '" + format + "', expected raw, npy or safetensors",
                                "correct it")
                        .with("field", "format"));
    }

    private static ModelFormat accepted(@Nullable String accept, ModelFormat otherwise)
            throws HttpMediaTypeNotAcceptableException {
        if (accept == null || accept.isBlank()) {
            return otherwise;
        }
        try {
            for (MediaType wanted : MediaType.parseMediaTypes(accept)) {
                if (wanted.getQualityValue() > 0) {
                    List<ModelFormat> offered = Arrays.stream(ModelFormat.values())
                            .filter(format -> wanted.includes(mediaType(format)))
                            .toList();
                    if (!offered.isEmpty()) {
                        return offered.contains(otherwise) ? otherwise : offered.get(0);
                    }
                }
            }
        } catch (InvalidMediaTypeException e) {
            // An unparseable header is treated as one that allows no format.
        }
        throw new HttpMediaTypeNotAcceptableException(MEDIA_TYPES);
    }

    /** Returns a text that is unique for this form. */
    public String tag() {
        return format.text() + "-" + type.text();
    }

    public MediaType mediaType() {
        return mediaType(format);
    }

    private static MediaType mediaType(ModelFormat format) {
        return MediaType.parseMediaType(format.mediaType());
    }

    /**
     * Writes d values.
     *
     * @throws io.evenkeel.engine.problem.ProblemException {@code not-acceptable} if the format cannot represent them
     */
    void write(double[] x, TensorLayout layout, OutputStream out) throws IOException {
        format.write(x, layout, type, out);
    }
}
