package io.evenkeel.core.robust;

/** Provides the vectors g_i of a run's members, in the order of the sum. */
public interface MemberVectorSource {

    /** Returns the number of members. */
    int count();

    /** Returns w_i, above 0. */
    double weight(int member);

    /** Returns ||g_i||, exactly as {@link io.evenkeel.core.vector.Norm#l2(double[])} computes it. */
    double norm(int member);

    /** Returns g_i, d values, valid until the next call; not to be changed. */
    double[] vector(int member);
}
