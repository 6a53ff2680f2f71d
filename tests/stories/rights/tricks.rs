//! What somebody of the staff tries who may do a part of it: their own yes, ids of other things,
//! forms of others, two at once on two nodes, what waited too long, rights that are gone. Each is
//! refused, moves nothing, and stands in the audit.

use super::pages::{Form, Window, with};
use super::*;
use crate::bank_desk::{bank, opened, read};
use crate::engine::lines;
use kadogo::refusal::Refusal;
use std::time::Duration;

/// A bank with a deposit of 1,000,000.00 on a statement that was taken, and who asks and approves.
struct Till {
    world: World,
    asks: Worker,
    leads: [Worker; 2],
    statement: i64,
}

/// A service, who asks for it, what is typed, and how it is refused.
type Try<'a> = (&'a str, &'a OnDuty, Vec<(&'a str, String)>, &'a str);

const AMOUNT: &str = "100000";

impl Till {
    async fn open() -> Till {
        let world = World::new().await;
        let asks = at_work(&world, "njeri", "finance").await;
        let leads = [
            at_work(&world, "otieno", "finance_lead").await,
            at_work(&world, "wairimu", "finance_lead admin").await,
        ];
        opened(&world, [&asks.duty, &leads[0].duty], "kcb", "0110").await;
        let row = bank(&world, "kcb").await;
        let deposit = [(100_000_000, "head office".to_owned()), (-5_000, "fee".to_owned())];
        let file = read(&world, &row, (0, 99_995_000), "2026-11-22", &deposit).await;
        let typed = [("file", &*file.to_string()), ("why", "as the bank says")];
        world.staff_does(&asks.duty, "take_statement", &typed).await.unwrap();
        Till { world, asks, leads, statement: file.number() }
    }

    /// E-money is asked for against its first line.
    async fn asked(&self, why: &str) -> i64 {
        let line = format!("{}-1", self.statement);
        let typed = [("line", &*line), ("amount", AMOUNT), ("to", AMINA), ("why", why)];
        self.world.staff_requests(&self.asks.duty, "issue", &typed).await.unwrap()
    }

    /// What came of it has not moved a coin, and is the last that was recorded.
    async fn refuses(&self, refused_for: &str, what: &str, balance: i64, last: usize) {
        assert_eq!(self.world.balance(AMINA).await, balance, "{what}");
        let all = refused(&self.world).await;
        assert_eq!(all.len(), last + 1, "{what}: {all:#?}");
        assert!(all[last].ends_with(&format!(": {refused_for}")), "{what}: {}", all[last]);
    }
}

fn code_of(said: &Result<impl std::fmt::Debug, Refusal>) -> &'static str {
    said.as_ref().expect_err("it is refused").code()
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_of_others_and_ones_own_yes_are_refused_and_recorded() {
    let till = Till::open().await;
    let number = till.asked("float for the week").await;
    let balance = till.world.balance(AMINA).await;
    let [asks, lead] = [&till.asks, &till.leads[0]];
    let [njeri, otieno] = [asks, lead].map(|worker| Window::of(&till.world, Some(&worker.secret)));
    let at = format!("/approvals/{number}");
    let yes = format!("{at}/yes");
    let good = otieno.form(&at, &yes).await;
    let field =
        |form: &Form, name: &str| form.iter().find(|(known, _)| known == name).unwrap().1.clone();
    let other_token = with(
        good.iter().filter(|(name, _)| name != "token").cloned().collect(),
        &[("token", &field(&njeri.drawn().await, "token"))],
    );
    let no_token: Form = good.iter().filter(|(name, _)| name != "token").cloned().collect();
    for (place, (site, form, why)) in [
        ("same-origin", &no_token, "a form that is not theirs"),
        ("same-origin", &other_token, "a form that is not theirs"),
        ("cross-site", &good, "a form from elsewhere"),
        ("same-site", &good, "a form from elsewhere"),
    ]
    .into_iter()
    .enumerate()
    {
        let seen = otieno.post_from(site, &yes, form).await;
        assert_eq!(seen.status, 403, "{}", seen.page);
        till.refuses(why, &format!("otieno: /console{yes}"), balance, place).await;
    }
    // who asked brings a form of their own with the number of what waits
    let own = with(njeri.drawn().await, &[("seen", &field(&good, "seen"))]);
    let seen = njeri.post(&yes, &own).await;
    assert_eq!(seen.status, 409, "{}", seen.page);
    till.refuses("staff_same_person", "her own yes", balance, 4).await;
    assert_eq!(otieno.post(&yes, &good).await.status, 200, "and the form itself is good");
    assert_eq!(till.world.balance(AMINA).await, balance + 100_000);
    // the same form again, and again by its maker: done before, once
    for _ in 0..2 {
        let seen = otieno.post(&yes, &good).await;
        assert!(seen.page.contains("done before, once"), "{}", seen.page);
    }
    assert_eq!(till.world.balance(AMINA).await, balance + 100_000);
    till.world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_of_other_things_open_nothing() {
    let till = Till::open().await;
    let (world, asks, lead) = (&till.world, &till.asks.duty, &till.leads[0].duty);
    let waiting = till.asked("float").await.to_string();
    // something of each kind that has a number
    let part = till.asked("a part of it").await;
    world.staff_approves(lead, part).await.unwrap();
    let redeem = [
        ("from", AMINA),
        ("amount", "1000"),
        ("bank", "kcb"),
        ("recipient", "Amina"),
        ("why", "she asks"),
    ];
    let redeem = world.staff_requests(asks, "redeem_at_bank", &redeem).await.unwrap();
    world.staff_approves(lead, redeem).await.unwrap();
    let care = at_work(world, "auma", "care").await;
    let freeze = [("phone", BARAKA), ("way", "out"), ("basis", "care"), ("why", "he asks")];
    world.staff_does(&care.duty, "freeze_account", &freeze).await.unwrap();
    let sql = "SELECT kind || ' ' || id AS text FROM arrangements WHERE open ORDER BY id";
    let ids = move |conn: &mut Conn| Ok::<_, kadogo::store::StoreError>(lines(conn, sql));
    let all = world.app.wallet.store.read(ids).await.unwrap();
    let of_kind = |kind: &str| {
        let found = all.iter().find_map(|line| line.strip_prefix(&format!("{kind} ")));
        found.unwrap_or_else(|| panic!("no {kind}: {all:?}")).to_owned()
    };
    let row = bank(world, "kcb").await;
    let line = [(1, "x".to_owned())];
    let untaken = read(world, &row, (99_995_000, 99_995_001), "2026-11-23", &line);
    let untaken = untaken.await.to_string();
    let balance = world.balance(AMINA).await;
    let standing = world.app.wallet.standing().await.unwrap();
    let statement = till.statement;

    let mut tries: Vec<Try> = Vec::new();
    for kind in ["redemption", "bank_item", "freeze"] {
        let of_other = vec![("approval", of_kind(kind)), ("why", "why not".to_owned())];
        tries.push(("approve_staff_request", lead, of_other.clone(), "staff_request_gone"));
        tries.push(("decline_staff_request", lead, of_other.clone(), "staff_request_gone"));
        tries.push(("take_back_staff_request", asks, of_other, "staff_request_gone"));
    }
    for number in ["0", "-1", "x", "9223372036854775807", "99999999999999999999", ""] {
        let typed = vec![("approval", number.to_owned()), ("why", "why not".to_owned())];
        tries.push(("approve_staff_request", lead, typed, "staff_request_gone"));
    }
    for number in [waiting.clone(), of_kind("freeze"), of_kind("bank_item"), "-7".to_owned()] {
        let call_off = vec![("redemption", number.clone()), ("why", "why not".to_owned())];
        tries.push(("call_off_redemption", asks, call_off, "redemption_gone"));
        let explain = vec![
            ("line", format!("{statement}-2")),
            ("meaning", "redemption".to_owned()),
            ("redemption", number),
            ("why", "why not".to_owned()),
        ];
        tries.push(("explain_line", asks, explain, "redemption_gone"));
    }
    for line in [
        format!("{untaken}-1"),
        format!("{statement}-0"),
        format!("{statement}-3"),
        format!("{statement}--1"),
        format!("{waiting}-1"),
        format!("{statement}"),
        "x".into(),
    ] {
        let issue = vec![
            ("line", line.clone()),
            ("amount", "1".into()),
            ("to", AMINA.into()),
            ("why", "why not".into()),
        ];
        tries.push(("issue", asks, issue, "line_unknown"));
    }
    // the line of what went out brings nothing in
    let out = vec![
        ("line", format!("{statement}-2")),
        ("amount", "1".into()),
        ("to", AMINA.into()),
        ("why", "why not".into()),
    ];
    tries.push(("issue", asks, out, "line_unknown"));
    for file in [statement.to_string(), waiting.clone(), "-1".into(), of_kind("freeze")] {
        let code = if file == statement.to_string() { "statement_gap" } else { "file_unknown" };
        tries.push(("take_statement", asks, vec![("file", file), ("why", "why not".into())], code));
    }
    let before = refused(world).await.len();
    for (place, (service, duty, typed, code)) in tries.iter().enumerate() {
        let fields: Vec<(&str, &str)> =
            typed.iter().map(|(name, value)| (*name, &**value)).collect();
        let said = world.staff_asks(duty, service, &fields).await;
        assert_eq!(code_of(&said), *code, "{service} {typed:?}");
        till.refuses(code, &format!("{service} {typed:?}"), balance, before + place).await;
    }
    let after = world.app.wallet.standing().await.unwrap();
    assert_eq!(format!("{after:?}"), format!("{standing:?}"), "nothing has moved at the bank");
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_at_one_moment_on_two_nodes_one_decides() {
    let till = Till::open().await;
    let (world, other) = (&till.world, till.world.beside(Twist::default()).await);
    let [one, two] = [&till.leads[0], &till.leads[1]];
    let mut balance = world.balance(AMINA).await;
    let mut turned_away = 0;
    let mut count = |said: &[&Result<kadogo::request::Slots, Refusal>]| {
        let done = said.iter().filter(|said| said.is_ok()).count();
        assert_eq!(done, 1, "{said:?}");
        for no in said.iter().filter(|said| said.is_err()) {
            // what is left of the line may be read after the other one drew on it
            // both nodes have the same dice, and so one key for two acts
            let codes = ["staff_request_gone", "staff_changed_since", "line_used", "key_reused"];
            assert!(codes.contains(&code_of(no)), "{no:?}");
            turned_away += 1;
        }
    };
    for round in 0..6 {
        let number = till.asked(&format!("round {round}")).await;
        let text = number.to_string();
        let no = [("approval", &*text), ("why", "not this one")];
        match round % 3 {
            0 => {
                let said = tokio::join!(
                    world.staff_approves(&one.duty, number),
                    other.staff_approves(&two.duty, number)
                );
                count(&[&said.0, &said.1]);
                balance += 100_000;
            }
            1 => {
                let said = tokio::join!(
                    world.staff_approves(&one.duty, number),
                    other.staff_does(&two.duty, "decline_staff_request", &no)
                );
                count(&[&said.0, &said.1]);
                balance += if said.0.is_ok() { 100_000 } else { 0 };
            }
            _ => {
                let said = tokio::join!(
                    world.staff_approves(&one.duty, number),
                    other.staff_does(&till.asks.duty, "take_back_staff_request", &no)
                );
                count(&[&said.0, &said.1]);
                balance += if said.0.is_ok() { 100_000 } else { 0 };
            }
        }
        assert_eq!(world.balance(AMINA).await, balance, "round {round}");
    }
    let recorded = refused(world).await;
    assert!(recorded.len() <= turned_away && turned_away == 6, "{recorded:#?}");
    assert!(recorded.iter().all(|line| line.contains("_staff_request ")), "{recorded:#?}");

    // one form on both nodes at once
    let number = till.asked("by form").await;
    let at = format!("/approvals/{number}");
    let yes = format!("{at}/yes");
    let here = Window::of(world, Some(&one.secret));
    let there = Window::of(&other, Some(&one.secret));
    let form = here.form(&at, &yes).await;
    let (first, second) = tokio::join!(here.post(&yes, &form), there.post(&yes, &form));
    assert_eq!((first.status, second.status), (200, 200), "{}\n{}", first.page, second.page);
    assert_eq!(world.balance(AMINA).await, balance + 100_000, "once");
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_goes_with_the_rights_of_who_asked_and_of_who_decides() {
    let till = Till::open().await;
    let (world, balance) = (&till.world, till.world.balance(AMINA).await);
    let [otieno, wairimu] = [&till.leads[0].duty, &till.leads[1].duty];
    let change = async |who: &str, roles: &str| {
        let typed = [("name", who), ("roles", roles), ("why", "from now on")];
        world.staff_does(wairimu, "change_staff_roles", &typed).await.unwrap();
    };
    let fresh = async |name: &str| {
        let find = name.to_owned();
        let row = move |conn: &mut Conn| kadogo::store::staff_rows::by_name(conn, &find);
        comes_to_work(world, world.app.wallet.store.read(row).await.unwrap().unwrap()).await
    };
    let before = refused(world).await.len();
    let number = till.asked("while she may").await;
    change("njeri", "care").await;
    let said = world.staff_approves(otieno, number).await;
    assert_eq!(code_of(&said), "staff_asker_gone");
    // a look is not recorded, the yes is
    let yes = [("approval", &*number.to_string()), ("seen", "00")];
    let said = world.staff_asks(otieno, "approve_staff_request", &yes).await;
    assert_eq!(code_of(&said), "staff_asker_gone");
    till.refuses("staff_asker_gone", "she may not ask any more", balance, before).await;
    change("njeri", "finance").await;
    // the one who decides is another from one moment to the next
    change("otieno", "finance").await;
    let otieno = fresh("otieno").await.duty;
    let said = world.staff_asks(&otieno, "approve_staff_request", &yes).await;
    assert_eq!(code_of(&said), "not_allowed");
    till.refuses("not_allowed", "he may not decide any more", balance, before + 1).await;
    let no = [("approval", &*number.to_string()), ("why", "not this month")];
    let said = world.staff_asks(&otieno, "decline_staff_request", &no).await;
    assert_eq!(code_of(&said), "not_allowed");
    // who left has asked for nothing
    let typed = [("name", "njeri"), ("why", "has left us")];
    world.staff_does(wairimu, "dismiss_staff", &typed).await.unwrap();
    assert!(world.app.wallet.on_duty(&till.asks.secret).await.is_err());
    let said = world.staff_asks(wairimu, "approve_staff_request", &yes).await;
    assert_eq!(code_of(&said), "staff_asker_gone");
    till.refuses("staff_asker_gone", "she left", balance, before + 3).await;
    // it can still be put away
    world.staff_does(wairimu, "decline_staff_request", &no).await.unwrap();
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waited_too_long_is_over_and_a_yes_takes_a_code_of_ones_own() {
    let till = Till::open().await;
    let (world, wallet) = (&till.world, &till.world.app.wallet);
    let balance = world.balance(AMINA).await;
    let before = refused(world).await.len();
    let number = till.asked("for Monday").await;
    let text = number.to_string();
    let yes = [("approval", &*text)];
    let duty = async |worker: &Worker| wallet.on_duty(&worker.secret).await.unwrap();
    let [otieno, wairimu] = [&till.leads[0], &till.leads[1]];
    // the code was shown six minutes ago
    world.clock.advance(Duration::from_secs(6 * 60));
    let said = world.staff_asks(&duty(otieno).await, "approve_staff_request", &yes).await;
    assert_eq!(code_of(&said), "code_wanted");
    till.refuses("code_wanted", "no code", balance, before).await;
    // a colleague's code is not theirs, their own serves once, and five wrong ones end a session
    let own = code(world, "otieno");
    let colleague = code(world, "wairimu");
    let prove = async |worker: &Worker, code: &str| {
        wallet.prove(&duty(worker).await, code).await.map(|_duty| ())
    };
    assert_eq!(code_of(&prove(otieno, &colleague).await), "sign_in_wrong");
    prove(otieno, &own).await.unwrap();
    assert_eq!(code_of(&prove(otieno, &own).await), "sign_in_wrong");
    for _ in 0..5 {
        assert_eq!(code_of(&prove(wairimu, &own).await), "sign_in_wrong");
    }
    let over = wallet.prove(&wairimu.duty, &colleague).await;
    assert_eq!(code_of(&over), "session_over");
    assert_eq!(code_of(&wallet.on_duty(&wairimu.secret).await), "session_over");
    let wrong = "SELECT CAST(count(*) AS TEXT) AS text FROM trail WHERE event = 'code_wrong'";
    let read = move |conn: &mut Conn| Ok::<_, kadogo::store::StoreError>(lines(conn, wrong));
    assert_eq!(wallet.store.read(read).await.unwrap(), ["7"], "each is recorded");
    // three days later nobody says yes to it any more
    world.clock.advance(Duration::from_secs(3 * 24 * 3_600));
    let lead = comes_to_work(world, otieno.duty.staff.clone()).await;
    let said = world.staff_asks(&lead.duty, "approve_staff_request", &yes).await;
    assert_eq!(code_of(&said), "staff_request_gone");
    // and hers, whose session the wrong codes ended
    till.refuses("staff_request_gone", "too late", balance, before + 2).await;
    assert_eq!(wallet.wake_all().await.unwrap().done, 1);
    let said = world.staff_asks(&lead.duty, "approve_staff_request", &yes).await;
    assert_eq!(code_of(&said), "staff_request_gone");
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_tries_from_outside_takes_no_tries_of_who_is_at_work() {
    let till = Till::open().await;
    let wallet = &till.world.app.wallet;
    let otieno = &till.leads[0];
    let tries = async || {
        wallet.sign_in("otieno", "four goats and a boat".to_owned().into(), "000000").await
    };
    for _ in 0..6 {
        assert_eq!(code_of(&tries().await), "sign_in_wrong");
    }
    // by now nobody gets in by that name; who is in shows a code, and two at one moment serve once
    let duty = || wallet.on_duty(&otieno.secret);
    let own = code(&till.world, "otieno");
    assert_eq!(code_of(&wallet.prove(&duty().await.unwrap(), "000000").await), "sign_in_wrong");
    wallet.prove(&duty().await.unwrap(), &own).await.unwrap();
    // and while they try, on two nodes
    let other = till.world.beside(Twist::default()).await;
    for _ in 0..4 {
        till.world.clock.advance(Duration::from_secs(16 * 60));
        let back = comes_to_work(&till.world, otieno.duty.staff.clone()).await;
        let own = code(&till.world, "otieno");
        let (tried, proved) = tokio::join!(tries(), other.app.wallet.prove(&back.duty, &own));
        assert_eq!(code_of(&tried), "sign_in_wrong");
        proved.unwrap();
    }
    till.world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_approves_an_invitation_checks_the_number_and_cannot_use_the_link() {
    let world = World::new().await;
    let njeri = at_work(&world, "njeri", "admin").await.duty;
    let otieno = at_work(&world, "otieno", "admin").await.duty;
    let named = ("name", "ghost");
    let more = [("roles", "finance_lead"), ("why", "one more")];
    let typed = [named, ("phone", "+254722000007"), more[0], more[1]];
    let number = world.staff_requests(&njeri, "invite_staff", &typed).await.unwrap();
    let approval = [("approval", &*number.to_string())];
    let (seen, _) = world.staff_sees(&otieno, "approve_staff_request", &approval).await.unwrap();
    assert_eq!(seen["link_to"].to_string(), "0722000007");
    let said = world.staff_approves(&otieno, number).await.unwrap();
    let link = world.invited("+254722000007").await;
    assert!(said.values().all(|value| !value.to_string().contains(&link)), "{said:?}");
    assert!(!holds(&world.stored_bytes(), &link), "it is nowhere");
    assert_eq!(world.app.wallet.invited_by(&link).await.unwrap().name, "ghost");
    // a new one for another number says what it was, and ends the one before
    let typed = [named, ("phone", AMINA), more[0], more[1]];
    let number = world.staff_requests(&njeri, "invite_staff", &typed).await.unwrap();
    let said = world.staff_approves(&otieno, number).await.unwrap();
    assert_eq!(said["phone_before"].to_string(), "0722000007");
    assert_eq!(code_of(&world.app.wallet.invited_by(&link).await), "code_gone");
    let path = format!("/console/join/{}", world.invited(AMINA).await);
    assert_eq!(world.app.wallet.invited_by(&path).await.unwrap().name, "ghost");
    // whoever has a number since its SIM was changed is sent none
    let care = at_work(&world, "auma", "care").await.duty;
    let swapped = [("phone", AMINA), ("why", "the shop called")];
    world.staff_does(&care, "sim_changed", &swapped).await.unwrap();
    let said = world.staff_asks(&njeri, "invite_staff", &typed).await;
    assert_eq!(code_of(&said), "sim_changed");
    // and the one that was sent before opens nothing any more
    assert_eq!(code_of(&world.app.wallet.invited_by(&path).await), "code_gone");
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_sends_the_other_admin_home_is_not_two() {
    let world = World::new().await;
    let thief = at_work(&world, "mwizi", "admin finance").await;
    at_work(&world, "njeri", "admin finance_lead").await;
    let home = [("name", "njeri"), ("why", "does not work here")];
    world.staff_does(&thief.duty, "dismiss_staff", &home).await.unwrap();
    let phone = ("phone", "+254722000009");
    let ghost = [("name", "ghost"), phone, ("roles", "finance_lead"), ("why", "one more")];
    let lead = [("name", "mwizi"), ("roles", "admin finance_lead"), ("why", "one more")];
    let again = [("name", "njeri"), phone, ("roles", "finance_lead"), ("why", "is back")];
    for (act, typed) in
        [("invite_staff", &ghost[..]), ("invite_staff", &again), ("change_staff_roles", &lead)]
    {
        let said = world.staff_asks(&thief.duty, act, typed).await;
        assert_eq!(code_of(&said), "admin_left_lately", "{act}");
    }
    let recorded = [
        "mwizi: invite_staff ghost: admin_left_lately",
        "mwizi: invite_staff njeri: admin_left_lately",
        "mwizi: change_staff_roles mwizi: admin_left_lately",
    ];
    assert_eq!(refused(&world).await, recorded);
    // who is really alone is not alone for ever
    world.clock.advance(Duration::from_secs(3 * 24 * 3_600));
    let alone = comes_to_work(&world, thief.duty.staff.clone()).await;
    world.staff_does(&alone.duty, "invite_staff", &ghost).await.unwrap();
    world.check();
}

#[test]
fn the_audit_tells_what_was_refused() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let world = World::real().await;
        world.hires("auma", "care").await;
        world.hires("mutua", "auditor").await;
        let said = world.run_as("auma", &["issue", "7-1", "100", "0700000001", "--why", "mine"]);
        assert!(said.err.contains("That is for staff with another role."), "{said:?}");
        let said = world.run_as("mutua", &["audit"]);
        assert!(said.out.contains("staff auma: refused staff"), "{said:?}");
        assert!(said.out.contains(": issue 7-1: That is for staff with another role."), "{said:?}");
        world.check();
    });
}
