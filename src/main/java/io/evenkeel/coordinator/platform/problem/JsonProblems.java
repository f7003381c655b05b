package io.evenkeel.coordinator.platform.problem;

import io.evenkeel.engine.problem.DisplayText;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.converter.HttpMessageNotReadableException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.exc.ValueInstantiationException;

/** Explains why a JSON body was refused: the position of a syntax error, or the field with a wrong value. */
public final class JsonProblems {

    private static final String UNKNOWN = "is not a known field; ";

    /**
     * Hints that Jackson adds for programmers: where an object started in a source that it does not show, and
     * which setting to enable.
     */
    private static final Pattern ADVICE = Pattern.compile(" \\(start marker at .*|: enable `.*");

    private JsonProblems() {}

    static ProblemException of(HttpMessageNotReadableException unreadable) {
        if (unreadable.getCause() instanceof ProblemException refusal) {
            return refusal;
        }
        if (unreadable.getCause() instanceof JacksonException json) {
            return of(json);
        }
        return ProblemKind.MALFORMED.because(
                "the request has no body, or the body could not be read to its end",
                "send the JSON object that GET /openapi.json describes for this path");
    }

    /** Explains an error in a document that was parsed or converted. */
    public static ProblemException of(JacksonException json) {
        if (json instanceof StreamConstraintsException) {
            return tooMuch(json);
        }
        if (json instanceof UnrecognizedPropertyException unknown && meant(unknown) != null) {
            return invalid(json, UNKNOWN + "did you mean '" + meant(unknown) + "'? " + known(unknown));
        }
        String fault = fault(json);
        return fault == null ? notJson(json) : invalid(json, fault);
    }

    /** Describes the error in the field that {@link #field} returns; null if the whole document is wrong. */
    public static @Nullable String fault(JacksonException json) {
        if (json instanceof UnrecognizedPropertyException unknown) {
            String meant = meant(unknown);
            return UNKNOWN + (meant == null ? known(unknown) : "did you mean '" + meant + "'?");
        }
        if (json instanceof ValueInstantiationException invalid) {
            return reason(invalid);
        }
        if (json instanceof InvalidFormatException format) {
            return "is " + DisplayText.echo(format.getValue()) + ", expected "
                    + ExpectedValue.of(format.getTargetType());
        }
        if (json instanceof MismatchedInputException mismatch && !json.getPath().isEmpty()) {
            return "is not " + ExpectedValue.of(expected(mismatch));
        }
        if (json instanceof InputCoercionException coercion && !json.getPath().isEmpty()) {
            return "is not " + ExpectedValue.of(coercion.getTargetType());
        }
        return null;
    }

    /**
     * Returns the expected type of a wrong value. For an element of an array of numbers, Jackson reports the
     * array's type.
     */
    private static @Nullable Class<?> expected(MismatchedInputException mismatch) {
        Class<?> type = mismatch.getTargetType();
        boolean within = mismatch.getPath().get(mismatch.getPath().size() - 1).getPropertyName() == null;
        return within && type != null && type.isArray() ? type.getComponentType() : type;
    }

    /**
     * Returns the path of the wrong field in its usual notation, such as {@code tensors[2].shape}; empty for the whole
     * document.
     */
    public static String field(JacksonException json) {
        return path(json.getPath());
    }

    /** Returns the path of the known field whose name is most similar to an unknown one; null if none is similar. */
    public static @Nullable String meantField(JacksonException json) {
        String meant = json instanceof UnrecognizedPropertyException unknown ? meant(unknown) : null;
        if (meant == null) {
            return null;
        }
        String above = path(json.getPath().subList(0, json.getPath().size() - 1));
        return above.isEmpty() ? meant : above + "." + meant;
    }

    private static @Nullable String meant(UnrecognizedPropertyException unknown) {
        return NearestName.to(unknown.getPropertyName(), names(unknown));
    }

    private static List<String> names(UnrecognizedPropertyException unknown) {
        return unknown.getKnownPropertyIds() == null
                ? List.of()
                : unknown.getKnownPropertyIds().stream()
                        .map(String::valueOf)
                        .sorted()
                        .toList();
    }

    private static String known(UnrecognizedPropertyException unknown) {
        return "the fields here are: " + String.join(", ", names(unknown));
    }

    private static ProblemException tooMuch(JacksonException json) {
        ProblemKind problem =
                json.getOriginalMessage().startsWith("Document length") ? ProblemKind.TOO_LARGE : ProblemKind.MALFORMED;
        return at(
                json,
                problem.because(
                        "the JSON body exceeds a limit: " + json.getOriginalMessage() + place(json.getLocation()),
                        "send less; use application/vnd.evenkeel.message for messages with many values"));
    }

    private static ProblemException notJson(JacksonException json) {
        String what = json instanceof MismatchedInputException mismatch
                ? "the body is not " + ExpectedValue.of(mismatch.getTargetType())
                : "the body is not JSON: "
                        + ADVICE.matcher(json.getOriginalMessage()).replaceFirst("");
        return at(
                json,
                ProblemKind.MALFORMED.because(what + place(json.getLocation()), "correct the JSON and send it again"));
    }

    private static String reason(ValueInstantiationException invalid) {
        Throwable cause = invalid.getCause();
        return cause instanceof IllegalArgumentException ours && ours.getMessage() != null
                ? "is not valid: " + ours.getMessage()
                : "is not " + ExpectedValue.of(invalid.getType().getRawClass());
    }

    private static ProblemException invalid(JacksonException json, String why) {
        String field = path(json.getPath());
        ProblemException refusal = ProblemKind.INVALID.because(
                (field.isEmpty() ? "the body" : "'" + field + "'") + " " + why + place(json.getLocation()),
                "correct it and send the request again");
        return at(json, field.isEmpty() ? refusal : refusal.with("field", field));
    }

    private static ProblemException at(JacksonException json, ProblemException refusal) {
        TokenStreamLocation location = json.getLocation();
        return location == null || location.getLineNr() < 1
                ? refusal
                : refusal.with("line", location.getLineNr()).with("column", location.getColumnNr());
    }

    private static String place(@Nullable TokenStreamLocation location) {
        return location == null || location.getLineNr() < 1
                ? ""
                : " (line " + location.getLineNr() + ", column " + location.getColumnNr() + ")";
    }

    /** Writes a path in its usual notation: {@code tensors[2].shape}. */
    private static String path(List<JacksonException.Reference> path) {
        StringBuilder text = new StringBuilder();
        for (JacksonException.Reference step : path) {
            if (step.getPropertyName() == null) {
                text.append('[').append(step.getIndex()).append(']');
            } else {
                text.append(text.isEmpty() ? "" : ".").append(step.getPropertyName());
            }
        }
        return text.toString();
    }
}
