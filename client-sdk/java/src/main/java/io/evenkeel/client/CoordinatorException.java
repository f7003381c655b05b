package io.evenkeel.client;

/** The coordinator refused a request, and asking again would not help. */
public class CoordinatorException extends EvenkeelException {

    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    /** Carries what the coordinator said. */
    public CoordinatorException(Problem problem) {
        super(problem.toString());
        this.problem = problem;
    }

    /** Returns what the coordinator said. */
    public Problem problem() {
        return problem;
    }
}
