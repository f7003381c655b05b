package io.evenkeel.coordinator.registry;

import java.util.List;
import java.util.Optional;
import org.springframework.data.domain.Limit;
import org.springframework.data.repository.Repository;

/** Stores versions of registered models. */
interface ModelVersionRepository extends Repository<ModelVersion, Long> {

    ModelVersion saveAndFlush(ModelVersion version);

    Optional<ModelVersion> findByModelAndVersion(String model, int version);

    /** Returns the newest versions before a number, the newest first. */
    List<ModelVersion> findByModelAndVersionLessThanOrderByVersionDesc(String model, int before, Limit limit);

    long countByModel(String model);

    void delete(ModelVersion version);
}
