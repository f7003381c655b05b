package io.evenkeel.coordinator.run;

import io.evenkeel.engine.permission.RunPatterns;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import io.evenkeel.engine.run.Run;
import io.evenkeel.engine.run.RunState;
import jakarta.persistence.LockModeType;
import jakarta.persistence.criteria.Path;
import jakarta.persistence.criteria.Predicate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.springframework.data.domain.Sort;
import org.springframework.data.jpa.domain.Specification;
import org.springframework.data.jpa.repository.JpaSpecificationExecutor;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/** Stores runs, and finds those that were not deleted. */
public interface RunRepository extends Repository<Run, Long>, JpaSpecificationExecutor<Run> {

    /** The newest runs first. */
    Sort NEWEST_FIRST = Sort.by(Sort.Direction.DESC, "id");

    /** Saves a new run immediately, so that a taken name is detected here. */
    Run saveAndFlush(Run run);

    /** Finds a run by its key, for reading. */
    Optional<Run> findById(long id);

    /** Finds a run by its name, for reading. */
    Optional<Run> findByName(String name);

    /** Returns all runs, newest first. */
    List<Run> findAllByOrderByIdDesc();

    /** Finds the runs whose names contain a text, in some states, and among those that the reader may use. */
    static Specification<Run> matching(String text, Collection<RunState> states, RunPatterns readers) {
        return (run, query, sql) -> {
            Path<String> name = run.get("name");
            Predicate wanted = sql.and(
                    sql.greaterThan(sql.locate(name, text), 0), run.get("state").in(states));
            return readers.areAll()
                    ? wanted
                    : sql.and(
                            wanted,
                            sql.or(readers.likes().stream()
                                    .map(like -> sql.like(name, like))
                                    .toList()));
        };
    }

    /** Finds the runs older than a given run, by its key. */
    static Specification<Run> before(long key) {
        return (run, query, sql) -> sql.lessThan(run.get("id"), key);
    }

    /** Locks a run until the transaction ends; must be the transaction's first access to it. */
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

    /** Returns the refusal of a request about a run that was deleted during the request. */
    static ProblemException deleted() {
        return ProblemKind.RUN_NOT_FOUND.because(
                "the run was deleted", "drop its local data; GET /api/v1/runs lists the runs");
    }

    /** Returns the runs that are paused until objects are back in the object store. */
    @Query("select r from Run r where r.state = PAUSED and r.stopReason = OBJECTS_MISSING")
    List<Run> findLackingObjects();

    /** Returns the runs that have a round to close, now or later. */
    @Query("select r from Run r where r.state = RUNNING or (r.state = PAUSED and r.current.closing = true)")
    List<Run> findOpen();
}
