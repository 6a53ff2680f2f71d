//! The table, written by hand: which role has which right, and which right each act, each page and
//! each command takes. It is compared with the code, and with what happens.

use kadogo::staff::role::{Right, Role};
use strum::VariantArray;

/// What each role may, in the order care, care_lead, finance, finance_lead, agents, risk, admin,
/// auditor: `a` asks (and does what takes one), `y` says yes to what another one asked, `b` both.
pub const RIGHTS: [(&str, &str); 16] = [
    ("staff", ". . . . . . b ."),
    ("second", "a a a a a a a ."),
    ("look", "a a a a a a . a"),
    ("protect", "a a . a a a . ."),
    ("restore", "a b . . . b . ."),
    ("unlock", "a b . . . . . ."),
    ("tier", "a b . . . . . ."),
    ("deals", "a b . . . . . ."),
    ("reversals", "a b . . . . . ."),
    ("outlets", ". . . y b . . ."),
    ("commission", ". . a y a . . ."),
    ("bank", ". . a b . . . ."),
    ("issue", ". . a b . . . ."),
    ("redeem", ". . a b . . . ."),
    ("close", ". . a b . . . ."),
    ("audit", ". . . a . . a a"),
];

/// What the staff can do, and the right that it takes.
pub const ACTS: &[(&str, &str)] = &[
    ("approve_staff_request", "second"),
    ("decline_staff_request", "second"),
    ("take_back_staff_request", "second"),
    ("invite_staff", "staff"),
    ("change_staff_roles", "staff"),
    ("dismiss_staff", "staff"),
    ("open_bank_account", "bank"),
    ("take_statement", "bank"),
    ("explain_line", "bank"),
    ("expect_deposit", "issue"),
    ("call_off_deposit", "issue"),
    ("assign_item", "bank"),
    ("sweep", "redeem"),
    ("cover_charges", "redeem"),
    ("pass_on_interest", "issue"),
    ("issue", "issue"),
    ("close_day", "close"),
    ("mail_day", "audit"),
    ("redeem_at_bank", "redeem"),
    ("call_off_redemption", "redeem"),
    ("see_account", "look"),
    ("freeze_account", "protect"),
    ("unfreeze_account", "restore"),
    ("close_account", "restore"),
    ("unlock_pin", "unlock"),
    ("sim_changed", "protect"),
    ("change_tier", "tier"),
    ("end_staff_sessions", "staff"),
    ("choose_staff_pin", "second"),
    ("propose_ruling", "deals"),
    ("confirm_ruling", "second"),
    ("reject_ruling", "second"),
    ("give_back_reversal", "reversals"),
    ("release_reversal", "reversals"),
    ("open_outlet", "outlets"),
    ("suspend_outlet", "protect"),
    ("resume_outlet", "restore"),
    ("employ_assistant", "outlets"),
    ("dismiss_assistant", "outlets"),
    ("move_float", "outlets"),
    ("mend_deposit", "outlets"),
    ("pay_outlet", "commission"),
    ("recheck_commission", "commission"),
    ("take_back_commission", "commission"),
    ("find_people", "look"),
    ("find_payments", "look"),
    ("report_payments", "look"),
    ("send_start_pin", "unlock"),
];

/// The pages, how they are asked for, and who may: `open` to anybody, `duty` to whoever is at work,
/// or to who has one of these rights. `N` is a number.
pub const PAGES: &[(&str, &str, &str)] = &[
    ("/style.css", "GET", "open"),
    ("/sign-in", "GET POST", "open"),
    ("/join/LINK", "GET POST", "open"),
    ("/speak/en", "GET", "open"),
    ("", "GET", "duty"),
    ("/sign-out", "POST", "duty"),
    ("/rights", "GET", "duty"),
    ("/session", "GET POST", "duty"),
    ("/approvals", "GET", "second audit"),
    ("/approvals/N", "GET", "second audit"),
    ("/approvals/N/yes", "POST", "second"),
    ("/approvals/N/no", "POST", "second"),
    ("/approvals/N/back", "POST", "second"),
    ("/staff", "GET", "staff audit"),
    ("/act/invite_staff", "GET POST", "staff"),
    ("/act/change_staff_roles", "GET POST", "staff"),
    ("/act/dismiss_staff", "GET POST", "staff"),
    ("/act/issue", "GET POST", "issue"),
    ("/act/redeem_at_bank", "GET POST", "redeem"),
    ("/act/call_off_redemption", "GET POST", "redeem"),
    ("/act/explain_line", "GET POST", "bank"),
    ("/act/open_bank_account", "GET POST", "bank"),
    ("/act/expect_deposit", "GET POST", "issue"),
    ("/act/call_off_deposit", "GET POST", "issue"),
    ("/act/assign_item", "GET POST", "bank"),
    ("/act/sweep", "GET POST", "redeem"),
    ("/act/cover_charges", "GET POST", "redeem"),
    ("/act/pass_on_interest", "GET POST", "issue"),
    ("/act/close_day", "GET POST", "close"),
    ("/act/mail_day", "GET POST", "audit"),
    ("/days", "GET", "close audit"),
    ("/days/make", "POST", "close"),
    ("/days/sheets/N/pages.pdf", "GET", "close audit"),
    ("/days/2026-11-28/table.csv", "GET", "close audit"),
    ("/days/2026-11-28/pages.pdf", "GET", "close audit"),
    ("/bank", "GET", "bank audit"),
    ("/bank/lines", "GET", "bank audit"),
    ("/bank/match", "POST", "bank"),
    ("/bank/take", "GET POST", "bank"),
    ("/bank/files/N", "GET POST", "bank"),
    ("/disputes", "GET", "deals audit"),
    ("/reversals", "GET", "reversals audit"),
    ("/not-back", "GET", "look"),
    ("/act/end_staff_sessions", "GET POST", "staff"),
    ("/act/freeze_account", "GET POST", "protect"),
    ("/act/unfreeze_account", "GET POST", "restore"),
    ("/act/unlock_pin", "GET POST", "unlock"),
    ("/act/send_start_pin", "GET POST", "unlock"),
    ("/act/sim_changed", "GET POST", "protect"),
    ("/act/change_tier", "GET POST", "tier"),
    ("/act/close_account", "GET POST", "restore"),
    ("/act/propose_ruling", "GET POST", "deals"),
    ("/act/confirm_ruling", "GET POST", "second"),
    ("/act/reject_ruling", "GET POST", "second"),
    ("/act/give_back_reversal", "GET POST", "reversals"),
    ("/act/release_reversal", "GET POST", "reversals"),
    ("/act/open_outlet", "GET POST", "outlets"),
    ("/act/suspend_outlet", "GET POST", "protect"),
    ("/act/resume_outlet", "GET POST", "restore"),
    ("/act/employ_assistant", "GET POST", "outlets"),
    ("/act/dismiss_assistant", "GET POST", "outlets"),
    ("/act/move_float", "GET POST", "outlets"),
    ("/act/pay_outlet", "GET POST", "commission"),
    ("/act/take_back_commission", "GET POST", "commission"),
    ("/act/mend_deposit", "GET POST", "outlets"),
    ("/people", "GET POST", "look"),
    ("/people/N", "GET POST", "look"),
];

/// The commands with something typed, and who may: `open`, `duty` or one of these rights as above;
/// with `+` who may approve what takes it.
pub const COMMANDS: &[(&str, &str)] = &[
    ("staff rights", "open"),
    ("staff sign-in auma", "open"),
    ("staff join 00", "open"),
    ("staff invite auma --phone 0722000009 --roles care", "staff"),
    ("staff list", "staff audit"),
    ("staff roles nobody care --why why", "staff"),
    ("staff dismiss nobody --why why", "staff"),
    ("staff end-sessions nobody --why why", "staff"),
    ("approve list", "second audit"),
    ("approve show 7", "second"),
    ("approve yes 7 --seen 00", "second"),
    ("approve no 7 --why why", "second"),
    ("approve take-back 7 --why why", "second"),
    ("bank open kcb 0110", "bank"),
    ("bank list", "bank audit"),
    ("bank take nothing.csv", "bank"),
    ("bank lines", "bank audit"),
    ("bank explain 7-1 charge --why why", "bank"),
    ("bank equation", "bank audit"),
    ("issue 7-1 100 0700000001 --why why", "issue"),
    ("redeem ask 0700000001 100 --bank kcb --recipient her --why why", "redeem"),
    ("redeem call-off 7 --why why", "redeem"),
    ("audit", "audit"),
    ("agent open Duka --area Nairobi --why why", "outlets"),
    ("agent employ 123456 0700000001 --why why", "outlets"),
    ("agent dismiss 0700000001 --why why", "outlets"),
    ("agent pay", "commission"),
    ("agent recheck --day 2026-11-01", "commission"),
    ("agent list", "look"),
    ("reversal list", "look"),
    ("reversal give-back ABCDEFGHJK why", "reversals"),
    ("reversal release ABCDEFGHJK why", "reversals"),
    ("deal list", "look"),
    ("deal show ABCD", "look"),
    ("deal propose ABCD --back 100 --because damaged why", "deals"),
    ("deal confirm ABCD --seen 1", "+deals"),
    ("deal reject ABCD --seen 1 why", "+deals"),
    ("collection 7", "open"),
    ("collection 7 --not-back", "look"),
    ("tier 0700000009 id --document seen --why why", "tier"),
    ("account 0700000009", "look"),
    ("account 0700000009 --close --why why", "restore"),
    ("freeze 0700000009 --way out --basis care --why why", "protect"),
    ("unfreeze 0700000009 --why why", "restore"),
    ("unlock 0700000009 --why why", "unlock"),
    ("sim-changed 0700000009 --why why", "protect"),
    // the last one: who went home comes nowhere
    ("staff sign-out", "duty"),
];

/// Commands that are not of the staff: for who has the machine, the files, or nothing at all.
pub const OF_THE_MACHINE: &[&str] = &[
    "demo",
    "serve",
    "phone",
    "menus check",
    "menus graph",
    "tariff check",
    "tariff quote",
    "book check",
    "backup",
    "bench book",
    "bench ussd",
    "secret",
    "health",
];

/// Whether somebody of this role may go through such a door.
pub fn lets_in(door: &str, role: Role) -> bool {
    match door {
        "open" | "duty" => true,
        rights => rights.split(' ').any(|right| match right.strip_prefix('+') {
            Some(right) => may(right, role).1,
            None => may(right, role).0,
        }),
    }
}

/// Whether they may ask for what takes a right, and say yes to it.
pub fn may(right: &str, role: Role) -> (bool, bool) {
    let row = RIGHTS.iter().find(|(name, _)| *name == right).expect(right);
    let place = Role::VARIANTS.iter().position(|each| *each == role).unwrap();
    match row.1.split(' ').nth(place).unwrap() {
        "a" => (true, false),
        "y" => (false, true),
        "b" => (true, true),
        "." => (false, false),
        other => panic!("{other}"),
    }
}

#[test]
fn the_rights_are_those_of_the_code() {
    let written: Vec<&str> = RIGHTS.iter().map(|(right, _)| *right).collect();
    let known: Vec<&str> = Right::VARIANTS.iter().map(|right| (*right).into()).collect();
    assert_eq!(written, known);
    for right in Right::VARIANTS {
        for role in Role::VARIANTS {
            let code = (right.may_ask(&[*role]), right.may_approve(&[*role]));
            assert_eq!(may((*right).into(), *role), code, "{right:?} of {role:?}");
        }
    }
}
