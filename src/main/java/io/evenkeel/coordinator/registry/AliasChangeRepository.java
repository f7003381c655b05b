package io.evenkeel.coordinator.registry;

import java.util.List;
import java.util.Optional;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/** Stores the history of aliases. */
interface AliasChangeRepository extends Repository<AliasChange, Long> {

    AliasChange saveAndFlush(AliasChange change);

    Optional<AliasChange> findFirstByModelAndAliasOrderByIdDesc(String model, String alias);

    /** Returns an alias's newest changes, the newest first. */
    List<AliasChange> findByModelAndAliasOrderByIdDesc(String model, String alias, Limit limit);

    void deleteByModel(String model);

    /** Returns the newest change of each alias of a model, sorted by alias; includes removals. */
    @Query("select c from AliasChange c where c.id in (select max(d.id) from AliasChange d where d.model = :model"
            + " group by d.alias) order by c.alias")
    List<AliasChange> current(String model);
}
