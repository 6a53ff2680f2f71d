//! Who may do what: each act of the staff is refused to whoever has another role, to who has left
//! no role at all, and to everybody who is no staff.

use super::super::super::service::Authority;
use super::*;
use crate::reason::Reason;
use crate::staff::role::{self, Role};
use crate::wallet::SERVICES;
use strum::VariantArray;

#[test]
fn each_act_of_the_staff_is_for_the_roles_of_its_right_alone() {
    let (trial, amina) = world();
    let mut walked = 0;
    for service in SERVICES {
        let Authority::Staff(right) = service.authority else { continue };
        let refused = |caller: Caller| {
            let asks = [
                trial.ask(service, caller.clone()).with("phone", PHONE).check(),
                trial.ask(service, caller.clone()).with("phone", PHONE).quote(),
                trial.ask(service, caller.clone()).with("phone", PHONE).list(),
                trial.ask(service, caller).with("phone", PHONE).execute(),
            ];
            let all = asks.map(|outcome| {
                let refused = outcome.error == Some(Reason::NOT_ALLOWED.into());
                assert!(!refused || outcome.plan.slots.is_empty(), "{} tells", service.name);
                refused
            });
            assert!(all.iter().all(|refused| *refused == all[0]), "{}", service.name);
            all[0]
        };
        for role in Role::VARIANTS {
            let may = right.may_ask(&[*role]);
            assert_eq!(refused(staff(&role::written(&[*role]))), !may, "{} {role:?}", service.name);
            walked += 1;
        }
        assert!(refused(staff("")), "{}: nobody's role", service.name);
        assert!(refused(staff("boss")), "{}: no role", service.name);
        assert!(refused(trial.caller(&amina)), "{}: a customer", service.name);
        assert!(refused(trial.stranger("+254700000009")), "{}: a stranger", service.name);
    }
    assert!(walked >= 13 * Role::VARIANTS.len(), "{walked}");
}
