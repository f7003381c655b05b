package io.evenkeel.client;

/** Thrown if the coordinator refused a request and a retry would not help. */
public class CoordinatorException extends EvenkeelException {

    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    /** Creates an exception for a problem reported by the coordinator. */
    public CoordinatorException(Problem problem) {
        super(problem.toString());
        this.problem = problem;
    }

    /** Returns the problem reported by the coordinator. */
    public Problem problem() {
        return problem;
    }
}
