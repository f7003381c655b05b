package io.evenkeel.coordinator.testing;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The metrics of a coordinator in Prometheus' text format. */
public final class MetricsExposition {

    private static final Pattern TYPE = Pattern.compile("# TYPE (\\S+) (\\S+)");
    private static final Pattern HELP = Pattern.compile("# HELP (\\S+) (.+)");
    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][\\w:]*)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\",?");
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /** The types of the metric families, by name. */
    public final Map<String, String> types = new TreeMap<>();

    /** The help texts of the metric families, by name. */
    public final Map<String, String> help = new TreeMap<>();

    public final List<Sample> samples = new ArrayList<>();

    public record Sample(String name, Map<String, String> labels, double value) {}

    private MetricsExposition(String text) {
        text.lines().forEach(line -> {
            Matcher type = TYPE.matcher(line);
            Matcher sentence = HELP.matcher(line);
            Matcher sample = SAMPLE.matcher(line);
            if (type.matches()) {
                types.put(type.group(1), type.group(2));
            } else if (sentence.matches()) {
                help.put(sentence.group(1), sentence.group(2));
            } else if (!line.startsWith("#") && sample.matches()) {
                samples.add(new Sample(sample.group(1), labels(sample.group(2)), Double.parseDouble(sample.group(3))));
            }
        });
    }

    public static MetricsExposition from(String endpoint) {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(URI.create(endpoint + "/actuator/prometheus"))
                .header("Authorization", "Bearer " + CoordinatorTest.OPERATOR_TOKEN)
                .build());
        assertThat(answer.statusCode()).isEqualTo(200);
        return new MetricsExposition(answer.body());
    }

    /** Returns the status of a request without credentials. */
    public static int status(String url) {
        return send(HttpRequest.newBuilder(URI.create(url)).build()).statusCode();
    }

    private static HttpResponse<String> send(HttpRequest request) {
        try {
            return HTTP.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Polls until the metrics satisfy a condition, and returns the metrics of the next scrape. A scrape reads the
     * gauges one after another, so the first scrape that satisfies the condition may also contain older values.
     */
    public static MetricsExposition await(String endpoint, Predicate<MetricsExposition> condition) {
        eventually().until(() -> from(endpoint), condition);
        return from(endpoint);
    }

    /**
     * Returns the value of the series with this name and at least these labels, or the sum of several such series.
     * Labels alternate between names and values.
     */
    public OptionalDouble value(String name, String... labels) {
        List<Sample> found = samples.stream()
                .filter(sample -> sample.name().equals(name) && has(sample.labels(), labels))
                .toList();
        return found.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(found.stream().mapToDouble(Sample::value).sum());
    }

    public double of(String name, String... labels) {
        return value(name, labels).orElse(Double.NaN);
    }

    public boolean knows(String run) {
        return samples.stream().anyMatch(sample -> run.equals(sample.labels().get("run")));
    }

    private static boolean has(Map<String, String> labels, String... wanted) {
        for (int i = 0; i < wanted.length; i += 2) {
            if (!wanted[i + 1].equals(labels.get(wanted[i]))) {
                return false;
            }
        }
        return true;
    }

    private static Map<String, String> labels(String text) {
        Map<String, String> labels = new TreeMap<>();
        if (text != null) {
            Matcher label = LABEL.matcher(text);
            while (label.find()) {
                labels.put(label.group(1), label.group(2));
            }
        }
        return labels;
    }
}
