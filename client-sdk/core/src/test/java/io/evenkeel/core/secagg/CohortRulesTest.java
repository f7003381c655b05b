package io.evenkeel.core.secagg;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CohortRulesTest {

    private static final CohortContext CONTEXT = new CohortContext("digits", 7, 1);
    private static final OwnerKey OWNER = OwnerKey.generate();
    private static final CohortRules RULES = new CohortRules(8, 40, 0.1, 0.05);
    private static final SignedAdvertisement OWN = signed(OWNER.issue(), 0);

    private static SignedAdvertisement signed(DeviceIdentity identity, int member) {
        return identity.sign(new SecAggDevice(CONTEXT, member, new SecureRandom()).advertisement(), CONTEXT);
    }

    private static List<SignedAdvertisement> neighbours(int count) {
        List<SignedAdvertisement> neighbours = new ArrayList<>();
        for (int member = 1; member <= count; member++) {
            neighbours.add(signed(OWNER.issue(), member));
        }
        return neighbours;
    }

    private static Neighbourhood told(int members, int neighbours, int threshold) {
        return new Neighbourhood(members, threshold, neighbours(neighbours));
    }

    private static void assertRefused(Neighbourhood told, String message) {
        assertThatThrownBy(() -> RULES.check(CONTEXT, OWN, told))
                .isInstanceOf(SecAggException.class)
                .hasMessageContaining(message);
    }

    @Test
    void acceptsWhatAnHonestCoordinatorChooses() throws SecAggException {
        for (int members : new int[] {8, 9, 20, 40}) {
            CohortParameters chosen = CohortParameters.of(members, 0.1, 0.05).orElseThrow();
            RULES.check(CONTEXT, OWN, told(members, chosen.neighbours(), chosen.threshold()));
        }
    }

    @Test
    void refusesCohortsOfAnotherSize() {
        assertRefused(told(7, 6, 5), "the cohort has 7 members, expected 8 to 40");
        assertRefused(told(41, 40, 22), "the cohort has 41 members, expected 8 to 40");
    }

    @Test
    void refusesFewerNeighboursAndLowerThresholds() {
        CohortParameters chosen = CohortParameters.of(40, 0.1, 0.05).orElseThrow();
        int k = chosen.neighbours();
        assertRefused(told(40, k - 2, chosen.threshold()), "each member has " + (k - 2) + " neighbours");
        assertRefused(told(40, k, chosen.threshold() - 1), "the threshold is " + (chosen.threshold() - 1) + " of " + k);
        assertRefused(told(40, k, k + 1), "the threshold is " + (k + 1) + " of " + k);
        assertRefused(told(40, 0, 0), "each member has 0 neighbours");
    }

    @Test
    void refusesKeysThatTheCoordinatorReplaced() {
        List<SignedAdvertisement> good = neighbours(7);
        SignedAdvertisement victim = good.get(2);
        Advertisement others = new SecAggDevice(CONTEXT, victim.member(), new SecureRandom()).advertisement();
        good.set(
                2,
                new SignedAdvertisement(
                        others, victim.identity(), victim.certificate(), victim.owner(), victim.signature()));
        assertRefused(new Neighbourhood(8, 5, good), "the signature of member 3");
    }

    @Test
    void refusesDevicesOfAnotherOwner() {
        List<SignedAdvertisement> neighbours = neighbours(7);
        neighbours.set(0, signed(OwnerKey.generate().issue(), 1));
        assertRefused(new Neighbourhood(8, 5, neighbours), "the owner of member 1 is not accepted");
    }

    @Test
    void refusesAnIdentityUsedTwice() {
        DeviceIdentity twice = OWNER.issue();
        List<SignedAdvertisement> neighbours = neighbours(7);
        neighbours.set(0, signed(twice, 1));
        neighbours.set(1, signed(twice, 2));
        assertRefused(new Neighbourhood(8, 5, neighbours), "member 2 has the identity of another");
    }

    @Test
    void refusesItsOwnIdentityAsANeighbour() {
        DeviceIdentity identity = OWNER.issue();
        SignedAdvertisement own = signed(identity, 0);
        List<SignedAdvertisement> neighbours = neighbours(7);
        neighbours.set(6, signed(identity, 7));
        Neighbourhood told = new Neighbourhood(8, 5, neighbours);
        assertThatThrownBy(() -> RULES.check(CONTEXT, own, told))
                .hasMessageContaining("member 7 has the identity of another neighbour or of this device");
    }
}
