package io.evenkeel.core.wire;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.frame.Entries;
import io.evenkeel.core.frame.FrameLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.Stream;

/** One entry of client-sdk/vectors/index.json, with its fields converted to objects. */
public record GoldenVector(Map<String, Object> fields) {

    static final Path FOLDER = Path.of("../vectors");

    public static Stream<GoldenVector> all(String list) {
        try {
            Object index = GoldenJson.parse(Files.readString(FOLDER.resolve("index.json")));
            return new GoldenVector(object(index)).list(list).stream().map(entry -> new GoldenVector(object(entry)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static GoldenVector splitMix() {
        try {
            Object index = GoldenJson.parse(Files.readString(FOLDER.resolve("index.json")));
            return new GoldenVector(object(index)).child("splitmix64");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public byte[] bytes() {
        try {
            return Files.readAllBytes(FOLDER.resolve(text("file")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String kind() {
        return text("kind");
    }

    /** Returns whether this is a frame of secure aggregation, which {@link SecAggVectorsTest} reads. */
    boolean isAggregation() {
        return kind().startsWith("secagg-");
    }

    /** Returns whether this is an encrypted copy of a device's state, which {@link StateBackupVectorsTest} reads. */
    boolean isBackup() {
        return kind().equals("backup");
    }

    boolean has(String key) {
        return fields.containsKey(key);
    }

    String text(String key) {
        return (String) get(key);
    }

    long number(String key) {
        return Long.parseLong(((GoldenJson.Numeral) get(key)).text());
    }

    int integer(String key) {
        return Math.toIntExact(number(key));
    }

    boolean flag(String key) {
        return (Boolean) get(key);
    }

    double real(String key) {
        return real(get(key));
    }

    OptionalDouble optional(String key) {
        return has(key) ? OptionalDouble.of(real(key)) : OptionalDouble.empty();
    }

    GoldenVector child(String key) {
        return new GoldenVector(object(get(key)));
    }

    @SuppressWarnings("unchecked")
    List<Object> list(String key) {
        return (List<Object>) get(key);
    }

    /** Returns the bytes of a hexadecimal field. */
    byte[] hex(String key) {
        return HexFormat.of().parseHex(text(key));
    }

    List<GoldenVector> children(String key) {
        return list(key).stream().map(entry -> new GoldenVector(object(entry))).toList();
    }

    double[] reals(String key) {
        return list(key).stream().mapToDouble(GoldenVector::real).toArray();
    }

    int[] integers(String key) {
        return list(key).stream()
                .mapToInt(number -> Integer.parseInt(((GoldenJson.Numeral) number).text()))
                .toArray();
    }

    public FrameLimits limits() {
        if (!has("limits")) {
            return FrameLimits.of(
                    has("deltas")
                            ? deltas().get(0).vector().dimension()
                            : has("vector")
                                    ? child("vector").integer("dimension")
                                    : list("x").size());
        }
        GoldenVector limits = child("limits");
        return new FrameLimits(limits.integer("dimension"), limits.integer("maxCount"), limits.integer("maxBytes"));
    }

    CompressedVector vector() {
        int dimension = integer("dimension");
        GoldenVector support = child("support");
        return new CompressedVector(support.support(dimension), Entries.coding(text("coding")), reals("values"));
    }

    private Support support(int dimension) {
        return switch (text("type")) {
            case "all" -> new Support.All(dimension);
            case "listed" -> new Support.Listed(dimension, integers("indices"));
            case "seeded" -> new Support.Seeded(dimension, integer("count"), Digest.parseHex(text("seed")));
            default -> new Support.Blocks(dimension, integer("length"), integers("blocks"));
        };
    }

    Report report() {
        Map<String, Double> metrics = new TreeMap<>();
        if (has("metrics")) {
            child("metrics").fields().forEach((name, value) -> metrics.put(name, real(value)));
        }
        long samples = has("samples") ? number("samples") : 1;
        return new Report(samples, optional("loss"), optional("gradientNorm"), optional("smoothness"), metrics);
    }

    Message message() {
        return new Message(
                number("sequence"),
                Digest.parseHex(text("previous")),
                report(),
                child("vector").vector());
    }

    /** Returns the message of this entry's JSON twin. */
    Message twin(int dimension) {
        ValueCoding coding = Entries.coding(has("coding") ? text("coding") : null);
        int[] indices = has("indices") ? integers("indices") : null;
        CompressedVector vector = Entries.vector(dimension, indices, reals("values"), coding);
        return new Message(number("sequence"), Digest.parseHex(text("previous")), report(), vector);
    }

    List<RoundUpdate> updates() {
        return children("updates").stream().map(GoldenVector::update).toList();
    }

    private RoundUpdate update() {
        return new RoundUpdate(
                integer("round"),
                flag("retained"),
                real("factor"),
                reals("divisors"),
                child("changes").vector());
    }

    List<ModelDelta> deltas() {
        return children("deltas").stream()
                .map(entry -> new ModelDelta(
                        entry.integer("round"), entry.child("vector").vector()))
                .toList();
    }

    Replica replica() {
        return new Replica(integer("round"), reals("x"), reals("sum"));
    }

    @Override
    public String toString() {
        return has("file") ? text("file") : "" + fields;
    }

    private Object get(String key) {
        Object value = fields.get(key);
        if (value == null) {
            throw new IllegalArgumentException("no " + key + " in " + fields);
        }
        return value;
    }

    private static double real(Object number) {
        return Double.parseDouble(((GoldenJson.Numeral) number).text());
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> object(Object value) {
        return (Map<String, Object>) value;
    }
}
