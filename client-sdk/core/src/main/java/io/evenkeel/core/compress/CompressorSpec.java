package io.evenkeel.core.compress;

import io.evenkeel.core.catalogue.Entry;
import io.evenkeel.core.catalogue.Feature;
import io.evenkeel.core.vector.TensorLayout;
import java.util.List;

/**
 * A compressor without its model: the selection of coordinates and the coding of their values.
 *
 * <p>Its text form {@code <selection>[+<value coding>]}, such as {@code top-k:0.01+natural}, is used in configuration:
 *
 * <table>
 * <caption>Selections</caption>
 * <tr><th>text</th><th>id</th><th>coordinates sent</th></tr>
 * <tr><td>{@code identity}</td><td>0</td><td>all</td></tr>
 * <tr><td>{@code top-k:<amount>}</td><td>1</td><td>the K largest magnitudes</td></tr>
 * <tr><td>{@code rand-k:<amount>}</td><td>2</td><td>K drawn from a seed</td></tr>
 * <tr><td>{@code block-top-k:<length>:<amount>}</td><td>3</td><td>the K blocks with the largest norms</td></tr>
 * <tr><td>{@code layer-top-k:<amount>}</td><td>4</td><td>the largest magnitudes of each tensor</td></tr>
 * <tr><td>{@code threshold:<lambda>}</td><td>5</td><td>magnitudes of at least lambda</td></tr>
 * </table>
 *
 * <p>An amount is a count if it is an integer, and a share in (0, 1] if it has a decimal point. The value
 * codings are those of {@link ValueCoding}; the default is {@code float32}. {@code natural}, {@code sign} and
 * {@code log:4} to {@code log:8} alone are short for {@code identity+natural}, {@code identity+sign} and so
 * on.
 *
 * @param selection the coordinates to send
 * @param coding the coding of their values
 */
public record CompressorSpec(Selection selection, ValueCoding coding) {

    /**
     * Reads a text form.
     *
     * @throws IllegalArgumentException if the text is not a compressor; the message names the invalid part
     *     and the expected form
     */
    public static CompressorSpec parse(String text) {
        try {
            return Syntax.spec(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("compressor '" + text + "': " + e.getMessage(), e);
        }
    }

    /** Returns the entries of all selections. */
    public static List<Entry> selections() {
        return Syntax.selections();
    }

    /** Returns whether the compressor can be combined with a part of a run's definition. */
    public boolean suits(Feature feature) {
        return selection.entry().suits(feature) && coding.entry().suits(feature);
    }

    /**
     * Binds this specification to a model.
     *
     * @throws IllegalArgumentException if a count or a block length is larger than the model
     */
    public Compressor bind(TensorLayout layout) {
        try {
            return new Compressor(this, layout.dimension(), Selector.of(selection, layout));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("compressor '" + this + "': " + e.getMessage(), e);
        }
    }

    /** Returns the canonical text form: without the default coding, and with numbers in their shortest form. */
    @Override
    public String toString() {
        return coding == ValueCoding.FLOAT32 ? selection.toString() : selection + "+" + coding.text();
    }
}
