package io.evenkeel.client;

import io.evenkeel.client.internal.http.Time;
import io.evenkeel.client.internal.protocol.Credentials;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Settings of a client. {@link #run} and a place for the state are required; everything else has the default it names. */
public final class ClientBuilder {

    private static final Pattern RUN = Pattern.compile("[a-z0-9-]{1,64}");

    private static final Pattern API = Pattern.compile("(.*?)(/api(?:/v1)?)/*");

    private final URI endpoint;
    private @Nullable String run;
    private @Nullable String enrolmentToken;
    private @Nullable Credentials credentials;
    private @Nullable String name;
    private double weight = 1;
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
            throw new IllegalArgumentException(
                    "endpoint is '" + endpoint + "', expected an address without ? and #: leave out what follows them");
        }
        Matcher api = API.matcher(endpoint.toString());
        if (api.matches()) {
            throw new IllegalArgumentException("endpoint is '" + endpoint
                    + "', expected the coordinator's address without " + api.group(2)
                    + ", which the client adds itself: use " + api.group(1));
        }
        this.endpoint = endpoint;
    }

    /** The run to take part in. Required. */
    public ClientBuilder run(String run) {
        if (!RUN.matcher(run).matches()) {
            throw new IllegalArgumentException(
                    "run is '" + run + "', expected 1 to 64 of a to z, 0 to 9 and hyphen, as the run was created");
        }
        this.run = run;
        return this;
    }

    /** The token to enrol with, if the state has no credentials yet. Needed for the first start only. */
    public ClientBuilder enrolmentToken(String token) {
        this.enrolmentToken = token;
        return this;
    }

    /** Credentials from an earlier enrolment that are kept elsewhere than in the state, so that they outlive a lost disk. */
    public ClientBuilder credentials(String client, String secret) {
        this.credentials = new Credentials(client, secret);
        return this;
    }

    /** What operators see the device as. Default: the coordinator names it. */
    public ClientBuilder name(String name) {
        this.name = name;
        return this;
    }

    /**
     * The device's weight w in the fleet's objective, such as its number of samples. Default 1.
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

    /** Keeps the state in a folder, which is made if it is not there, and belongs to this device alone. */
    public ClientBuilder stateFolder(Path folder) {
        this.folder = folder;
        return this;
    }

    /** Keeps the state in memory: a restarted process is a new device. */
    public ClientBuilder memoryState() {
        return stateStore(new MemoryStateStore());
    }

    /** Keeps the state in a store of your own; the client closes it. */
    public ClientBuilder stateStore(StateStore store) {
        this.store = store;
        return this;
    }

    /** Measures each round's model on the device's own held-out data. Default: no metrics. */
    public ClientBuilder evaluation(EvaluationFunction evaluation) {
        this.evaluation = evaluation;
        return this;
    }

    /** Hears what the device does. Default: none. The {@link java.util.logging.Logger} {@code io.evenkeel.client} always does. */
    public ClientBuilder listener(ClientListener listener) {
        this.listener = listener;
        return this;
    }

    /**
     * Tells people how the training goes, a line of text at a time: {@code progress(System.err::println)}. Default: no lines.
     *
     * @param line takes lines without their end, such as {@code round 3 of 40: message accepted}, on the thread that trains
     */
    public ClientBuilder progress(Consumer<String> line) {
        this.progress = line;
        return this;
    }

    /** What to do when device and coordinator disagree on what was accepted. Default {@link OnDivergence#RECOVER_IF_LOST}. */
    public ClientBuilder onDivergence(OnDivergence choice) {
        this.onDivergence = choice;
        return this;
    }

    /** Asks for float64 models, twice the bytes down. Default false: float32. */
    public ClientBuilder doublePrecision(boolean wanted) {
        this.doublePrecision = wanted;
        return this;
    }

    /** Lets the device keep x and S, 16 bytes a coordinate in memory, when sparse updates save more than they cost. Default true. */
    public ClientBuilder sparseUpdates(boolean allowed) {
        this.replicas = allowed;
        return this;
    }

    /** Reports ||grad(x_k) - grad(x_k-1)|| / ||x_k - x_k-1||, for 12 bytes a coordinate in memory, 16 in double precision. Default false. */
    public ClientBuilder reportSmoothness(boolean wanted) {
        this.smoothness = wanted;
        return this;
    }

    /** How long making a connection may take. Default 10 s. */
    public ClientBuilder connectTimeout(Duration timeout) {
        this.connectTimeout = positive("connectTimeout", timeout);
        return this;
    }

    /** How long nothing may come or go before a request counts as failed. Default 30 s. */
    public ClientBuilder requestTimeout(Duration timeout) {
        this.requestTimeout = positive("requestTimeout", timeout);
        return this;
    }

    /** How long one request is tried again before the training gives up. Default 10 min. */
    public ClientBuilder retryFor(Duration deadline) {
        this.retryFor = positive("retryFor", deadline);
        return this;
    }

    /** How long the coordinator may hold the question for work before it answers that there is none. Default 30 s. */
    public ClientBuilder longPoll(Duration wait) {
        this.longPoll = positive("longPoll", wait);
        return this;
    }

    /** Whom to trust and what certificate to show. Default: the JDK's. */
    public ClientBuilder sslContext(SSLContext context) {
        this.tls = context;
        return this;
    }

    /** Carries requests some other way; the timeouts and TLS settings here are then the transport's own affair. The client closes it. */
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
     * Opens the state and makes the client; talks to nobody yet.
     *
     * @throws IllegalStateException if a required setting is missing
     * @throws io.evenkeel.client.StateException if the state folder cannot be opened, or another process has it
     */
    public EvenkeelClient build() {
        if (run == null) {
            throw new IllegalStateException("no run: say which with run(\"...\")");
        }
        if ((folder == null) == (store == null)) {
            throw new IllegalStateException(
                    "say where the device keeps its state with exactly one of stateFolder(...), "
                            + "memoryState() and stateStore(...)");
        }
        StateStore opened = folder != null ? FileStateStore.open(folder) : Objects.requireNonNull(store);
        Transport carrier = transport != null ? transport : jdkTransport();
        return new EvenkeelClient(new Settings(
                endpoint,
                run,
                enrolmentToken,
                credentials,
                name,
                weight,
                opened,
                carrier,
                evaluation,
                listeners(),
                onDivergence,
                doublePrecision,
                replicas,
                smoothness,
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
