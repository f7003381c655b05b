package io.evenkeel.core.robust;

import io.evenkeel.core.vector.Norm;
import java.util.List;

/** Provides the vectors g_i of a run's members, in the order of the sum. */
public interface MemberVectorSource {

    /** Returns the number of members. */
    int count();

    /** Returns w_i, above 0. */
    double weight(int member);

    /** Returns ||g_i||, exactly as {@link io.evenkeel.core.vector.Norm#l2(double[])} computes it. */
    double norm(int member);

    /** Returns g_i, d values, valid until the next call; callers must not change it. */
    double[] vector(int member);

    /**
     * Returns a source of vectors in memory.
     *
     * @param vectors the vectors, d values each, not copied
     * @param weights one for each vector, above 0, not copied
     */
    static MemberVectorSource of(List<double[]> vectors, double[] weights) {
        return new MemberVectorSource() {
            @Override
            public int count() {
                return weights.length;
            }

            @Override
            public double weight(int member) {
                return weights[member];
            }

            @Override
            public double norm(int member) {
                return Norm.l2(vectors.get(member));
            }

            @Override
            public double[] vector(int member) {
                return vectors.get(member);
            }
        };
    }
}
