//! Walks: rows of every kind of arrangement are moved by many at once, at random, by whoever may
//! and whoever may not. Each trail, told again to the kind's own table, comes to the state in which
//! the row was left; nothing gets stuck, every end is reached, and the book is whole.
//!
//!   KADOGO_WALKS=20000 cargo test --test stories walks::

use super::faults::Luck;
use super::ledger::*;
use kadogo::actor::Actor;
use kadogo::book::{Change, Key, Posting, Put};
use kadogo::id::{Id, PostingId};
use kadogo::refusal::Reason;
use kadogo::store::arrangement_rows::{self, ArrangementRow};
use kadogo::store::trail_rows::{self, TrailRow};
use kadogo::time::Timestamp;
use kadogo::wallet::KINDS;
use kadogo::wallet::arrangements::{Kind, Role};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use strum::VariantArray;

/// So many moves are tried for each row.
const MOVES_EACH: usize = 8;
/// Who move them at the same time.
const MOVERS: u64 = 32;

fn walks() -> usize {
    std::env::var("KADOGO_WALKS").map_or(2_000, |text| text.parse().unwrap())
}

fn new_row(kind: &Kind, id: i64, state: &str) -> ArrangementRow {
    ArrangementRow {
        id: Id::of(id),
        kind: kind.name.into(),
        version: 1,
        state: state.into(),
        open: kind.open.contains(&state),
        owner: Id::of(ANN),
        other: Some(Id::of(BEN)),
        account: None,
        subject: String::new(),
        begun_at: 1,
        due_at: None,
        body: "{}".into(),
        begun_by: PostingId::NONE,
        last_posting: PostingId::NONE,
    }
}

fn kind_of(row: &ArrangementRow) -> &'static Kind {
    KINDS.iter().find(|kind| kind.name == row.kind).unwrap()
}

fn posting(number: usize, role: Role, row: ArrangementRow, event: &'static str) -> Posting {
    let role: &'static str = role.into();
    let put = Put { row, event, note: String::new() };
    Posting {
        key: Key::new(Timestamp::from_micros(0), "walk", &number.to_be_bytes()),
        actor: Actor::Staff(role.to_owned()),
        changes: vec![Change::Put(put)],
        ..blank("walk")
    }
}

/// Mostly somebody who moves such a row in some state, and now and then just anybody.
fn who(kind: &Kind, luck: &mut Luck) -> Role {
    let cells = kind.states.iter().flat_map(|s| kind.events.iter().map(move |e| (*s, *e)));
    let cells = Vec::from_iter(cells);
    let moves = |role: &Role| cells.iter().any(|(s, e)| (kind.apply)(s, e, *role).is_some());
    let movers: Vec<Role> = Role::VARIANTS.iter().copied().filter(moves).collect();
    let some = if luck.pick(4) == 0 { Role::VARIANTS } else { &movers };
    some[luck.pick(some.len())]
}

/// Mostly what may happen to a row, and of that mostly what does not end it; now and then anything.
fn move_of(kind: &Kind, row: &ArrangementRow, luck: &mut Luck) -> (&'static str, Role) {
    let anything = (kind.events[luck.pick(kind.events.len())], who(kind, luck));
    let all =
        kind.events.iter().flat_map(|event| Role::VARIANTS.iter().map(|role| (*event, *role)));
    let after = |(event, role): &(&'static str, Role)| kind.after(row, event, *role).ok();
    let (open, over): (Vec<_>, Vec<_>) =
        all.filter(|way| after(way).is_some()).partition(|way| after(way).unwrap().open);
    let ways = if over.is_empty() || luck.pick(8) > 0 { open } else { over };
    if ways.is_empty() || luck.pick(4) == 0 { anything } else { ways[luck.pick(ways.len())] }
}

/// One who moves rows at random until enough were moved.
async fn mover(ledger: Arc<Ledger>, ids: Arc<Vec<i64>>, tries: Arc<AtomicUsize>, seed: u64) {
    let mut luck = Luck::new(seed);
    loop {
        let number = tries.fetch_add(1, Ordering::Relaxed);
        if number >= walks() {
            return;
        }
        let id = Id::of(ids[luck.pick(ids.len())]);
        let row = ledger.store.read(move |conn| arrangement_rows::by_id(conn, id)).await;
        let row = row.unwrap().unwrap();
        let kind = kind_of(&row);
        let (event, role) = move_of(kind, &row, &mut luck);
        if let Ok(after) = kind.after(&row, event, role) {
            assert!(row.open, "{row:?} was over");
            match ledger.post(posting(number, role, after, event)).await {
                Ok(receipt) => assert!(!receipt.repeated),
                Err(refusal) => assert_eq!(refusal.reason, Reason::MOVED),
            }
        }
    }
}

/// What a trail says, told to the kind's table from the state in which the row began.
fn told_again(kind: &Kind, begun: &str, trail: &[TrailRow]) -> String {
    let mut state = begun.to_owned();
    for (event, version) in trail.iter().zip(1..) {
        assert_eq!(event.version, version);
        if version > 1 {
            let word = event.actor.trim_start_matches("staff ");
            let by = |role: &&Role| <&'static str>::from(**role) == word;
            let role = Role::VARIANTS.iter().find(by).unwrap();
            state = (kind.apply)(&state, &event.event, *role).unwrap().to_owned();
        }
    }
    state
}

/// The trail of a row, the oldest event first.
fn trail_of(ledger: &Ledger, row: &ArrangementRow) -> Vec<TrailRow> {
    let mut trail = Vec::new();
    let mut next = Some(row.last_posting);
    let mut hand = ledger.hand();
    while let Some(posting) = next {
        let events = hand.with(|conn| trail_rows::of_posting(conn, posting)).unwrap();
        let event = events.into_iter().find(|event| event.record_id == row.id.number()).unwrap();
        next = event.previous;
        trail.insert(0, event);
    }
    trail
}

/// What nobody moves any more ends by the service itself, or the staff end it.
async fn ended_by_itself(ledger: &Ledger, mut row: ArrangementRow) -> ArrangementRow {
    let kind = kind_of(&row);
    let mut luck = Luck::new(row.id.number().unsigned_abs());
    while row.open {
        let role = [Role::Service, Role::Staff][luck.pick(2)];
        let all = kind.events.iter().copied();
        let ways: Vec<&'static str> =
            all.filter(|event| kind.after(&row, event, role).is_ok()).collect();
        // what waits for a bank has no clock
        let may_wait =
            role == Role::Staff || ["bank_item", "redemption", "bank_case"].contains(&kind.name);
        assert!(may_wait || !ways.is_empty(), "{} {} is stuck", kind.name, row.state);
        if ways.is_empty() {
            continue;
        }
        let event = ways[luck.pick(ways.len())];
        let after = kind.after(&row, event, role).unwrap();
        let number =
            usize::MAX / 2 + usize::try_from(row.id.number() * 1_000 + row.version).unwrap();
        ledger.ok(posting(number, role, after, event)).await;
        let id = row.id;
        let read = ledger.store.read(move |conn| arrangement_rows::by_id(conn, id)).await;
        row = read.unwrap().unwrap();
    }
    row
}

#[test]
fn the_tables_say_who_may_bring_about_what() {
    let tables: Vec<String> = KINDS.iter().map(Kind::table).collect();
    insta::assert_snapshot!(tables.join("\n\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_moves_what_at_once_every_trail_is_a_way_through_the_table() {
    let ledger = Arc::new(Ledger::new().await);
    let mut begun = BTreeMap::new();
    let mut id = 1_000;
    // what is over when it begins goes nowhere
    let moving: Vec<&Kind> = KINDS.iter().filter(|kind| !kind.events.is_empty()).collect();
    for kind in &moving {
        for n in 0..walks() / MOVES_EACH / moving.len() {
            id += 1;
            let state = kind.begins[n % kind.begins.len()];
            begun.insert(id, state);
            let row = new_row(kind, id, state);
            let number = usize::MAX - usize::try_from(id).unwrap();
            ledger.ok(posting(number, Role::Owner, row, "begin")).await;
        }
    }
    let ids = Arc::new(begun.keys().copied().collect::<Vec<i64>>());
    let tries = Arc::new(AtomicUsize::new(0));
    let mut movers = tokio::task::JoinSet::new();
    for seed in 0..MOVERS {
        movers.spawn(mover(ledger.clone(), ids.clone(), tries.clone(), seed));
    }
    movers.join_all().await;
    let mut ends: BTreeMap<&str, BTreeMap<String, usize>> = BTreeMap::new();
    for (id, state) in &begun {
        let row = ledger.hand().with(|conn| arrangement_rows::by_id(conn, Id::of(*id)));
        let row = row.unwrap().unwrap();
        let row = ended_by_itself(&ledger, row).await;
        let kind = kind_of(&row);
        assert_eq!(told_again(kind, state, &trail_of(&ledger, &row)), row.state);
        *ends.entry(kind.name).or_default().entry(row.state).or_default() += 1;
    }
    println!("{} moves were tried; rows ended as {ends:?}", walks());
    for kind in moving.iter().filter(|_| walks() >= 20_000) {
        let all = kind.states.iter().filter(|state| !kind.open.contains(state));
        let all: BTreeSet<&str> = all.copied().collect();
        assert_eq!(ends[kind.name].keys().map(|end| &end[..]).collect::<BTreeSet<_>>(), all);
    }
    let report = ledger.check();
    assert!(report.is_whole(), "{:?}", report.faults);
    assert!(report.events > u64::try_from(begun.len()).unwrap(), "nothing was moved");
}
