package io.evenkeel.coordinator.platform.objects;

import static io.evenkeel.coordinator.platform.settings.SettingRule.require;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Settings under {@code evenkeel.storage}.
 *
 * @param kind where objects are kept: {@code folder}, {@code s3} or {@code database}; by default {@code s3}
 *     if a bucket is set, {@code folder} if a folder is set or the database is a file of H2, and else
 *     {@code database}
 * @param folder the folder, for {@code folder}; by default beside H2's file, with {@code .objects} after the
 *     database's name
 * @param bucket the bucket, for {@code s3}
 * @param prefix the prefix of the names of all objects in the bucket, such as {@code evenkeel/}; default none
 * @param endpoint the address of a service other than Amazon's, such as https://minio.internal:9000; default none
 * @param region the region of the bucket; by default the one that the SDK finds in its environment
 * @param moveFrom the previous location of the objects, which are moved in the background: {@code database}, {@code
 *     folder:} and a path, or {@code s3:}, a bucket, {@code /} and a prefix; by default nothing is moved
 * @param timeout how long a connection, or the next bytes of a response, may take, default 10 s
 * @param inline the maximum length of values that stay in their rows in the database
 * @param grace how long an object that no row refers to is kept, default 1 day. It must be longer than a backup of the
 *     database and the objects takes
 * @param segmentGrace the same for segments of messages that were compacted, default 1 h
 * @param sweep how often the coordinator searches for such objects and rewrites segments with few remaining messages,
 *     default 10 min; 0 disables both, and the search for missing objects
 * @param rewriteFile whether each start rewrites H2's file without the bytes of deleted rows; this temporarily takes
 *     the file's size once more on the disk. Has no effect with PostgreSQL
 */
@ConfigurationProperties("evenkeel.storage")
public record StorageSettings(
        @Nullable Kind kind,
        @Nullable String folder,
        @Nullable String bucket,
        @Nullable String prefix,
        @Nullable String endpoint,
        @Nullable String region,
        @Nullable String moveFrom,
        @DefaultValue("10s") Duration timeout,
        @DefaultValue("16KB") DataSize inline,
        @DefaultValue("1d") Duration grace,
        @DefaultValue("1h") Duration segmentGrace,
        @DefaultValue("10m") Duration sweep,
        @DefaultValue("false") boolean rewriteFile) {

    private static final DataSize MAX_INLINE = DataSize.ofMegabytes(1);

    /** The kinds of stores for objects. */
    public enum Kind {
        FOLDER,
        S3,
        DATABASE
    }

    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException if one is out of range, or belongs to another kind
     */
    public StorageSettings {
        folder = orNull(folder);
        bucket = orNull(bucket);
        if (kind == null) {
            kind = bucket != null ? Kind.S3 : folder != null ? Kind.FOLDER : null;
        }
        boolean isS3 = kind == Kind.S3;
        prefix = orNull(prefix);
        endpoint = orNull(endpoint);
        region = orNull(region);
        require("storage.bucket", !isS3 || bucket != null, "empty", "a bucket's name, as evenkeel.storage.kind is s3");
        requireNone("bucket", bucket, isS3, Kind.S3);
        require(
                "storage.endpoint",
                isS3 || endpoint == null,
                String.valueOf(endpoint),
                "none without evenkeel.storage.bucket");
        requireNone("folder", folder, kind == null || kind == Kind.FOLDER, Kind.FOLDER);
        require(
                "storage.endpoint",
                endpoint == null || endpoint.matches("https?://[^/]+/?"),
                String.valueOf(endpoint),
                "an address such as https://minio.internal:9000");
        moveFrom = orNull(moveFrom);
        require(
                "storage.move-from",
                moveFrom == null || moveFrom.matches("database|folder:.+|s3:[^/]+(/.*)?"),
                String.valueOf(moveFrom),
                "database, folder:PATH or s3:BUCKET/PREFIX");
        require("storage.timeout", timeout.toMillis() >= 1, timeout, "more than 0, such as 10s");
        require(
                "storage.inline",
                inline.compareTo(MAX_INLINE) <= 0 && !inline.isNegative(),
                inline,
                "at most 1MB, such as 4kB");
        require("storage.grace", grace.toMinutes() >= 1, grace, "a minute or more, such as 1d");
        require("storage.segment-grace", segmentGrace.toMinutes() >= 1, segmentGrace, "a minute or more, such as 1h");
        require("storage.sweep", !sweep.isNegative(), sweep, "0 or more, such as 10m");
    }

    /**
     * Returns the settings of the store from which objects are moved. Must be called only if there is one.
     */
    public StorageSettings previous() {
        String from = String.valueOf(moveFrom);
        String place = from.substring(from.indexOf(':') + 1);
        if (from.startsWith("s3:")) {
            String[] parts = place.split("/", 2);
            return of(Kind.S3, null, parts[0], parts.length > 1 ? parts[1] : null);
        }
        return from.startsWith("folder:") ? of(Kind.FOLDER, place, null, null) : of(Kind.DATABASE, null, null, null);
    }

    private StorageSettings of(
            Kind other, @Nullable String otherFolder, @Nullable String otherBucket, @Nullable String otherPrefix) {
        return new StorageSettings(
                other,
                otherFolder,
                otherBucket,
                otherPrefix,
                other == Kind.S3 ? endpoint : null,
                region,
                null,
                timeout,
                inline,
                grace,
                segmentGrace,
                sweep,
                false);
    }

    /**
     * Returns null for a blank value, because an environment variable with an empty value counts as absent.
     */
    private static @Nullable String orNull(@Nullable String value) {
        return value == null || value.isBlank() ? null : value;
    }

    private static void requireNone(String name, @Nullable String value, boolean isUsed, Kind kind) {
        require(
                "storage." + name,
                isUsed || value == null,
                String.valueOf(value),
                "none unless evenkeel.storage.kind is " + kind.name().toLowerCase(Locale.ROOT));
    }
}
