//! How often the way to a server is gone. Goal: whatever a step of a service wants is read in one
//! journey, in the order in which it is wanted, and is what each question alone would have been
//! told. Method: every kind of want at once, over a connection that tells when a question leaves
//! and when its answer is there.

use super::aids::*;
use super::engine::{blocking, is_postgres};
use super::market::NJERI;
use super::outlets::serve;
use super::world::*;
use diesel::QueryResult;
use diesel::connection::{Connection, InstrumentationEvent};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::BigInt;
use futures_util::future::try_join_all;
use kadogo::id::AccountId;
use kadogo::phone::Msisdn;
use kadogo::store::arrangement_rows::{Search, Side};
use kadogo::store::ask::{self, Database};
use kadogo::store::facts::Facts;
use kadogo::store::loading;
use kadogo::store::wants::Want;
use kadogo::store::{Conn, StoreError};
use kadogo::wallet::caller::Caller;
use std::sync::{Arc, Mutex};

/// What passes on a connection.
#[derive(Debug, PartialEq)]
enum Passing {
    Left(String),
    Answered(String),
}

/// A connection, and who listens to it.
struct Way {
    conn: Option<Conn>,
    heard: Arc<Mutex<Vec<Passing>>>,
}

impl Way {
    fn to(world: &World) -> Way {
        let mut conn = blocking(|| world.app.wallet.store.reader().unwrap());
        let heard = Arc::new(Mutex::new(Vec::new()));
        let all = heard.clone();
        let listen = move |event: InstrumentationEvent<'_>| match event {
            InstrumentationEvent::StartQuery { query, .. } => {
                all.lock().unwrap().push(Passing::Left(query.to_string()));
            }
            InstrumentationEvent::FinishQuery { query, .. } => {
                all.lock().unwrap().push(Passing::Answered(query.to_string()));
            }
            _ => {}
        };
        match &mut conn {
            Conn::Sqlite(conn) => conn.set_instrumentation(listen),
            Conn::Postgres(pg) => pg.inner.set_instrumentation(listen),
        }
        Way { conn: Some(conn), heard }
    }

    /// Reads what is wanted, on top of what is known.
    fn load(&mut self, wants: &[Want], facts: &mut Facts) -> Vec<Passing> {
        let conn = self.conn.as_mut().unwrap();
        blocking(|| loading::load(conn, wants, facts).unwrap());
        std::mem::take(&mut *self.heard.lock().unwrap())
    }

    /// What is found of these, and what passed.
    fn found(&mut self, wants: &[Want]) -> (Facts, Vec<Passing>) {
        let mut facts = Facts::default();
        let passed = self.load(wants, &mut facts);
        (facts, passed)
    }
}

impl Drop for Way {
    fn drop(&mut self) {
        blocking(|| drop(self.conn.take()));
    }
}

/// A question that leaves when an answer is there already is another journey.
fn journeys(passed: &[Passing]) -> usize {
    let leaves = |passing: &Passing| matches!(passing, Passing::Left(_));
    let runs = passed.chunk_by(|one, next| leaves(one) == leaves(next));
    runs.filter(|run| leaves(&run[0])).count()
}

async fn caller(world: &World, number: &str) -> Caller {
    world.app.wallet.caller(Msisdn::from_e164(number).unwrap()).await.unwrap()
}

/// A shop with somebody in a shift, customers with a past, and what waits between them; everything
/// that can be wanted of them.
async fn everything(world: &World) -> (Vec<Want>, AccountId) {
    for amount_minor in [10_000, 20_000, 30_000] {
        pays(world, (AMINA, "7361"), BARAKA, amount_minor).await;
        minutes(world, 20);
    }
    let njeri = world.phone(NJERI);
    serve(&njeri, &[Pick("work"), Pick("open"), Type("5000"), Yes, Type("8417")]).await;
    serve(&njeri, &[Pick("in"), Type("0700000001"), Type("1000"), Yes, Type("8417")]).await;
    serve(&njeri, &[Pick("ask"), Type("0700000001"), Type("500"), Yes, Type("8417")]).await;
    let amina = caller(world, AMINA).await.person.unwrap().account_id;
    let baraka = caller(world, BARAKA).await.person.unwrap().account_id;
    let njeri = caller(world, NJERI).await;
    let post = njeri.post.unwrap();
    let (assistant, float) = (post.assistant.id, post.outlet.float_account);
    let seller = njeri.person.unwrap().account_id;
    let search = |side, kind| Search { side, kind, open: true, since: 0, limit: 9 };
    let mut way = Way::to(world);
    let (known, _) = way.found(&[
        Want::Shift(assistant),
        Want::Arrangements(search(Side::Owner(amina), "order")),
        Want::Account(amina),
    ]);
    let shift = known.shift(assistant).unwrap().unwrap().id;
    let orders = known.arrangements(search(Side::Owner(amina), "order")).unwrap();
    let newest = known.account(amina).unwrap().unwrap().last_posting.unwrap();
    let wants = vec![
        Want::Caller(NJERI.into(), world.clock.now().micros()),
        Want::Number(BARAKA.into()),
        Want::Number(STRANGER.into()),
        Want::Owner(amina),
        Want::Person(seller),
        Want::Account(float),
        Want::Pin(assistant.into()),
        Want::HowMany("order", Side::Owner(amina)),
        Want::HowMany("voucher", Side::Subject(STRANGER.into())),
        Want::Arrangements(search(Side::Owner(amina), "order")),
        Want::Arrangements(search(Side::Other(baraka), "request")),
        Want::Arrangements(search(Side::Subject(STRANGER.into()), "voucher")),
        Want::Arrangements(search(Side::Anybody, "reversal")),
        Want::Arrangement(orders[0].id),
        Want::Posting(newest),
        Want::History { account: amina, since: i64::MIN, limit: 10 },
        Want::History { account: baraka, since: i64::MIN, limit: 2 },
        Want::Outlet(float),
        Want::OutletsOf(vec![amina, float]),
        Want::OutletsIn(vec![post.outlet.area.clone()], 20),
        Want::Post(seller),
        Want::Post(amina),
        Want::Roster(float),
        Want::Shift(assistant),
        Want::Drawer(shift),
        Want::Owed(float),
        Want::BlockedBy(amina),
        Want::BlockVersion(amina, baraka),
        Want::Mailbox(amina),
        Want::Identified(amina),
        Want::Stopped(amina),
        Want::Stopped(baraka),
        Want::Claimed(b"nobody took it".to_vec()),
    ];
    (wants, amina)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wanted_together_is_read_in_one_journey() {
    let world = World::new().await;
    let (wants, amina) = everything(&world).await;
    let mut way = Way::to(&world);
    // a question that the connection has never heard has to be explained first
    way.found(&wants);
    let (together, passed) = way.found(&wants);
    let history = together.history(&Want::History { account: amina, since: i64::MIN, limit: 10 });
    assert!(history.unwrap().len() >= 4);
    let statements = passed.iter().filter(|passing| matches!(passing, Passing::Left(_))).count();
    assert_eq!(journeys(&passed), if is_postgres() { 1 } else { statements }, "{passed:#?}");
    // each alone is told the same, in one journey as well
    for want in wants {
        let (alone, passed) = way.found(std::slice::from_ref(&want));
        let same = together.among(std::slice::from_ref(&want));
        assert_eq!(format!("{alone:?}"), format!("{same:?}"));
        assert!(!is_postgres() || journeys(&passed) == 1, "{want:?}: {passed:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_past_is_walked_from_what_is_known_of_it() {
    let world = World::new().await;
    let (_, amina) = everything(&world).await;
    let mut way = Way::to(&world);
    let history = |limit, since| Want::History { account: amina, since, limit };
    let (all, _) = way.found(&[history(50, i64::MIN)]);
    let all = all.history(&history(50, i64::MIN)).unwrap().to_vec();
    let (known, _) = way.found(&[Want::Owner(amina)]);
    let (second, last) = (all[1].0.at, all[all.len() - 1].0.at);
    assert!(all.len() > 4 && second > last);
    // how many, since when, how many there are
    for (limit, since, count) in [
        (50, i64::MIN, all.len()),
        (2, i64::MIN, 2),
        (1, i64::MIN, 1),
        (0, i64::MIN, 0),
        (50, second, 2),
        (50, last, all.len()),
        (50, all[0].0.at + 1, 0),
    ] {
        let want = history(limit, since);
        for mut facts in [Facts::default(), known.clone()] {
            let passed = way.load(std::slice::from_ref(&want), &mut facts);
            assert_eq!(facts.history(&want).unwrap(), &all[..count], "{want:?}");
            assert!(!is_postgres() || journeys(&passed) <= 1, "{want:?}: {passed:#?}");
        }
        // the newest came with whose it is
        let mut facts = known.clone();
        let passed = way.load(std::slice::from_ref(&want), &mut facts);
        assert!(!is_postgres() || passed.is_empty() == (count < 2 && limit < 2 || count == 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_count_is_taken_before_the_list_also_where_only_the_list_was_asked_for_before() {
    let world = World::new().await;
    let amina = caller(&world, AMINA).await.person.unwrap().account_id;
    let mut way = Way::to(&world);
    let search =
        Search { side: Side::Owner(amina), kind: "voucher", open: true, since: 0, limit: 9 };
    let list = Want::Arrangements(search);
    way.found(std::slice::from_ref(&list));
    for _again in 0..2 {
        let count = Want::HowMany("voucher", Side::Owner(amina));
        let (_, passed) = way.found(&[count, list.clone()]);
        let answered = passed.iter().filter_map(|passing| {
            if let Passing::Answered(query) = passing { Some(query) } else { None }
        });
        let answered: Vec<&String> = answered.collect();
        assert!(answered[0].to_lowercase().contains("count(*)"), "{passed:#?}");
        assert_eq!(answered.len(), 2);
    }
}

/// Asks a server when it hears this, in these words.
struct Heard(String);

impl Query for Heard {
    type SqlType = BigInt;
}

impl QueryId for Heard {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryFragment<Pg> for Heard {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT (extract(epoch from clock_timestamp()) * 1000000)::bigint AS ");
        out.push_sql(&self.0);
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_is_new_to_a_server_is_not_overtaken() {
    let world = World::new().await;
    let mut way = Way::to(&world);
    let conn = way.conn.as_mut().unwrap();
    let asked = blocking(|| {
        conn.wait(async |asked| {
            // a file is asked one thing at a time
            let Database::Postgres(server) = asked else { return Ok(0) };
            let ask = async |words: String| {
                let heard: Vec<i64> = ask::server(server, Heard(words)).await?;
                Ok::<i64, StoreError>(heard[0])
            };
            ask("known".into()).await?;
            for n in 0..100 {
                let three =
                    [ask(format!("new_{n}")), ask("known".into()), ask(format!("newer_{n}"))];
                let [new, known, newer] = try_join_all(three).await?[..] else { panic!() };
                assert!(new < known && known < newer, "{n}: {new} {known} {newer}");
            }
            Ok(100)
        })
        .unwrap()
    });
    assert_eq!(asked, if is_postgres() { 100 } else { 0 });
}
