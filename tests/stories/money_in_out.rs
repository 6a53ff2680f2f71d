//! Money in and out: two of the staff, an account at a bank, its statements, e-money against one
//! line, redeemed at the bank, and every cent by its name at the end.

use super::world::*;
use kadogo::book::Key;
use kadogo::id::StatementId;
use kadogo::refusal::Refusal;
use kadogo::request::{Mode, Request, Slots};
use kadogo::staff::second_factor;
use kadogo::store::bank_rows::{self, BankFileRow, BankLine};
use kadogo::wallet::office::acting_staff::Outcome;
use kadogo::wallet::office::sign_in::OnDuty;
use secrecy::SecretString;
use std::time::Duration;

pub const WORDS: &str = "three goats and a boat";

/// Somebody of the staff, with the secret of their app.
pub struct Clerk {
    pub name: &'static str,
    factor: [u8; 20],
    pub session: String,
}

impl Clerk {
    /// Joins with a link, and signs in.
    async fn joins(world: &World, name: &'static str, link: &str, seed: u8) -> Clerk {
        let wallet = &world.app.wallet;
        let factor = [seed; 20];
        let code = second_factor::code_at(&factor, wallet.clock.now());
        wallet.join_staff(link, SecretString::from(WORDS), &factor, &code).await.unwrap();
        let mut clerk = Clerk { name, factor, session: String::new() };
        clerk.session = clerk.signs_in(world, WORDS).await.unwrap();
        clerk
    }

    pub async fn signs_in(&self, world: &World, password: &str) -> Result<String, Refusal> {
        // a code serves once
        world.clock.advance(Duration::from_secs(60));
        let code = second_factor::code_at(&self.factor, world.app.wallet.clock.now());
        world.app.wallet.sign_in(self.name, SecretString::from(password), &code).await
    }

    pub async fn duty(&self, world: &World) -> OnDuty {
        world.app.wallet.on_duty(&self.session).await.unwrap()
    }

    pub async fn asks(
        &self,
        world: &World,
        mode: Mode,
        service: &str,
        fields: &[(&str, &str)],
    ) -> Result<Outcome, Refusal> {
        let duty = self.duty(world).await;
        let fields = fields.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let request = Request { mode, service: service.to_owned(), fields, secret: None };
        let wallet = &world.app.wallet;
        let key = Key::new(wallet.clock.now(), service, &wallet.randomness.bytes::<16>());
        wallet.act_as_staff(&duty, request, key).await
    }

    pub async fn does(&self, world: &World, service: &str, fields: &[(&str, &str)]) -> Slots {
        match self.asks(world, Mode::Execute, service, fields).await.unwrap() {
            Outcome::Done(slots, _) => slots,
            Outcome::Waits(request, _) => panic!("{service} waits as {request}"),
        }
    }

    /// The number under which it waits for another one.
    pub async fn asks_for(&self, world: &World, service: &str, fields: &[(&str, &str)]) -> String {
        match self.asks(world, Mode::Execute, service, fields).await.unwrap() {
            Outcome::Waits(request, _) => request.to_string(),
            Outcome::Done(slots, _) => panic!("{service} was done by one: {slots:?}"),
        }
    }

    /// A code that was shown long ago is shown again.
    pub async fn proves(&self, world: &World) {
        world.clock.advance(Duration::from_secs(60));
        let code = second_factor::code_at(&self.factor, world.app.wallet.clock.now());
        world.app.wallet.prove(&self.duty(world).await, &code).await.unwrap();
    }

    pub async fn approves(&self, world: &World, approval: &str) -> Result<Slots, Refusal> {
        let shown = self
            .asks(world, Mode::Quote, "approve_staff_request", &[("approval", approval)])
            .await?;
        let Outcome::Done(shown, _) = shown else { panic!("a look waits") };
        let seen = shown["seen"].to_string();
        self.proves(world).await;
        let fields = [("approval", approval), ("seen", seen.as_str())];
        match self.asks(world, Mode::Execute, "approve_staff_request", &fields).await? {
            Outcome::Done(slots, _) => Ok(slots),
            Outcome::Waits(..) => panic!("an approval waits"),
        }
    }
}

pub fn code(refused: Result<impl std::fmt::Debug, Refusal>) -> &'static str {
    refused.unwrap_err().reason.code()
}

/// The first two: an admin who does finance too, and a lead.
pub async fn two_of_them(world: &World) -> (Clerk, Clerk) {
    let wallet = &world.app.wallet;
    let phone = kadogo::phone::Msisdn::from_e164("+254712345678").unwrap();
    let link = wallet.found_staff("wanjiru", &phone).await.unwrap();
    let wanjiru = Clerk::joins(world, "wanjiru", &link, 7).await;
    assert_eq!(code(wallet.found_staff("thief", &phone).await), "not_allowed");
    let invited = [
        ("name", "otieno"),
        ("phone", "+254712345679"),
        ("roles", "finance_lead admin"),
        ("why", "second of us"),
    ];
    wanjiru.does(world, "invite_staff", &invited).await;
    let link = world.invited("+254712345679").await;
    let otieno = Clerk::joins(world, "otieno", &link, 9).await;
    assert_eq!(code(wallet.invited_by(&link).await.map(|row| row.name)), "code_gone");
    let more = [("name", "wanjiru"), ("roles", "admin finance"), ("why", "we are two")];
    let asked = wanjiru.asks_for(world, "change_staff_roles", &more).await;
    otieno.approves(world, &asked).await.unwrap();
    (wanjiru, otieno)
}

/// A file that was read: what was there before it, and its lines.
async fn read(world: &World, opening_minor: i64, closing_minor: i64, lines: &[(i64, &str)]) -> i64 {
    let wallet = &world.app.wallet;
    let banks = |conn: &mut _| bank_rows::accounts_after(conn, None, 10);
    let bank = wallet.store.read(banks).await.unwrap().remove(0);
    let id = StatementId::of(wallet.book.fresh_id().await.unwrap());
    let head = BankFileRow {
        id,
        bank: bank.id,
        read_at: 1,
        digest: format!("{opening_minor} {lines:?}").into_bytes(),
        number: None,
        opened_on: "2026-11-26".to_owned(),
        closed_on: "2026-11-27".to_owned(),
        opening_minor,
        closing_minor,
        lines: lines.len().try_into().unwrap(),
    };
    let line = |(place, (amount_minor, said)): (i64, &(i64, &str))| BankLine {
        statement: id,
        place,
        booked_on: "2026-11-27".to_owned(),
        amount_minor: *amount_minor,
        reference: format!("FT{place}"),
        said: (*said).to_owned(),
        counterparty: String::new(),
        is_return: 0,
    };
    let lines: Vec<BankLine> = (1..).zip(lines).map(line).collect();
    let stored = move |conn: &mut _| {
        bank_rows::begin_file(conn, &head)?;
        bank_rows::add_lines(conn, &lines)
    };
    wallet.book.write(stored).await.unwrap();
    id.number()
}

async fn breaks(world: &World) -> Vec<(String, i64)> {
    let standing = world.app.wallet.standing().await.unwrap();
    let all = standing.breaks();
    all.into_iter().map(|each| (each.what, each.minor)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn from_a_line_of_the_bank_to_a_float_and_back_to_the_bank() {
    let world = World::new().await;
    let (wanjiru, otieno) = two_of_them(&world).await;
    let open = [("name", "kcb"), ("number", "0110 2345 678"), ("why", "our trust account")];
    let asked = wanjiru.asks_for(&world, "open_bank_account", &open).await;
    assert_eq!(code(wanjiru.approves(&world, &asked).await), "staff_same_person");
    otieno.approves(&world, &asked).await.unwrap();
    assert_eq!(code(otieno.approves(&world, &asked).await), "staff_request_gone");

    // one that does not add up is refused, and changes nothing; the right one is taken once
    let why = ("why", "the bank's statement");
    let wrong = read(&world, 0, 25_949_900, &[(25_000_000, "head office")]).await.to_string();
    let take = |file: String| [("file".to_owned(), file), (why.0.to_owned(), why.1.to_owned())];
    let taken = take(wrong);
    let fields: Vec<(&str, &str)> = taken.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let refused = wanjiru.asks(&world, Mode::Execute, "take_statement", &fields).await;
    assert_eq!(code(refused), "statement_wrong");
    let lines = [(25_000_000, "head office"), (-50_000, "ledger fee"), (1_000_000, "a shop")];
    let file = read(&world, 0, 25_950_000, &lines).await.to_string();
    let shown = wanjiru.does(&world, "take_statement", &[("file", &file), why]).await;
    assert_eq!(shown["closing"].to_string(), "KES 259,500");
    let again = [("file", file.as_str()), why];
    let refused = wanjiru.asks(&world, Mode::Execute, "take_statement", &again).await;
    assert_eq!(code(refused), "statement_gap");

    // e-money against the line: in parts, by two, never more than there is
    let agents = world.hires("asha", "agents").await;
    let outlet = [("outlet", "Duka Kuu"), ("area", "Nairobi"), ("why", "the head office")];
    let opened = world.staff_does(&agents, "open_outlet", &outlet).await.unwrap();
    let agent = opened["agent"].to_string();
    let float = kadogo::agent_number::AgentNumber::parse(&agent).unwrap().outlet();
    let line = format!("{file}-1");
    let issue = |amount: &'static str| {
        [("line", line.as_str()), ("amount", amount), ("to", agent.as_str()), ("why", "float")]
    };
    let first = wanjiru.asks_for(&world, "issue", &issue("10000000")).await;
    let second = wanjiru.asks_for(&world, "issue", &issue("20000000")).await;
    otieno.approves(&world, &first).await.unwrap();
    assert_eq!(code(otieno.approves(&world, &second).await), "line_used");
    let rest = wanjiru.asks_for(&world, "issue", &issue("15000000")).await;
    otieno.approves(&world, &rest).await.unwrap();
    let refused = wanjiru.asks(&world, Mode::Execute, "issue", &issue("1")).await;
    assert_eq!(code(refused), "line_used");

    // and out again: set apart, seen on the next statement, to the cent
    let redeem = [
        ("from", agent.as_str()),
        ("amount", "2000000"),
        ("bank", "kcb"),
        ("recipient", "Duka Kuu at KCB"),
        ("why", "too much float"),
    ];
    let asked = wanjiru.asks_for(&world, "redeem_at_bank", &redeem).await;
    let redemption = otieno.approves(&world, &asked).await.unwrap()["bank_code"].to_string();
    let next = [
        (-2_000_000, "transfer out"),
        (-1_999_999, "another"),
        (12_345, "interest"),
        (2_000_000, "came back"),
        (2_000_000, "somebody else's"),
    ];
    let closing = 25_950_000 - 3_999_999 + 12_345 + 4_000_000;
    let file_2 = read(&world, 25_950_000, closing, &next).await.to_string();
    wanjiru.does(&world, "take_statement", &[("file", &file_2), why]).await;
    let explain = |line: String, meaning: &'static str| {
        let redemption = redemption.clone();
        let world = &world;
        let wanjiru = &wanjiru;
        async move {
            let fields = [
                ("line", line.as_str()),
                ("meaning", meaning),
                ("redemption", redemption.as_str()),
                ("why", "seen on the statement"),
            ];
            wanjiru.asks(world, Mode::Execute, "explain_line", &fields).await
        }
    };
    assert_eq!(code(explain(format!("{file_2}-2"), "redemption").await), "line_differs");
    explain(format!("{file_2}-1"), "redemption").await.unwrap();
    assert_eq!(code(explain(format!("{file_2}-1"), "redemption").await), "line_used");
    explain(format!("{file_2}-3"), "interest").await.unwrap();
    assert_eq!(code(explain(format!("{file_2}-3"), "charge").await), "line_used");
    explain(format!("{file}-2"), "charge").await.unwrap();
    // nobody alone makes e-money of a deposit by saying that a redemption came back
    let returned = explain(format!("{file_2}-4"), "returned").await.unwrap();
    let Outcome::Waits(asked, _) = returned else { panic!("done by one: {returned:?}") };
    otieno.approves(&world, &asked.to_string()).await.unwrap();
    // and what came back does so once, whatever else of that amount comes in
    assert_eq!(code(explain(format!("{file_2}-5"), "returned").await), "redemption_gone");

    // what is left has its name: people of this world have theirs from no bank
    let found = breaks(&world).await;
    let named: Vec<(&str, i64)> =
        found.iter().map(|(what, minor)| (what.as_str(), *minor)).collect();
    let line = format!("line {file_2}-2 of 2026-11-27: what went out?");
    assert_eq!(
        named[1..],
        [(line.as_str(), -1_999_999), ("bank charges to be made good", -50_000)]
    );
    assert_eq!(named[0].0, "e-money that came from no statement");
    let standing = world.app.wallet.standing().await.unwrap();
    assert_eq!(standing.suspense_minor, 3_000_000, "a shop, and somebody else");
    assert_eq!(standing.interest_minor, 12_345);
    assert_eq!(standing.at_banks_minor(), closing);
    assert_eq!(float_of(&world, float).await, 25_000_000);
    world.check();
}

pub async fn float_of(world: &World, account: kadogo::id::AccountId) -> i64 {
    let read = move |conn: &mut _| kadogo::store::book_rows::account(conn, account);
    world.app.wallet.store.read(read).await.unwrap().unwrap().balance_minor
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_in_shows_both_and_who_left_does_nothing_more() {
    let world = World::new().await;
    let (wanjiru, otieno) = two_of_them(&world).await;
    assert_eq!(code(wanjiru.signs_in(&world, "three goats and a goat").await), "sign_in_wrong");
    let used = second_factor::code_at(&otieno.factor, world.app.wallet.clock.now());
    let words = || SecretString::from(WORDS);
    world.app.wallet.sign_in("otieno", words(), &used).await.unwrap();
    assert_eq!(code(world.app.wallet.sign_in("otieno", words(), &used).await), "sign_in_wrong");
    assert_eq!(code(world.app.wallet.sign_in("nobody", words(), &used).await), "sign_in_wrong");
    // five in a row: also who has both waits a quarter of an hour
    for _ in 0..5 {
        assert_eq!(code(wanjiru.signs_in(&world, "four goats and a boat").await), "sign_in_wrong");
    }
    assert_eq!(code(wanjiru.signs_in(&world, WORDS).await), "sign_in_wrong");
    world.clock.advance(Duration::from_secs(15 * 60));
    let session = wanjiru.signs_in(&world, WORDS).await.unwrap();
    // who does nothing for a quarter of an hour has left the room
    assert_eq!(code(world.app.wallet.on_duty(&otieno.session).await), "session_over");
    let otieno = Clerk { session: otieno.signs_in(&world, WORDS).await.unwrap(), ..otieno };
    let gone = [("name", "wanjiru"), ("why", "has left us")];
    otieno.does(&world, "dismiss_staff", &gone).await;
    assert_eq!(code(world.app.wallet.on_duty(&session).await), "session_over");
    assert_eq!(code(wanjiru.signs_in(&world, WORDS).await), "sign_in_wrong");
    let alone = [("name", "otieno"), ("why", "nobody would be left")];
    let refused = otieno.asks(&world, Mode::Execute, "dismiss_staff", &alone).await;
    assert_eq!(code(refused), "last_admin");
    world.check();
}
