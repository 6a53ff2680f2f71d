//! Acts of the staff at the wallet's own door, below all pages and commands.

use super::table::{ACTS, may};
use super::*;
use kadogo::book::Put;
use kadogo::id::{AccountId, ArrangementId};
use kadogo::phone::Msisdn;
use kadogo::refusal::{Reason, Refusal};
use kadogo::request::{Answer, Fields, Mode, Request, Slots};
use kadogo::store::arrangement_rows::ArrangementRow;
use kadogo::wallet::office::acting_staff::Outcome;
use kadogo::wallet::office::two_people::{APPROVE, DECLINE, KIND, Wish};
use kadogo::wallet::{Authority, Execution, SERVICES};

fn asked(mode: Mode, service: &str, fields: Fields) -> Request {
    Request { mode, service: service.to_owned(), fields, secret: None }
}

async fn acts(world: &World, worker: &Worker, request: Request) -> Result<Outcome, Refusal> {
    let wallet = &world.app.wallet;
    let key = Key::new(wallet.clock.now(), "acts", &wallet.randomness.bytes::<16>());
    wallet.act_as_staff(&worker.duty, request, key).await
}

/// Whether somebody got past the door, whatever came of it.
fn is_in<T>(said: &Result<T, Refusal>) -> bool {
    said.as_ref().err().is_none_or(|no| no.reason != Reason::NOT_ALLOWED)
}

/// What would wait for a second person, as a row that somebody wrote past all services.
async fn waits(world: &World, by: &Worker, service: &str) -> i64 {
    let wallet = &world.app.wallet;
    let id = ArrangementId::of(wallet.book.fresh_id().await.unwrap());
    let wish = Wish {
        service: service.to_owned(),
        inputs: Fields::new(),
        by: by.duty.staff.name.clone(),
        why: "to see who may".to_owned(),
        shown: Slots::new(),
    };
    let row = ArrangementRow {
        id,
        kind: KIND.name.to_owned(),
        version: 1,
        state: "asked".to_owned(),
        open: true,
        owner: AccountId::of(by.duty.staff.id.number()),
        other: None,
        subject: String::new(),
        account: None,
        begun_by: PostingId::NONE,
        last_posting: PostingId::NONE,
        begun_at: wallet.clock.now().micros(),
        due_at: None,
        body: serde_json::to_string(&wish).unwrap(),
    };
    let put = Change::Put(Put { row, event: "begin", note: String::new() });
    let key = Key::new(wallet.clock.now(), "waits", service.as_bytes());
    wallet.book.post(wallet.note(key, vec![put])).await.unwrap();
    id.number()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_act_is_for_the_roles_of_the_table_and_nobody_else() {
    let world = World::new().await;
    let mut known: Vec<(&str, &str)> = Vec::new();
    for service in SERVICES {
        if let Authority::Staff(right) = service.authority {
            known.push((service.name, right.into()));
        }
    }
    known.sort_unstable();
    let mut written = ACTS.to_vec();
    written.sort_unstable();
    assert_eq!(known, written, "each act of the staff stands in the table, by its right");

    let workers = one_of_each(&world).await;
    let everybody = workers.iter().map(|(role, _)| <&str>::from(*role)).collect::<Vec<_>>();
    let asker = at_work(&world, "asker", &everybody.join(" ")).await;
    let (mut lines, mut turned_away) = (Vec::new(), Vec::new());
    for (act, right) in ACTS {
        let number = waits(&world, &asker, act).await.to_string();
        let about = Fields::from([("approval".to_owned(), number.clone())]);
        let (mut asks, mut decides) = (Vec::new(), Vec::new());
        for (role, worker) in &workers {
            let name = &worker.duty.staff.name;
            let did = acts(&world, worker, asked(Mode::Execute, act, Fields::new())).await;
            assert_eq!(is_in(&did), may(right, *role).0, "{name} does {act}: {did:?}");
            let looked = acts(&world, worker, asked(Mode::Quote, act, Fields::new())).await;
            assert_eq!(is_in(&looked), is_in(&did), "{name} looks at {act}: {looked:?}");
            if !is_in(&did) {
                let line = format!("{name}: {act}: not_allowed");
                turned_away.extend([line.clone(), line]);
            }
            asks.push(is_in(&did));
            let may_second = may("second", *role).0;
            for service in [APPROVE.name, DECLINE.name] {
                let said = acts(&world, worker, asked(Mode::Quote, service, about.clone())).await;
                let may_decide = may_second && may(right, *role).1;
                assert_eq!(is_in(&said), may_decide, "{name} decides {act}: {said:?}");
                if !may_decide {
                    turned_away.push(format!("{name}: {service} {number}: not_allowed"));
                }
                if service == APPROVE.name {
                    decides.push(may_decide);
                }
            }
        }
        lines.push(((*act).to_owned(), asks));
        lines.push(("    and says yes to another's".to_owned(), decides));
        // who asked never decides
        for service in [APPROVE.name, DECLINE.name] {
            let own = acts(&world, &asker, asked(Mode::Quote, service, about.clone())).await;
            assert_eq!(own.unwrap_err().code(), "staff_same_person", "{act}");
        }
    }
    let recorded = refused(&world).await.into_iter();
    let recorded: Vec<String> = recorded.filter(|line| line.ends_with("not_allowed")).collect();
    assert_eq!(recorded, turned_away, "each of them stands in the audit");
    insta::assert_snapshot!(drawn(&lines));
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn no_customer_does_what_is_for_staff_and_no_staff_what_is_a_customers() {
    let world = World::new().await;
    let wallet = &world.app.wallet;
    let caller = wallet.caller(Msisdn::from_e164(AMINA).unwrap()).await.unwrap();
    let all: Vec<&str> = Role::VARIANTS.iter().map(|role| (*role).into()).collect();
    let boss = at_work(&world, "boss", &all.join(" ")).await;
    let before = world.check().head;
    for service in SERVICES {
        let is_staffs = matches!(service.authority, Authority::Staff(_));
        for mode in [Mode::Check, Mode::Quote, Mode::List, Mode::Execute] {
            let mut request = asked(mode, service.name, Fields::new());
            if !is_staffs {
                let said = acts(&world, &boss, request).await;
                assert_eq!(said.unwrap_err().reason, Reason::SERVICE_UNKNOWN, "{}", service.name);
                continue;
            }
            request.secret = Some("7361".to_owned().into());
            let said = if mode == Mode::Execute {
                let key = Key::new(wallet.clock.now(), "tries", service.name.as_bytes());
                wallet
                    .act(&caller, request, Execution { key, side_effects: Vec::new() })
                    .await
                    .answer
            } else {
                wallet.answer(&caller, request).await
            };
            let Answer::Refused(no) = said else { panic!("{} {mode:?}: {said:?}", service.name) };
            let good = [Reason::NOT_ALLOWED, Reason::SERVICE_UNKNOWN].contains(&no.reason);
            assert!(good, "{} {mode:?}: {no:?}", service.name);
        }
    }
    assert_eq!(world.check().head, before, "nothing stands in the book");
}
