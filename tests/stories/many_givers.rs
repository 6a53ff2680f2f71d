//! Many who give to a collection, at a node's own door, many at a time. Whoever tells of them, in
//! one process or with programs that are killed, judges by what stands here.

use kadogo::book::{Change, Key, Leg, Posting, TRUST};
use kadogo::calendar::Day;
use kadogo::id::{AccountId, Id, PostingId};
use kadogo::limits::Tier;
use kadogo::phone::Msisdn;
use kadogo::pin::Pin;
use kadogo::request::{Answer, Fields, Mode, Request};
use kadogo::store::people::PersonRow;
use kadogo::store::records::Record;
use kadogo::value::Slots;
use kadogo::wallet::join::empty_wallet;
use kadogo::wallet::{Execution, Wallet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

/// What each of them has, twice.
pub const EACH: i64 = 10_000;
/// Their PIN.
pub const PIN: &str = "7361";
/// People who join in one posting.
const TOGETHER: usize = 300;

/// How many, for a report; or so many in a story.
pub fn givers(short: usize) -> usize {
    std::env::var("KADOGO_GIVERS").map_or(short, |text| text.parse().unwrap())
}

pub fn number_of(nr: usize) -> String {
    format!("+25471{nr:07}")
}

pub fn rate(many: usize, took: Duration) -> u128 {
    u128::try_from(many).unwrap() * 1_000 / took.as_millis().max(1)
}

/// So many people with a PIN and something to give.
pub async fn joined(wallet: &Wallet, many: usize) {
    let first = wallet.book.fresh_ids(i64::try_from(many).unwrap()).await.unwrap();
    for begin in (0..many).step_by(TOGETHER) {
        let mut changes = Vec::new();
        let mut legs = Vec::new();
        for nr in begin..many.min(begin + TOGETHER) {
            let id: AccountId = Id::of(first + i64::try_from(nr).unwrap());
            let person = PersonRow {
                account_id: id,
                version: 1,
                last_posting: PostingId::NONE,
                msisdn: number_of(nr),
                name: "Wanjiru Kamau".into(),
                language: "en".into(),
                joined_at: 1,
                tier: Tier::Full.code().into(),
            };
            let pin = wallet.config.tagged(id.into(), &Pin::parse(PIN).unwrap(), [5; 16]);
            changes.push(Change::OpenAccount(empty_wallet(id, "KES")));
            changes.push(Change::keep(Record::Person(person), "join"));
            changes.push(Change::keep(Record::Pin(pin), "choose_pin"));
            legs.push(Leg { account: id, amount_minor: 2 * EACH });
        }
        let key = |what| Key::new(wallet.clock.now(), what, &begin.to_be_bytes());
        wallet.book.post(wallet.note(key("join"), changes)).await.unwrap();
        let all_minor: i64 = legs.iter().map(|leg| leg.amount_minor).sum();
        legs.push(Leg { account: TRUST, amount_minor: -all_minor });
        let issue = Posting { kind: "issue", legs, ..wallet.note(key("issue"), Vec::new()) };
        wallet.book.post(issue).await.unwrap();
    }
}

/// What somebody does at the door, under a key of this name; or why not.
async fn does(
    wallet: &Wallet,
    (who, pin): (&str, &str),
    service: &str,
    fields: &[(&str, &str)],
    name: &str,
) -> Result<Slots, String> {
    let caller = wallet.caller(Msisdn::from_e164(who).unwrap()).await.unwrap();
    let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let secret = Some(pin.to_owned().into());
    let ask = Request {
        mode: Mode::Execute,
        service: service.into(),
        fields: Fields::from_iter(fields),
        secret,
    };
    let key = Key::new(wallet.clock.now(), "gives", name.as_bytes());
    let executed = wallet.act(&caller, ask, Execution { key, side_effects: Vec::new() });
    match executed.await.answer {
        Answer::Facts { slots, .. } => Ok(slots),
        Answer::Refused(refusal) => Err(refusal.code().to_owned()),
        other @ (Answer::Items(_) | Answer::Late) => panic!("{other:?}"),
    }
}

/// Begins a collection that is never reached, until this day; its number.
pub async fn begins(wallet: &Wallet, who: (&str, &str), title: &str, until: Day) -> String {
    let end = until.text();
    let fields = [("title", title), ("target", "9000000000"), ("end", &end), ("pays", "me")];
    does(wallet, who, "start_collection", &fields, title).await.unwrap()["collection"].to_string()
}

/// Somebody gives; why not, where it is refused.
pub async fn gives(
    wallet: &Wallet,
    who: (&str, &str),
    code: &str,
    minor: i64,
    nr: usize,
) -> String {
    let name = format!("{} {code} {nr}", who.0);
    let fields = [("code", code), ("amount", &minor.to_string())];
    does(wallet, who, "give", &fields, &name).await.err().unwrap_or_default()
}

/// How a crowd gives: so much each time, so often each, so many at a time.
#[derive(Clone, Copy)]
pub struct Flow {
    pub minor: i64,
    pub times: usize,
    pub flight: usize,
}

/// Once, as fast as a node takes it.
pub const ONCE: Flow = Flow { minor: EACH, times: 1, flight: 64 };

/// Each of them gives one after the other, so often or until it is over; how many gifts there are.
/// Who is behind the last one has given once less than who is before.
pub async fn all_give(
    wallet: &Wallet,
    many: usize,
    code: &str,
    flow: Flow,
    over: &AtomicBool,
) -> usize {
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let one = |_| async {
        while !over.load(Ordering::Relaxed) {
            let nr = next.fetch_add(1, Ordering::Relaxed);
            if nr >= many * flow.times {
                return;
            }
            let refused = gives(wallet, (&number_of(nr % many), PIN), code, flow.minor, nr).await;
            assert_eq!(refused, "");
            done.fetch_add(1, Ordering::Relaxed);
        }
    };
    futures_util::future::join_all((0..flow.flight).map(one)).await;
    done.into_inner()
}

/// What each of them has, the first first.
pub const HAVE: &str = "SELECT CAST(a.balance_minor AS TEXT) AS text FROM accounts a JOIN people p \
                        ON p.account_id = a.id WHERE p.msisdn LIKE '+25471%' ORDER BY p.msisdn";
/// How often somebody heard that a gift is back, and how many did.
pub const HEARD: &str = "SELECT count(*) || ' ' || count(DISTINCT address) AS text FROM outbox \
                         WHERE template = 'sms.gift_back'";
/// How the collections stand, the first first.
pub const STAND: &str =
    "SELECT state AS text FROM arrangements WHERE kind = 'collection' ORDER BY id";

/// What each has who gave all of EACH to one that was missed, and had it back once, where so many
/// gifts went to another.
pub fn back_once(many: usize, minor: i64, given: usize) -> Vec<i64> {
    let gave = |nr: usize| i64::try_from(given / many + usize::from(nr < given % many)).unwrap();
    (0..many).map(|nr| 2 * EACH - minor * gave(nr)).collect()
}
