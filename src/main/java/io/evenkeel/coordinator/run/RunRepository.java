package io.evenkeel.coordinator.run;

import io.evenkeel.coordinator.platform.problem.ProblemException;
import io.evenkeel.coordinator.platform.problem.ProblemKind;
import jakarta.persistence.LockModeType;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.data.domain.Page;
import org.springframework.data.domain.Pageable;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/** Runs in the database, without those that were deleted. */
public interface RunRepository extends Repository<Run, Long> {

    /** Saves a new run at once, so that a name that is taken shows here. */
    Run saveAndFlush(Run run);

    /** Finds a run by its key, for reading. */
    Optional<Run> findById(long id);

    /** Finds a run by its name, for reading. */
    Optional<Run> findByName(String name);

    /** Returns all runs, newest first. */
    List<Run> findAllByOrderByIdDesc();

    /** Returns the runs in some states and older than one, by its key, whose names contain a text; newest first. */
    @Query("select r from Run r where r.id < :before and r.state in :states and locate(:text, r.name) > 0"
            + " order by r.id desc")
    List<Run> page(String text, Collection<RunState> states, long before, Limit limit);

    /** Returns the runs in a state, or in any if it is null, whose names contain a text; newest first. */
    @Query("select r from Run r where (:state is null or r.state = :state) and locate(:text, r.name) > 0"
            + " order by r.id desc")
    Page<Run> search(String text, @Nullable RunState state, Pageable page);

    /** Locks a run until the transaction ends; must be the transaction's first look at it. */
    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @Query("select r from Run r where r.id = :id")
    Optional<Run> lock(long id);

    /**
     * Returns a run by its key, for reading.
     *
     * @throws ProblemException {@code run-not-found} if it was deleted
     */
    default Run get(long id) {
        return findById(id).orElseThrow(RunRepository::deleted);
    }

    /**
     * Locks a run as {@link #lock} does.
     *
     * @throws ProblemException {@code run-not-found} if it was deleted
     */
    default Run locked(long id) {
        return lock(id).orElseThrow(RunRepository::deleted);
    }

    /** Returns the refusal of a request about a run that was there when the request came. */
    static ProblemException deleted() {
        return ProblemKind.RUN_NOT_FOUND.because(
                "the run was deleted", "drop what is left of it; GET /api/v1/runs lists those there are");
    }

    /** Returns the keys of the runs that have an open round which may be due. */
    @Query("select r.id from Run r where r.state = RUNNING or (r.state = PAUSED and r.current.closing = true)")
    List<Long> findDue();
}
