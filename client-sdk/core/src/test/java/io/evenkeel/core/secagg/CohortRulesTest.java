package io.evenkeel.core.secagg;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CohortRulesTest {

    private static final CohortContext CONTEXT = new CohortContext("digits", 7, 1, SomeBasis.from(0));
    private static final OwnerKey OWNER = OwnerKey.generate();
    private static final CohortRules RULES = new CohortRules(8, 40, 0.1, 0.05);
    private static final SignedAdvertisement OWN = signed(OWNER.issue(), 0);

    private static SignedAdvertisement signed(DeviceIdentity identity, int member) {
        return identity.sign(new SecAggDevice(CONTEXT, member, new SecureRandom()).advertisement(), CONTEXT);
    }

    private static List<SignedAdvertisement> members(int count) {
        List<SignedAdvertisement> members = new ArrayList<>(List.of(OWN));
        for (int member = 1; member < count; member++) {
            members.add(signed(OWNER.issue(), member));
        }
        return members;
    }

    private static CohortKeys told(int members, int threshold) {
        return new CohortKeys(threshold, members(members));
    }

    private static void assertRefused(CohortKeys told, String message) {
        assertThatThrownBy(() -> RULES.check(CONTEXT, OWN, told))
                .isInstanceOf(SecAggException.class)
                .hasMessageContaining(message);
    }

    @Test
    void acceptsTheKeysOfAnHonestCoordinator() throws SecAggException {
        for (int members : new int[] {8, 9, 20, 40}) {
            CohortParameters chosen = CohortParameters.of(members, 0.1, 0.05).orElseThrow();
            RULES.check(CONTEXT, OWN, told(members, chosen.threshold()));
        }
    }

    @Test
    void refusesCohortsOfTheWrongSize() {
        assertRefused(told(7, 5), "the cohort has 7 members, expected 8 to 40");
        assertRefused(told(41, 22), "the cohort has 41 members, expected 8 to 40");
        assertRefused(new CohortKeys(0, List.of()), "the cohort has 0 members, expected 8 to 40");
    }

    @Test
    void refusesAnotherThreshold() {
        int least = CohortParameters.of(40, 0.1, 0.05).orElseThrow().threshold();
        assertRefused(told(40, least - 1), "the threshold is " + (least - 1) + " of 39 others, expected " + least);
        assertRefused(told(40, 40), "the threshold is 40 of 39 others, expected " + least + " to 39");
    }

    @Test
    void refusesACohortWithoutThisDeviceOrWithOtherKeysForIt() {
        List<SignedAdvertisement> strangers = members(9);
        strangers.remove(0);
        assertRefused(new CohortKeys(6, strangers), "does not have the keys that this device, member 0, has sent");
        List<SignedAdvertisement> others = members(8);
        others.set(0, signed(OWNER.issue(), 0));
        assertRefused(new CohortKeys(5, others), "does not have the keys that this device, member 0, has sent");
    }

    @Test
    void refusesKeysThatTheCoordinatorReplaced() {
        List<SignedAdvertisement> members = members(8);
        SignedAdvertisement victim = members.get(3);
        Advertisement others = new SecAggDevice(CONTEXT, victim.member(), new SecureRandom()).advertisement();
        members.set(
                3,
                new SignedAdvertisement(
                        others,
                        victim.identity(),
                        victim.certificate(),
                        victim.owner(),
                        victim.basis(),
                        victim.signature()));
        assertRefused(new CohortKeys(5, members), "the signature of member 3");
    }

    @Test
    void refusesAMemberWithAnotherModelOrPlan() {
        CohortContext other = new CohortContext("digits", 7, 1, SomeBasis.from(1));
        List<SignedAdvertisement> members = members(8);
        Advertisement keys = new SecAggDevice(other, 5, new SecureRandom()).advertisement();
        members.set(5, OWNER.issue().sign(keys, other));
        assertRefused(new CohortKeys(5, members), "the keys of member 5 are for another model or plan");
    }

    @Test
    void refusesDevicesOfAnotherOwner() {
        List<SignedAdvertisement> members = members(8);
        members.set(1, signed(OwnerKey.generate().issue(), 1));
        assertRefused(new CohortKeys(5, members), "the owner of member 1 is not accepted");
    }

    @Test
    void refusesAnIdentityUsedTwice() {
        DeviceIdentity twice = OWNER.issue();
        List<SignedAdvertisement> members = members(8);
        members.set(1, signed(twice, 1));
        members.set(2, signed(twice, 2));
        assertRefused(new CohortKeys(5, members), "member 2 has the identity of another member");
    }

    @Test
    void refusesItsOwnIdentityAsAnotherMembers() {
        DeviceIdentity identity = OWNER.issue();
        SignedAdvertisement own = signed(identity, 0);
        List<SignedAdvertisement> members = members(8);
        members.set(0, own);
        members.set(7, signed(identity, 7));
        CohortKeys told = new CohortKeys(5, members);
        assertThatThrownBy(() -> RULES.check(CONTEXT, own, told))
                .hasMessageContaining("member 7 has the identity of another member");
    }
}
