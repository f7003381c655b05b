package io.evenkeel.coordinator.registry;

import jakarta.persistence.LockModeType;
import java.util.List;
import java.util.Optional;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/** Stores registered models. */
interface RegisteredModelRepository extends Repository<RegisteredModel, String> {

    RegisteredModel saveAndFlush(RegisteredModel model);

    Optional<RegisteredModel> findById(String name);

    /** Returns models after a name, sorted by name. */
    List<RegisteredModel> findByNameGreaterThanOrderByName(String after, Limit limit);

    /** Locks a model until the transaction ends; must be the transaction's first access to it. */
    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @Query("select m from RegisteredModel m where m.name = :name")
    Optional<RegisteredModel> lock(String name);

    void deleteById(String name);
}
