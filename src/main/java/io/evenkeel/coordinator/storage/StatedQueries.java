package io.evenkeel.coordinator.storage;

import org.springframework.data.jpa.repository.query.DeclaredQuery;
import org.springframework.data.jpa.repository.query.QueryEnhancerFactories;
import org.springframework.data.jpa.repository.query.QueryEnhancerFactory;
import org.springframework.data.jpa.repository.query.QueryEnhancerSelector;

/**
 * Leaves the repositories' queries as they are stated. Spring Data would parse each at the start, to add orders and counts to them
 * that nobody asks for; Hibernate parses, and so checks, every one of them anyway.
 */
public final class StatedQueries implements QueryEnhancerSelector {

    @Override
    public QueryEnhancerFactory select(DeclaredQuery query) {
        return QueryEnhancerFactories.fallback();
    }
}
