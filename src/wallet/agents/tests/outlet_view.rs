//! What an outlet sees of itself, and whether a receipt is true.

use super::super::outlet_view::{CHECK, RECEIPT_UNKNOWN, SHOW};
use super::*;
use crate::reference::Reference;
use crate::refusal::Reason;
use crate::wallet::trial::{Outcome, posting};

#[test]
fn an_outlet_sees_its_float_and_its_commission() {
    let mut shop = shop();
    let mut float = account(FLOAT.number(), 500_000);
    float.held_minor = 100_000;
    shop.trial.set(Want::Account(FLOAT), Found::Account(Some(float)));
    shop.trial
        .set(Want::Account(COMMISSION), Found::Account(Some(account(COMMISSION.number(), 760))));
    let plan = shop.trial.ask(&SHOW, shop.trial.caller(&shop.njeri)).quote().planned();
    assert_eq!(
        ["name", "phone", "balance", "commission"].map(|slot| plan.said(slot)),
        ["Duka Moja", &number(FLOAT), "KES 4,000", "KES 7.60"]
    );
    let amina = shop.trial.ask(&SHOW, shop.trial.caller(&shop.amina)).quote();
    assert_eq!(amina.reason(), (Reason::NOT_AGENT, None));
}

/// Posting 50 moved this, 90 minutes ago.
fn checked(shop: &mut Shop, person: &PersonRow, legs: &[(i64, i64)]) -> Outcome {
    shop.trial.set(Want::Posting(Id::of(50)), Found::Posting(Some(posting(50, "send", 90, legs))));
    let code = Reference::of(Id::of(50), &shop.trial.config.reference_key).to_string();
    shop.trial.ask(&CHECK, shop.trial.caller(person)).with("receipt", &code).quote()
}

#[test]
fn a_receipt_says_what_it_moved_here() {
    let mut shop = shop();
    let amina = shop.amina.clone();
    let njeri = shop.njeri.clone();
    let legs = [(101, -22_900), (FLOAT.number(), 20_000), (2, 2_900)];
    let plan = checked(&mut shop, &njeri, &legs).planned();
    let slots = ["amount", "name", "date", "time"];
    assert_eq!(slots.map(|slot| plan.said(slot)), ["KES 200", "Amina W", "23/11/26", "09:35"]);
    assert_eq!(
        plan.said("code"),
        Reference::of(Id::of(50), &shop.trial.config.reference_key).to_string()
    );
    assert!(!plan.flags.contains("went"));
    // the same on the other side, where it went to the outlet for the most part
    let outlet = vec![shop.outlet.clone()];
    shop.trial.set(Want::OutletsOf(vec![FLOAT]), Found::Outlets(outlet));
    let plan = checked(&mut shop, &amina, &legs).planned();
    assert_eq!(slots.map(|slot| plan.said(slot)), ["KES 229", "Duka Moja", "23/11/26", "09:35"]);
    assert!(plan.flags.contains("went"));
    // what the operator gave or took
    assert_eq!(
        checked(&mut shop, &amina, &[(101, 500), (1, -500)]).planned().said("name"),
        "Kadogo"
    );
}

#[test]
fn what_moved_on_accounts_of_others_is_nobodys_business() {
    let mut shop = shop();
    let njeri = shop.njeri.clone();
    let unknown = (RECEIPT_UNKNOWN, Some("receipt"));
    assert_eq!(checked(&mut shop, &njeri, &[(101, -500), (102, 500)]).reason(), unknown);
    let check = |code: &str| {
        shop.trial.ask(&CHECK, shop.trial.caller(&njeri)).with("receipt", code).quote().reason()
    };
    let never = Reference::of(Id::of(51), &shop.trial.config.reference_key).to_string();
    let (head, tail) = never.split_at(5);
    for code in
        [never.clone(), format!("{head} {tail}"), format!("#{head}-{}.", tail.to_lowercase())]
    {
        assert_eq!(check(&code), unknown, "{code}");
    }
    // what is no code is not said to be one that nobody should trust
    for code in ["", "x", head, "K7M2Q9XWTBB"] {
        assert_eq!(check(code), (Reason::RECEIPT_FORMAT, Some("receipt")), "{code}");
    }
    let bare = shop.trial.ask(&CHECK, shop.trial.caller(&njeri)).quote().reason();
    assert_eq!(bare, (Reason::FIELD_MISSING, Some("receipt")));
    let stranger = shop.trial.ask(&CHECK, shop.trial.stranger(STRANGER)).quote().reason();
    assert_eq!(stranger, (Reason::NOT_JOINED, None));
}
