//! What several stories need: the last exchange of a transcript, an account frozen, and the service
//! held still at a chosen point, so that what usually takes a moment can be looked at.

use super::engine;
use super::world::*;
use kadogo::actor::Actor;
use kadogo::book::{Change, Keep, Key, Posting};
use kadogo::id::AccountId;
use kadogo::limits::Tier;
use kadogo::phone::Msisdn;
use kadogo::request::{Answer, Fields, Mode, Request};
use kadogo::store::agent_rows::{self, OutletRow, OutletState};
use kadogo::store::book_rows::AccountState;
use kadogo::store::people::{self, PersonRow};
use kadogo::store::records::Record;
use kadogo::store::restrictions;
use kadogo::store::{StoreError, head};
use kadogo::wallet::Execution;
use std::sync::mpsc;
use std::time::Duration;
use tokio::task::JoinHandle;

/// What was typed last, and what the screen said to it.
pub fn last(phone: &Phone) -> String {
    let transcript = phone.transcript();
    let at = transcript.rfind("\n> ").or_else(|| transcript.rfind("dials ")).unwrap();
    transcript[at..].trim().to_owned()
}

/// Dials, and begins anew where a conversation was cut off.
pub async fn dial_afresh(phone: &Phone<'_>) {
    phone.dial().await;
    if phone.offers("restart") {
        phone.pick("restart").await;
    }
}

/// Goes `start` and then each of these ways, in one world, and is refused every time: the name of
/// each with its last exchange, when no money has moved, nobody has joined, nothing stands in the
/// book and nobody was told anything.
pub async fn refusals<'a>(
    world: &World,
    number: &str,
    start: &[Step<'_>],
    ways: &[(&'a str, &[Step<'_>])],
) -> Vec<(&'a str, String)> {
    let before = everybody(world).await;
    let head = world.check().head;
    let phone = world.phone(number);
    let mut seen = Vec::new();
    for (name, way) in ways {
        dial_afresh(&phone).await;
        phone.go(start).await;
        phone.go(way).await;
        assert_eq!(everybody(world).await, before, "{name}: {}", last(&phone));
        assert!(phone.messages().await.is_empty(), "{name}");
        seen.push((*name, last(&phone)));
    }
    assert_eq!(world.check().head, head, "the book has grown");
    seen
}

/// Everybody who has a wallet, and what is in it.
async fn everybody(world: &World) -> Vec<(String, i64)> {
    let people = kadogo::demo::world::people(&world.app.wallet).await.unwrap();
    people.into_iter().map(|person| (person.phone, person.balance_minor)).collect()
}

/// What was seen, each under its name, to be kept as one snapshot.
pub fn titled(seen: Vec<(&str, String)>) -> String {
    let seen: Vec<String> =
        seen.into_iter().map(|(name, seen)| format!("== {name} ==\n{seen}")).collect();
    seen.join("\n\n")
}

/// Tells a story in each language, by somebody with this number and PIN who speaks it: the
/// language, and what was seen.
pub async fn in_three_languages<F: Future<Output = String>>(
    story: impl Fn(&'static str, &'static str) -> F,
) -> Vec<(&'static str, String)> {
    let people =
        [("english", AMINA, "7361"), ("swahili", BARAKA, "4826"), ("french", CLAIRE, "9274")];
    side_by_side(people.map(|(language, number, pin)| (language, story(number, pin)))).await
}

/// Tells stories side by side, each in a world of its own: the name of each, and what was seen.
pub async fn side_by_side<'a, F: Future<Output = String>>(
    stories: impl IntoIterator<Item = (&'a str, F)>,
) -> Vec<(&'a str, String)> {
    let (names, stories): (Vec<&str>, Vec<F>) = stories.into_iter().unzip();
    names.into_iter().zip(all(stories).await).collect()
}

/// Somebody with this number and PIN pays another at the wallet's own door, without a conversation.
pub async fn pays(world: &World, (payer, pin): (&str, &str), payee: &str, amount_minor: i64) {
    let wallet = &world.app.wallet;
    let caller = wallet.caller(Msisdn::from_e164(payer).unwrap()).await.unwrap();
    let fields =
        Fields::from([("to".into(), payee.into()), ("amount".into(), amount_minor.to_string())]);
    let ask = Request {
        mode: Mode::Execute,
        service: "send".into(),
        fields,
        secret: Some(pin.to_owned().into()),
    };
    let key =
        Key::new(world.clock.now(), "pays", format!("{payer} {payee} {amount_minor}").as_bytes());
    let executed = wallet.act(&caller, ask, Execution { key, side_effects: Vec::new() }).await;
    assert!(matches!(executed.answer, Answer::Facts { .. }), "{:?}", executed.answer);
}

/// The operator says what may be done with somebody's wallet.
pub async fn restrict(world: &World, number: &str, state: AccountState) {
    let account = person(world, number).await.account_id;
    said_of(world, account, state, "the police asked").await;
}

/// The operator says what may be done with an account.
pub async fn said_of(world: &World, account: AccountId, state: AccountState, why: &str) {
    let wallet = &world.app.wallet;
    let said = wallet.store.read(move |conn| restrictions::of(conn, account)).await;
    let said = said.map_err(|error: StoreError| error).unwrap();
    let record = Record::Restriction(said.with(state, wallet.clock.now()));
    let key = Key::new(wallet.clock.now(), "restrict", &wallet.randomness.bytes::<16>());
    let kept = Change::Keep(Keep { record, event: state.into(), note: why.to_owned() });
    let actor = Actor::Staff("operator".to_owned());
    wallet.book.post(Posting { actor, ..wallet.note(key, vec![kept]) }).await.unwrap();
}

/// Runs a statement on the database; whoever remembers how it was looks again.
pub async fn sql(world: &World, statement: String) {
    let run =
        move |conn: &mut kadogo::store::Conn| conn.run(&statement).and_then(|()| head::touch(conn));
    world.app.wallet.book.write(run).await.unwrap();
}

/// Somebody is known this well from now on.
pub async fn known_as(world: &World, number: &str, tier: Tier) {
    let row = PersonRow { tier: tier.code().to_owned(), ..person(world, number).await.next() };
    keep(world, Record::Person(row), "set_tier").await;
}

/// Somebody has another name from now on.
pub async fn renamed(world: &World, number: &str, name: &str) {
    let row = PersonRow { name: name.to_owned(), ..person(world, number).await.next() };
    keep(world, Record::Person(row), "rename").await;
}

/// An outlet does nothing any more.
pub async fn suspended(world: &World, name: &str) {
    let all = world.app.wallet.store.read(|conn| agent_rows::outlets(conn, 100)).await;
    let all: Vec<OutletRow> = all.map_err(|error: StoreError| error).unwrap();
    let outlet = all.into_iter().find(|outlet| outlet.name == name).unwrap();
    let row = OutletRow { state: OutletState::Suspended, ..outlet.next() };
    keep(world, Record::Outlet(row), "suspend").await;
}

pub async fn person(world: &World, number: &str) -> PersonRow {
    let number = number.to_owned();
    let found = world.app.wallet.store.read(move |conn| people::by_msisdn(conn, &number)).await;
    found.map_err(|error: StoreError| error).unwrap().unwrap()
}

async fn keep(world: &World, record: Record, event: &'static str) {
    let wallet = &world.app.wallet;
    let entry = record.entry();
    let name = [entry.number.to_be_bytes(), entry.version.to_be_bytes()].concat();
    let key = Key::new(wallet.clock.now(), event, &name);
    wallet.book.post(wallet.note(key, vec![Change::keep(record, event)])).await.unwrap();
}

/// Something that stands still until it is released.
pub struct Held {
    release: Vec<mpsc::Sender<()>>,
    done: Vec<JoinHandle<()>>,
    arrivals: mpsc::Receiver<()>,
}

impl Held {
    /// The committer: from now on nothing is written.
    pub async fn the_book(world: &World) -> Held {
        let held = Held::in_turn(world);
        held.reached().await;
        held
    }

    /// Waits until it has come to this.
    pub async fn reached(&self) {
        until("it stands still", || async { self.arrivals.try_recv().is_ok() }).await;
    }

    fn in_turn(world: &World) -> Held {
        let ((release, released), (arrived, arrivals)) = (mpsc::channel(), mpsc::channel());
        let book = world.app.wallet.book.clone();
        let wait = move |_conn: &mut kadogo::store::Conn| {
            // nobody listens when the test is over
            let _ = arrived.send(());
            assert!(released.recv().is_err(), "the plug is pulled");
            Ok(())
        };
        let done = tokio::spawn(async move { drop(book.write(wait).await) });
        Held { release: vec![release], done: vec![done], arrivals }
    }

    /// Everybody who reads: from now on nothing is looked up.
    pub async fn the_readers(world: &World) -> Held {
        let (arrived, arrivals) = mpsc::channel();
        let mut held = Held { release: Vec::new(), done: Vec::new(), arrivals };
        for _reader in 0..engine::readers() {
            let ((release, released), store) =
                (mpsc::channel::<()>(), world.app.wallet.store.clone());
            let arrived = arrived.clone();
            held.release.push(release);
            held.done.push(tokio::spawn(async move {
                let wait = move |_conn: &mut kadogo::store::Conn| {
                    arrived.send(()).unwrap();
                    let _ = released.recv();
                    Ok::<_, StoreError>(())
                };
                store.read(wait).await.unwrap();
            }));
        }
        for _reader in 0..engine::readers() {
            held.reached().await;
        }
        held
    }

    /// The committer dies here, as in a crash: what waits in the queue is never written.
    pub async fn pull_the_plug(self) {
        self.release.iter().for_each(|release| release.send(()).unwrap());
        for done in self.done {
            done.await.unwrap();
        }
    }

    /// Lets go.
    pub async fn release(self) {
        drop(self.release);
        for done in self.done {
            done.await.unwrap();
        }
    }
}

/// Everything that was in the queue is written.
pub async fn written(world: &World) {
    world.app.wallet.book.write(|_conn| Ok(())).await.unwrap();
}

/// How many postings and jobs wait for the committer.
pub fn waiting(world: &World) -> usize {
    let free = format!("{:?}", world.app.wallet.book);
    let free: usize = free.trim_start_matches("Book(").split(' ').next().unwrap().parse().unwrap();
    4_096 - free
}

/// Waits until something is so.
pub async fn until<F: Future<Output = bool>>(what: &str, mut so: impl FnMut() -> F) {
    for _look in 0..3_000 {
        if so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("waited in vain until {what}");
}

/// Waits until so much waits for the committer.
pub async fn until_waiting(world: &World, postings: usize) {
    until("postings wait", || async { waiting(world) == postings }).await;
}

/// Minutes go by.
pub fn minutes(world: &World, minutes: u64) {
    world.clock.advance(Duration::from_secs(minutes * 60));
}

/// It becomes this hour of this day, counted from 1 November 2026 in Nairobi; the worker does what
/// is due.
pub async fn comes(world: &World, day: i64, hour: i64) {
    let noon = 23 * 86_400 + 14 * 3_600 + 5 * 60;
    let wanted = NOON + (day * 86_400 + hour * 3_600 - noon) * 1_000_000;
    let now = world.clock.now().micros();
    world.clock.advance(Duration::from_micros(u64::try_from(wanted - now).unwrap()));
    settle(world).await;
}

/// The worker comes round until nothing is due.
pub async fn settle(world: &World) {
    for _round in 0..20 {
        let woken = world.app.wallet.wake_all().await.unwrap();
        assert_eq!(woken.failed, 0);
        if woken.done + woken.others == 0 {
            return;
        }
    }
    panic!("something stays due");
}
