//! Random postings against a model of the book that is too simple to be wrong: it tries a posting
//! on a copy of the world, collects everything that speaks against it, and keeps the copy only if
//! nothing does. The fold must agree on every answer and every amount, keep its invariants after
//! each step, and leave no trace of what it refused. Then the same postings on a real database: in
//! batches or one by one, all rows must come out the same.

use super::engine::either;
use super::ledger::*;
use super::model::Model;
use kadogo::actor::Actor;
use kadogo::book::batch::BatchOutcome;
use kadogo::book::guard_facts::Facts;
use kadogo::book::{Change, HoldMove, Leg, Meter, Posting};
use kadogo::calendar::Day;
use kadogo::id::{Id, PostingId};
use kadogo::limits::{Cap, Caps, Direction, Window};
use kadogo::money::Currency;
use kadogo::store::book_rows::{Account, AccountState, HoldRow, HoldState};
use kadogo::store::pins::PinRow;
use kadogo::store::records::Record;
use kadogo::time::Timestamp;
use kadogo::wallet::join::empty_wallet;
use proptest::prelude::*;
use std::collections::BTreeMap;

const NOBODY: i64 = 99;
const TRUST: i64 = kadogo::book::TRUST.number();

/// A posting before it knows the numbers of the holds that are there.
#[derive(Debug, Clone)]
struct Wish {
    key: u8,
    request: u8,
    at: i64,
    abroad: bool,
    legs: Vec<(i64, i64)>,
    holds: Vec<Move>,
    meters: Vec<Gauge>,
    changes: Vec<Guard>,
    corrects: Option<i64>,
}

#[derive(Debug, Clone)]
enum Move {
    Open { account: i64, amount: i64 },
    Settle { pick: i64, amount: i64 },
    Release { pick: i64 },
}

/// What counts against limits: mostly a leg, at its own amount.
#[derive(Debug, Clone)]
struct Gauge {
    leg: usize,
    account: i64,
    amount: Option<i64>,
    way: Direction,
    day: i32,
    caps: Caps,
    own: bool,
}

#[derive(Debug, Clone)]
enum Guard {
    See(u8),
    Charge,
    Clear,
    SetPin(i64),
    Line(u8, i64),
    Open(i64),
}

fn account() -> impl Strategy<Value = i64> {
    prop_oneof![
        4 => Just(ANN), 4 => Just(BEN), 4 => Just(CAL), 2 => Just(TRUST), 1 => Just(ICE),
        1 => Just(ZOE),
        1 => Just(NOBODY), 1 => Just(100_i64)]
}

fn amount() -> impl Strategy<Value = i64> {
    prop_oneof![
        20 => 1..4_000_i64,
        2 => Just(0),
        2 => -50..0_i64,
        1 => Just(i64::MAX),
        1 => Just(i64::MIN)
    ]
}

fn legs_of() -> impl Strategy<Value = Vec<(i64, i64)>> {
    let pair = (account(), account(), amount())
        .prop_map(|(a, b, n)| vec![(a, n.saturating_neg()), (b, n)]);
    let three = (account(), account(), account(), 1..2_000_i64, 1..90_i64)
        .prop_map(|(a, b, c, n, fee)| vec![(a, -n - fee), (b, n), (c, fee)]);
    let wild = prop::collection::vec((account(), amount()), 0..4);
    prop_oneof![6 => pair, 3 => three, 1 => wild, 4 => Just(vec![])]
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        3 => (account(), amount()).prop_map(|(account, amount)| Move::Open { account, amount }),
        3 => (any::<u16>(), amount())
            .prop_map(|(pick, amount)| Move::Settle { pick: pick.into(), amount }),
        2 => any::<u16>().prop_map(|pick| Move::Release { pick: pick.into() }),
    ];
    prop_oneof![3 => Just(vec![]), 2 => prop::collection::vec(one, 1..4)]
}

fn caps() -> impl Strategy<Value = Caps> {
    let value = || prop::option::weighted(0.4, 500..9_000_i64);
    let cap = || (value(), prop::option::weighted(0.4, 1..5_u32));
    let cap = || cap().prop_map(|(value_minor, count)| Cap { value_minor, count });
    let balance = prop::option::weighted(0.3, 5_000..14_000_i64);
    (value(), cap(), cap(), cap(), balance).prop_map(
        |(once_minor, day, week, month, balance_minor)| Caps {
            once_minor,
            day,
            week,
            month,
            balance_minor,
            budget: None,
        },
    )
}

fn gauges() -> impl Strategy<Value = Vec<Gauge>> {
    let amount = prop_oneof![9 => Just(None), 1 => amount().prop_map(Some)];
    let way = prop::bool::ANY.prop_map(|out| if out { Direction::Out } else { Direction::In });
    let one = (0..4_usize, account(), amount, way, 0..40_i32, caps(), prop::bool::ANY);
    let one = one.prop_map(|(leg, account, amount, way, day, caps, own)| Gauge {
        leg,
        account,
        amount,
        way,
        day,
        caps,
        own,
    });
    prop_oneof![2 => Just(vec![]), 3 => prop::collection::vec(one, 1..4)]
}

fn guards() -> impl Strategy<Value = Vec<Guard>> {
    let one = prop_oneof![
        (0..12_u8).prop_map(Guard::See),
        Just(Guard::Charge),
        Just(Guard::Clear),
        (1..4_i64).prop_map(Guard::SetPin),
        (0..3_u8, 0..4_i64).prop_map(|(line, version)| Guard::Line(line, version)),
        (100..103_i64).prop_map(Guard::Open),
    ];
    prop_oneof![3 => Just(vec![]), 2 => prop::collection::vec(one, 1..4)]
}

fn wish() -> impl Strategy<Value = Wish> {
    let head = (0..40_u8, prop::bool::weighted(0.1), 0..120_i64, prop::bool::weighted(0.1));
    (head, legs_of(), moves(), gauges(), guards(), prop::option::weighted(0.1, -2..30_i64))
        .prop_map(|((key, other, at, abroad), legs, holds, meters, changes, corrects)| Wish {
            key,
            request: u8::from(other),
            at,
            abroad,
            legs,
            holds,
            meters,
            changes,
            corrects,
        })
}

impl Wish {
    fn posting(&self, last: i64) -> Posting {
        // mostly holds that are there, sometimes the posting's own number, sometimes none at all
        let hold = |pick: i64| pick.rem_euclid(last + 3);
        let hold_move = |step: &Move| match *step {
            Move::Open { account, amount } => {
                HoldMove::Open { account: Id::of(account), amount_minor: amount }
            }
            Move::Settle { pick, amount } => {
                HoldMove::Settle { hold: Id::of(hold(pick)), amount_minor: amount }
            }
            Move::Release { pick } => HoldMove::Release { hold: Id::of(hold(pick)) },
        };
        let currency = if self.abroad {
            Currency::parse("UGX").unwrap()
        } else {
            Currency::parse("KES").unwrap()
        };
        Posting {
            actor: Actor::Service,
            key: key(&self.key.to_string()),
            request: [self.request; 16],
            kind: "story",
            at: Timestamp::from_micros(self.at),
            currency,
            legs: self
                .legs
                .iter()
                .map(|(account, amount_minor)| Leg {
                    account: Id::of(*account),
                    amount_minor: *amount_minor,
                })
                .collect(),
            holds: self.holds.iter().map(hold_move).collect(),
            meters: self.meters.iter().map(|gauge| gauge.meter(&self.legs)).collect(),
            changes: self.changes.iter().map(Guard::change).collect(),
            corrects: self.corrects.map(Id::of),
            credentials: Vec::new(),
        }
    }
}

impl Gauge {
    fn meter(&self, legs: &[(i64, i64)]) -> Meter {
        let (account, leg_minor) = legs.get(self.leg).copied().unwrap_or((self.account, 50));
        let amount_minor = self.amount.unwrap_or(leg_minor.saturating_abs());
        let way = self.way;
        let day = Day::new(self.day);
        Meter {
            account: Id::of(account),
            way,
            amount_minor,
            day,
            caps: self.caps,
            own: self.own,
            back: false,
            part: false,
        }
    }
}

impl Guard {
    fn change(&self) -> Change {
        match *self {
            Guard::See(text) => Change::Dedup { key: key(&format!("text {text}")) },
            Guard::Charge => Change::ChargePin { pin: Id::of(ANN) },
            Guard::Clear => Change::ClearPin { pin: Id::of(ANN) },
            Guard::SetPin(version) => {
                let row = PinRow {
                    id: Id::of(ANN),
                    version,
                    last_posting: PostingId::NONE,
                    key_version: 1,
                    salt: vec![],
                    tag: vec![],
                    start_until: None,
                    attempts: 0,
                };
                Change::keep(Record::Pin(row), "set_pin")
            }
            Guard::Line(line, version) => Change::TakeLine { line: vec![line], version },
            Guard::Open(id) => Change::OpenAccount(empty_wallet(Id::of(id), "KES")),
        }
    }
}

/// The facts of the same world.
fn facts() -> Facts {
    let model = Model::new();
    let account = |(id, balance): (&i64, &i128)| {
        let currency = if [4, ZOE].contains(id) { "UGX" } else { "KES" };
        let floor_minor = if [TRUST, 4].contains(id) { None } else { Some(0) };
        let state = if *id == ICE { AccountState::Frozen } else { AccountState::Open };
        let balance_minor = i64::try_from(*balance).unwrap();
        (
            Id::of(*id),
            Account { state, floor_minor, balance_minor, ..empty_wallet(Id::of(*id), currency) },
        )
    };
    Facts {
        accounts: model.balances.iter().map(account).collect(),
        last_posting: Id::of(2),
        ..Facts::default()
    }
}

fn invariants(facts: &Facts, model: &Model) {
    let mut sums: BTreeMap<&str, i128> = BTreeMap::new();
    for account in facts.accounts.values() {
        *sums.entry(&account.currency).or_default() += i128::from(account.balance_minor);
        let open = |hold: &&HoldRow| hold.account_id == account.id && hold.state == HoldState::Open;
        let held: i64 = facts.holds.values().filter(open).map(|hold| hold.remaining_minor).sum();
        assert_eq!(account.held_minor, held, "held on {}", account.id);
        assert!(
            account.floor_minor.is_none_or(|floor| account.balance_minor - held >= floor),
            "{account:?}"
        );
        assert_eq!(
            i128::from(account.balance_minor),
            model.balances[&account.id.number()],
            "balance of {}",
            account.id
        );
        let day = account.usage.day().number();
        assert_eq!(day, model.day(account.id.number()), "the day of {}", account.id);
        for (way, window) in [Direction::Out, Direction::In]
            .into_iter()
            .flat_map(|way| Window::ALL.map(|window| (way, window)))
        {
            let (sum, (value, count)) =
                (account.usage.sum(way, window), model.used(account.id.number(), way, window, day));
            let stored = (i128::from(sum.value_minor), usize::try_from(sum.count).unwrap());
            assert_eq!(
                stored,
                (value.min(i64::MAX.into()), count),
                "{way:?} of {} in a {window:?}",
                account.id
            );
        }
    }
    assert!(sums.values().all(|sum| *sum == 0), "{sums:?}");
    assert_eq!(
        (facts.last_posting.number(), facts.accounts.len()),
        (model.last, model.balances.len())
    );
    assert_eq!(facts.guard_facts.attempts.get(&Id::of(ANN)).copied(), model.tries);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_fold_agrees_with_the_model(wishes in prop::collection::vec(wish(), 1..60)) {
        let mut facts = facts();
        let mut model = Model::new();
        let mut out = BatchOutcome::default();
        for wish in wishes {
            let posting = wish.posting(facts.last_posting.number());
            let before = facts.clone();
            let written = format!("{out:?}");
            let known = before.known.get(&posting.key).cloned();
            let answer = facts.fold(&posting, &mut out);
            let against = model.step(&posting);
            match &answer {
                Ok(receipt) => {
                    prop_assert!(
                        against.is_empty(),
                        "taken in spite of {:?}: {:?}",
                        against,
                        posting
                    );
                    if receipt.repeated {
                        prop_assert_eq!(
                            Some(&receipt.available),
                            known.as_ref().map(|(_, first)| &first.available)
                        );
                    }
                }
                Err(refusal) => prop_assert!(
                    against.contains(&refusal.reason),
                    "{:?} not in {:?}: {:?}",
                    refusal.reason,
                    against,
                    posting
                ),
            }
            if answer.as_ref().is_ok_and(|receipt| !receipt.repeated) {
                let recorded = facts.last_posting == before.last_posting.next();
                prop_assert_eq!(posting.is_recorded(), recorded);
            } else {
                prop_assert!(facts == before, "a trace was left: {:?}", posting);
                prop_assert_eq!(format!("{out:?}"), written);
            }
            invariants(&facts, &model);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        // on a server each single posting waits for its own commit
        cases: either(10, 2),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn batches_and_single_postings_leave_the_same_rows(
        wishes in prop::collection::vec(
            wish(),
            1..60
        ), sizes in prop::collection::vec(1..20_usize, 60),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let single = Ledger::new().await;
            let batched = Ledger::new().await;
            let mut model = Model::new();
            let mut postings = Vec::new();
            let mut alone = Vec::new();
            for wish in &wishes {
                let posting = wish.posting(model.last);
                let against = model.step(&posting);
                postings.push(posting.clone());
                let answer = single.post(posting).await;
                prop_assert_eq!(answer.is_ok(), against.is_empty(), "{:?} {:?}", answer, against);
                alone.push(answer);
            }
            let mut together = Vec::new();
            for size in sizes {
                let batch: Vec<Posting> = postings.drain(..size.min(postings.len())).collect();
                together.extend(batched.together(batch).await);
            }
            prop_assert_eq!(together, alone);
            let rows = |ledger: &Ledger| {
                let mut tables = ledger.tables();
                // the one thing that tells: how many postings a link seals
                tables.remove("chain");
                tables.remove("head");
                tables
            };
            prop_assert_eq!(rows(&batched), rows(&single));
            single.check();
            Ok(())
        })?;
    }
}
