package io.evenkeel.coordinator.registry;

import jakarta.persistence.Column;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A version of a registered model. Only its metadata can change. {@link VersionFiles} stores its file. */
@Entity
@Table(name = "model_version")
class ModelVersion {

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private @Nullable Long id;

    @Column(updatable = false)
    private String model;

    @Column(updatable = false)
    private int version;

    /** The lineage; null if all of its columns are null. */
    @Embedded
    private @Nullable Lineage lineage;

    /** The tensors in the order of the file's values, as JSON. */
    @Column(updatable = false)
    private String tensors;

    @Column(updatable = false)
    private String dtype;

    @Column(updatable = false)
    private long bytes;

    @Column(updatable = false)
    private String sha256;

    @Column(updatable = false)
    private String createdBy;

    @Column(updatable = false)
    private Instant createdAt;

    /** A JSON object of strings. */
    private String metadata;

    /** For JPA. */
    @SuppressWarnings("NullAway.Init")
    protected ModelVersion() {}

    ModelVersion(
            String model,
            int version,
            Lineage lineage,
            StoredModelFile file,
            String metadata,
            String createdBy,
            Instant createdAt) {
        this.model = model;
        this.version = version;
        this.lineage = lineage;
        this.tensors = file.tensors();
        this.dtype = file.dtype();
        this.bytes = file.bytes();
        this.sha256 = file.sha256();
        this.metadata = metadata;
        this.createdBy = createdBy;
        this.createdAt = createdAt;
    }

    void replaceMetadata(String json) {
        metadata = json;
    }

    /** Returns the key in the database. */
    long id() {
        if (id == null) {
            throw new IllegalStateException("the version has not been saved yet");
        }
        return id;
    }

    String model() {
        return model;
    }

    int version() {
        return version;
    }

    Lineage lineage() {
        return lineage == null ? Lineage.UPLOADED : lineage;
    }

    /** Returns the description of its file. */
    StoredModelFile file() {
        return new StoredModelFile(tensors, dtype, bytes, sha256);
    }

    String metadata() {
        return metadata;
    }

    String createdBy() {
        return createdBy;
    }

    Instant createdAt() {
        return createdAt;
    }
}
