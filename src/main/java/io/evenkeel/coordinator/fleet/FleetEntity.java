package io.evenkeel.coordinator.fleet;

import jakarta.persistence.Id;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.PostLoad;
import jakarta.persistence.PostPersist;
import jakarta.persistence.Transient;
import org.springframework.data.domain.Persistable;

/** A row whose id is made here, not by the database. */
@MappedSuperclass
abstract class FleetEntity implements Persistable<String> {

    @Id
    private String id;

    @Transient
    private boolean stored;

    /** For Hibernate, which fills the fields in. */
    @SuppressWarnings("NullAway.Init")
    protected FleetEntity() {}

    FleetEntity(String id) {
        this.id = id;
    }

    @Override
    public String getId() {
        return id;
    }

    /** An entity with an id of ours is new until it was stored; otherwise saving it would look for it first. */
    @Override
    public boolean isNew() {
        return !stored;
    }

    @PostLoad
    @PostPersist
    void stored() {
        stored = true;
    }
}
