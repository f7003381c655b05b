package io.evenkeel.client;

import io.evenkeel.client.internal.device.PrivacyLimit;
import io.evenkeel.client.internal.device.ProgressListener;
import io.evenkeel.client.internal.device.RecoveryKey;
import io.evenkeel.client.internal.device.Settings;
import io.evenkeel.client.internal.http.Time;
import io.evenkeel.client.internal.protocol.Credentials;
import io.evenkeel.client.internal.protocol.Names;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Builds a client. A state store is required. {@link #run} is required too, except for
 * {@link EvenkeelClient#work}. The documentation of every other setter states the default.
 */
public final class ClientBuilder {

    private static final Pattern API = Pattern.compile("(.*?)(/api(?:/v1)?)/*");

    private final URI endpoint;
    private @Nullable String run;
    private @Nullable String enrolmentToken;
    private @Nullable Credentials credentials;
    private @Nullable String name;
    private @Nullable Supplier<Map<String, String>> attributes;
    private double weight = 1;
    private @Nullable PrivacyLimit privacyLimit;
    private boolean trustCoordinator;
    private @Nullable SecureAggregation secureAggregation;
    private @Nullable RecoveryKey recoveryKey;
    private @Nullable Path folder;
    private @Nullable StateStore store;
    private @Nullable Transport transport;
    private @Nullable SSLContext tls;
    private @Nullable EvaluationFunction evaluation;
    private ClientListener listener = new ClientListener() {};
    private @Nullable Consumer<String> progress;
    private OnDivergence onDivergence = OnDivergence.RECOVER_IF_LOST;
    private boolean doublePrecision;
    private boolean replicas = true;
    private boolean smoothness;
    private @Nullable Integer maxDimension;
    private Duration connectTimeout = Duration.ofSeconds(10);
    private Duration requestTimeout = Duration.ofSeconds(30);
    private Duration retryFor = Duration.ofMinutes(10);
    private Duration longPoll = Duration.ofSeconds(30);
    private Time time = Time.SYSTEM;
    private DoubleSupplier random = () -> ThreadLocalRandom.current().nextDouble();

    ClientBuilder(URI endpoint) {
        String scheme = endpoint.getScheme();
        if (!("http".equals(scheme) || "https".equals(scheme)) || endpoint.getHost() == null) {
            throw new IllegalArgumentException("endpoint is '" + endpoint
                    + "', expected the coordinator's address such as https://coordinator.example:8080");
        }
        if (endpoint.getRawQuery() != null || endpoint.getRawFragment() != null) {
            throw new IllegalArgumentException("endpoint is '" + endpoint
                    + "', expected an address without ? and #: leave out everything after them");
        }
        Matcher api = API.matcher(endpoint.toString());
        if (api.matches()) {
            throw new IllegalArgumentException("endpoint is '" + endpoint
                    + "', expected the coordinator's address without " + api.group(2)
                    + ", which the client adds itself: use " + api.group(1));
        }
        this.endpoint = endpoint;
    }

    /** Sets the run to take part in. Required, except by a client that only calls {@link EvenkeelClient#work}. */
    public ClientBuilder run(String run) {
        if (!Names.isName(run)) {
            throw new IllegalArgumentException(
                    "run is '" + run + "', expected " + Names.EXPECTED + ", as the run was created");
        }
        this.run = run;
        return this;
    }

    /** Sets the token to enrol with. Only needed for the first start, when the state has no credentials. */
    public ClientBuilder enrolmentToken(String token) {
        this.enrolmentToken = token;
        return this;
    }

    /**
     * Sets credentials from an earlier enrolment that are kept outside the state, so that they survive the
     * loss of the disk.
     */
    public ClientBuilder credentials(String client, String secret) {
        this.credentials = new Credentials(client, secret);
        return this;
    }

    /** Sets the name that operators see. Default: a name chosen by the coordinator. */
    public ClientBuilder name(String name) {
        this.name = name;
        return this;
    }

    /**
     * Sets attributes by which operators choose devices, such as {@code region} or {@code app-version}: at most 32 keys
     * and values in the syntax of Kubernetes labels. They are reported at enrolment, and whenever they differ from
     * those reported last. Default: none; attributes reported earlier remain.
     */
    public ClientBuilder attributes(Map<String, String> attributes) {
        Map<String, String> copy = Map.copyOf(attributes);
        return attributes(() -> copy);
    }

    /**
     * Sets attributes that may change. The supplier is called on the training thread, when training starts and before
     * each request for work.
     */
    public ClientBuilder attributes(Supplier<Map<String, String>> attributes) {
        this.attributes = attributes;
        return this;
    }

    /**
     * Sets the device's weight w in the fleet's objective, such as its number of samples. Default 1.
     *
     * @param weight above 0, finite
     */
    public ClientBuilder weight(double weight) {
        if (!(weight > 0) || Double.isInfinite(weight)) {
            throw new IllegalArgumentException("weight is " + weight + ", expected a finite number above 0");
        }
        this.weight = weight;
        return this;
    }

    /**
     * Takes part only in runs with privacy whose devices add the noise, and stops sending before this device has spent
     * more than this in all runs of its state combined, regardless of the runs' plans. By default the plan
     * decides. {@link RunPrivacy} describes what is protected; {@link #trustCoordinator} allows runs whose
     * coordinator adds the noise.
     *
     * @param epsilon above 0, finite
     * @param delta the probability for which epsilon is stated, in (0, 1)
     */
    public ClientBuilder privacyLimit(double epsilon, double delta) {
        this.privacyLimit = new PrivacyLimit(epsilon, delta, false);
        return this;
    }

    /**
     * With a {@link #privacyLimit}, also takes part in runs whose coordinator adds the noise ({@code privacy.by:
     * coordinator}). The coordinator then sees this device's messages without noise, so it must be trusted.
     */
    public ClientBuilder trustCoordinator() {
        this.trustCoordinator = true;
        return this;
    }

    /**
     * Takes part in runs with secure aggregation, with this identity of the device. Default: none, and such
     * runs are refused. With an identity, runs without secure aggregation are refused unless
     * {@link SecureAggregation#allowPlainRuns} is called.
     */
    public ClientBuilder secureAggregation(SecureAggregation terms) {
        this.secureAggregation = terms;
        return this;
    }

    /**
     * In runs with secure aggregation, keeps a copy of the state at the coordinator, encrypted with this key, from
     * which a device that lost its disk continues exactly. The copy takes 8 bytes per value of each vector and is
     * uploaded after each accepted message. Default: none; a device that lost its disk then leaves and joins again.
     *
     * @param key 32 secret random bytes, unique to the device, stored where they survive the loss of the
     *     disk; copied
     */
    public ClientBuilder recoveryKey(byte[] key) {
        this.recoveryKey = new RecoveryKey(key);
        return this;
    }

    /** Keeps the state in a folder used by this device only. The folder is created if it does not exist. */
    public ClientBuilder stateFolder(Path folder) {
        this.folder = folder;
        return this;
    }

    /** Keeps the state in memory. After a restart of the process the device starts as a new device. */
    public ClientBuilder memoryState() {
        return stateStore(new MemoryStateStore());
    }

    /** Keeps the state in a custom store; the client closes it. */
    public ClientBuilder stateStore(StateStore store) {
        this.store = store;
        return this;
    }

    /** Sets a function that evaluates each round's model on held-out data of the device. Default: no metrics. */
    public ClientBuilder evaluation(EvaluationFunction evaluation) {
        this.evaluation = evaluation;
        return this;
    }

    /**
     * Sets a listener for the device's events. Default: none. The {@link java.util.logging.Logger}
     * {@code io.evenkeel.client} always logs them.
     */
    public ClientBuilder listener(ClientListener listener) {
        this.listener = listener;
        return this;
    }

    /**
     * Sets a consumer of human-readable progress lines, such as {@code progress(System.err::println)}. Default: none.
     *
     * @param line receives lines without a line terminator, such as {@code round 3 of 40: message accepted},
     *     on the training thread
     */
    public ClientBuilder progress(Consumer<String> line) {
        this.progress = line;
        return this;
    }

    /**
     * Sets the reaction to a disagreement between the device and the coordinator about which messages were
     * accepted. Default {@link OnDivergence#RECOVER_IF_LOST}.
     */
    public ClientBuilder onDivergence(OnDivergence choice) {
        this.onDivergence = choice;
        return this;
    }

    /**
     * Sets whether to download float64 models, which take twice the bytes. Default false: float32. With
     * secure aggregation or a lossy downlink the values always have float32 precision.
     */
    public ClientBuilder doublePrecision(boolean wanted) {
        this.doublePrecision = wanted;
        return this;
    }

    /**
     * Sets whether the device may keep x and S in memory, 16 bytes per coordinate, to download sparse updates
     * if they save bytes. With a lossy downlink it keeps its model, 4 bytes per coordinate. Default true.
     */
    public ClientBuilder sparseUpdates(boolean allowed) {
        this.replicas = allowed;
        return this;
    }

    /**
     * Sets whether to report ||grad(x_k) - grad(x_k-1)|| / ||x_k - x_k-1||. Takes 12 bytes of memory per
     * coordinate, 16 in double precision. Default false.
     */
    public ClientBuilder reportSmoothness(boolean wanted) {
        this.smoothness = wanted;
        return this;
    }

    /**
     * Sets the maximum number of values of a model. A run with a larger model is refused before anything is downloaded.
     * Default: the number that fits into the JVM's maximum heap.
     *
     * @param values at least 1
     */
    public ClientBuilder maxDimension(int values) {
        if (values < 1) {
            throw new IllegalArgumentException("maxDimension is " + values + ", expected 1 to " + Integer.MAX_VALUE);
        }
        this.maxDimension = values;
        return this;
    }

    /** Sets the timeout for connecting. Default 10 s. */
    public ClientBuilder connectTimeout(Duration timeout) {
        this.connectTimeout = positive("connectTimeout", timeout);
        return this;
    }

    /** Sets the maximum time without traffic in either direction before a request fails. Default 30 s. */
    public ClientBuilder requestTimeout(Duration timeout) {
        this.requestTimeout = positive("requestTimeout", timeout);
        return this;
    }

    /**
     * Sets the time for which one request is retried before the training gives up. It also limits each single exchange,
     * which gets one more second for each kB of its body. Default 10 min.
     */
    public ClientBuilder retryFor(Duration deadline) {
        this.retryFor = positive("retryFor", deadline);
        return this;
    }

    /** Sets the maximum wait of a long poll for work. Default 30 s. */
    public ClientBuilder longPoll(Duration wait) {
        this.longPoll = positive("longPoll", wait);
        return this;
    }

    /** Sets the TLS context: trusted authorities and the device's certificate. Default: the JDK's. */
    public ClientBuilder sslContext(SSLContext context) {
        this.tls = context;
        return this;
    }

    /** Sets a custom transport, which has its own timeouts and TLS settings. The client closes it. */
    public ClientBuilder transport(Transport transport) {
        this.transport = transport;
        return this;
    }

    ClientBuilder time(Time time) {
        this.time = time;
        return this;
    }

    ClientBuilder random(DoubleSupplier random) {
        this.random = random;
        return this;
    }

    /**
     * Opens the state and creates the client. Does not connect to the coordinator yet.
     *
     * @throws IllegalStateException if a required setting is missing
     * @throws io.evenkeel.client.StateException if the state folder cannot be opened, or another process uses it
     */
    public EvenkeelClient build() {
        if ((folder == null) == (store == null)) {
            throw new IllegalStateException(
                    "set the location of the device's state with exactly one of stateFolder(...), "
                            + "memoryState() and stateStore(...)");
        }
        StateStore opened = folder != null ? FileStateStore.open(folder) : Objects.requireNonNull(store);
        Transport carrier = transport != null ? transport : jdkTransport();
        return new EvenkeelClient(new Settings(
                endpoint,
                run == null ? "" : run,
                enrolmentToken,
                credentials,
                name,
                attributes,
                weight,
                privacyLimit == null
                        ? null
                        : new PrivacyLimit(privacyLimit.epsilon(), privacyLimit.delta(), trustCoordinator),
                secureAggregation,
                recoveryKey,
                opened,
                carrier,
                evaluation,
                listeners(),
                onDivergence,
                doublePrecision,
                replicas,
                smoothness,
                maxDimension,
                retryFor,
                longPoll,
                time,
                random));
    }

    private Transport jdkTransport() {
        try {
            Class.forName("java.net.http.HttpClient");
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(
                    "this platform has no java.net.http: add evenkeel-client-okhttp and build the client with"
                            + " transport(OkHttpTransport.create())",
                    e);
        }
        return new JdkTransport(connectTimeout, requestTimeout, tls);
    }

    private List<ClientListener> listeners() {
        return progress == null ? List.of(listener) : List.of(listener, new ProgressListener(progress));
    }

    private static Duration positive(String setting, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(setting + " is " + value + ", expected more than zero");
        }
        return value;
    }
}
