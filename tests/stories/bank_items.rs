//! What lies between the bank and the book: lines are matched by rules with what was announced
//! and what is on its way, items have an age and an owner, and money that is nobody's e-money
//! leaves the pool by two.

mod before_first;

use super::money_in_out::*;
use super::world::*;
use kadogo::id::StatementId;
use kadogo::matching::Found;
use kadogo::request::{Mode, Slots};
use kadogo::store::bank_rows::{self, BankFileRow, BankLine};
use kadogo::wallet::office::acting_staff::Outcome;
use kadogo::wallet::treasury::line_candidates::OpenLine;
use kadogo::wallet::treasury::open_items::{ItemKind, OpenItem};
use std::time::Duration;

const WHY: (&str, &str) = ("why", "as the bank says");
const DAY: Duration = Duration::from_secs(24 * 3_600);

/// An account at a bank, an outlet, and two of the staff.
struct Office {
    world: World,
    wanjiru: Clerk,
    otieno: Clerk,
    agent: String,
    closing_minor: i64,
}

impl Office {
    async fn new() -> Office {
        let world = World::new().await;
        let (wanjiru, otieno) = two_of_them(&world).await;
        let agents = world.hires("wafula", "agents").await;
        let outlet = [("outlet", "Duka Kuu"), ("area", "Nairobi"), ("why", "the head office")];
        let opened = world.staff_does(&agents, "open_outlet", &outlet).await.unwrap();
        let agent = opened["agent"].to_string();
        let office = Office { world, wanjiru, otieno, agent, closing_minor: 0 };
        let open = [("name", "kcb"), ("number", "0110 2345 678"), WHY];
        office.both("open_bank_account", &open).await;
        office
    }

    /// What two do.
    async fn both(&self, service: &str, fields: &[(&str, &str)]) -> Slots {
        let asked = self.wanjiru.asks_for(&self.world, service, fields).await;
        self.otieno.approves(&self.world, &asked).await.unwrap()
    }

    async fn one(&self, service: &str, fields: &[(&str, &str)]) -> Slots {
        self.wanjiru.does(&self.world, service, fields).await
    }

    async fn refused(&self, service: &str, fields: &[(&str, &str)]) -> &'static str {
        code(self.wanjiru.asks(&self.world, Mode::Execute, service, fields).await)
    }

    /// A statement with these lines: day, amount, reference, text, who paid.
    async fn takes(&mut self, lines: &[(&str, i64, &str, &str, &str)]) -> String {
        let wallet = &self.world.app.wallet;
        let bank = wallet.banks().await.unwrap().remove(0);
        let id = StatementId::of(wallet.book.fresh_id().await.unwrap());
        let opening_minor = self.closing_minor;
        self.closing_minor += lines.iter().map(|line| line.1).sum::<i64>();
        let head = BankFileRow {
            id,
            bank: bank.id,
            read_at: wallet.clock.now().micros(),
            digest: format!("{id} {lines:?}").into_bytes(),
            number: None,
            opened_on: "2026-11-23".to_owned(),
            closed_on: "2026-11-28".to_owned(),
            opening_minor,
            closing_minor: self.closing_minor,
            lines: lines.len().try_into().unwrap(),
        };
        let rows: Vec<BankLine> = (1..)
            .zip(lines)
            .map(|(place, (day, amount_minor, reference, said, other))| BankLine {
                statement: id,
                place,
                booked_on: (*day).to_owned(),
                amount_minor: *amount_minor,
                reference: (*reference).to_owned(),
                said: (*said).to_owned(),
                counterparty: (*other).to_owned(),
                is_return: 0,
            })
            .collect();
        let stored = move |conn: &mut _| {
            bank_rows::begin_file(conn, &head)?;
            bank_rows::add_lines(conn, &rows)
        };
        wallet.book.write(stored).await.unwrap();
        self.one("take_statement", &[("file", &id.to_string()), WHY]).await;
        id.to_string()
    }

    async fn lines(&self) -> Vec<OpenLine> {
        self.world.app.wallet.open_lines(None, 100).await.unwrap().lines
    }

    async fn line(&self, name: &str) -> OpenLine {
        self.lines().await.into_iter().find(|line| line.name() == name).unwrap()
    }

    async fn items(&self) -> Vec<OpenItem> {
        self.world.app.wallet.standing().await.unwrap().items
    }

    async fn item(&self, name: &str) -> Option<OpenItem> {
        self.items().await.into_iter().find(|item| item.name == name)
    }

    /// The lines and payments that wait, each with its amount.
    async fn waiting(&self) -> Vec<(String, i64)> {
        let named = self.items().await.into_iter().filter(|item| !item.name.is_empty());
        named.map(|item| (item.name, item.amount_minor)).collect()
    }

    async fn sums_hold(&self) {
        let standing = self.world.app.wallet.standing().await.unwrap();
        let between: i64 = standing.items.iter().map(|item| item.amount_minor).sum();
        assert_eq!(standing.at_banks_minor(), standing.held_minor() + between);
        assert_eq!(standing.at_banks_minor(), self.closing_minor);
        self.world.check();
    }

    /// Both come back on another day.
    async fn days_later(&mut self, days: u32) {
        self.world.clock.advance(DAY * days);
        self.wanjiru.session = self.wanjiru.signs_in(&self.world, WORDS).await.unwrap();
        self.otieno.session = self.otieno.signs_in(&self.world, WORDS).await.unwrap();
    }
}

fn first(line: &OpenLine) -> (&Found, &str, bool) {
    let first = line.proposals.first().unwrap();
    (&first.found, &first.rule, first.alone)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_is_known_by_our_code_and_its_exact_amount() {
    let mut office = Office::new().await;
    let agent = office.agent.clone();
    let expected = [
        ("to", agent.as_str()),
        ("amount", "25000000"),
        ("payer", "0110-234-567"),
        ("day", "24/11/26"),
        WHY,
    ];
    let shown = office.one("expect_deposit", &expected).await;
    let deposit = shown["bank_code"].to_string();
    assert!(deposit.starts_with("KD"), "{deposit}");
    let texts = [
        format!("RTGS {} {}/DUKA KUU", &deposit[..5].to_lowercase(), &deposit[5..]),
        format!("FLOAT {agent}"),
    ];
    let first_one = office
        .takes(&[
            ("2026-11-24", 25_000_000, "FT1", &texts[0], "DUKA KUU LTD 0110234567"),
            ("2026-11-24", -5_000, "FT1", "LEDGER FEE", ""),
            ("2026-11-24", 700_000, "FT2", &texts[1], ""),
            ("2026-11-24", 700_000, "FT2", &texts[1], ""),
            ("2026-11-25", 25_000_000, "FT3", "cash", "0110 234567"),
            ("2026-11-25", 25_000_001, "FT4", &deposit, "0110 234567"),
        ])
        .await;
    let named = |place: i64| format!("{first_one}-{place}");
    let number = kadogo::matching::bank_code::read(&deposit).unwrap();
    let known = office.line(&named(1)).await;
    assert_eq!(first(&known), (&Found::Deposit(number), "our code in the text", false));
    // a fee shares the reference of its payment, and is no duplicate of it
    assert!(matches!(first(&office.line(&named(2)).await), (Found::Says(_), _, false)));
    let outlet = kadogo::check_digit::read(&agent).unwrap();
    let named_outlet = office.line(&named(3)).await;
    assert_eq!(first(&named_outlet).0, &Found::Outlet(outlet));
    let twice = office.line(&named(4)).await;
    assert_eq!(first(&twice).0, &Found::Duplicate(named(3)));
    assert_eq!(office.item(&named(4)).await.unwrap().kind, ItemKind::Duplicate);
    let payer = office.line(&named(5)).await;
    assert_eq!(first(&payer).1, "a payer we know, the day and the amount");
    // a coin more is another line, whatever its text says
    assert_eq!(office.line(&named(6)).await.proposals, []);

    // what was announced is issued as it was announced, once
    let (_, inputs) = known.inputs(&known.proposals[0]).unwrap();
    assert_eq!(inputs["notice"], deposit);
    let issue = |amount: &'static str, line: &str| {
        [("line", line), ("amount", amount), ("to", &agent), ("notice", &deposit), WHY]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    let issue = |amount: &'static str, line: i64| issue(amount, &named(line));
    let as_fields = |fields: &[(String, String)]| -> Vec<(String, String)> { fields.to_vec() };
    let wrong = as_fields(&issue("24000000", 1));
    let wrong: Vec<(&str, &str)> = wrong.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(office.refused("issue", &wrong).await, "notice_differs");
    let right = as_fields(&issue("25000000", 1));
    let right: Vec<(&str, &str)> = right.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    office.both("issue", &right).await;
    let again = as_fields(&issue("25000000", 5));
    let again: Vec<(&str, &str)> = again.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(office.refused("issue", &again).await, "notice_gone");
    let gone = [("notice", deposit.as_str()), WHY];
    assert_eq!(office.refused("call_off_deposit", &gone).await, "notice_gone");
    assert_eq!(office.line(&named(5)).await.proposals, [], "it came, and is not expected again");
    office.sums_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_leaves_nothing_to_judge_is_explained_in_one_go() {
    let mut office = Office::new().await;
    let agent = office.agent.clone();
    let first_one = office.takes(&[("2026-11-24", 9_000_000, "FT1", "float", "")]).await;
    let line = format!("{first_one}-1");
    let all = [("line", line.as_str()), ("amount", "9000000"), ("to", agent.as_str()), WHY];
    office.both("issue", &all).await;
    let mut codes = Vec::new();
    for amount in ["200000", "200000", "300000"] {
        let redeem = [
            ("from", agent.as_str()),
            ("amount", amount),
            ("bank", "kcb"),
            ("recipient", "Duka Kuu, KCB 1122334455"),
            WHY,
        ];
        let shown = office.both("redeem_at_bank", &redeem).await;
        codes.push(shown["bank_code"].to_string());
    }
    let [one, two, three] = &codes[..] else { panic!("three were asked for") };
    let texts = [
        format!("PMT {one}"),
        format!("PMT {three}"),
        format!("PMT {one} {two}"),
        "PMT".to_owned(),
    ];
    let second = office
        .takes(&[
            ("2026-11-25", -200_000, "P1", &texts[0], ""),
            ("2026-11-25", -300_001, "P2", &texts[1], ""),
            ("2026-11-25", -200_000, "P3", &texts[2], ""),
            ("2026-11-25", -300_000, "P4", &texts[3], ""),
        ])
        .await;
    let alone: Vec<String> = office
        .lines()
        .await
        .iter()
        .filter(|line| line.explained_alone().is_some())
        .map(OpenLine::name)
        .collect();
    assert_eq!(alone, [format!("{second}-1")]);
    let typed = office.line(&alone[0]).await.explained_alone().unwrap();
    assert_eq!((&typed["redemption"], &*typed["why"]), (one, "rule: our code in the text"));
    let typed: Vec<(&str, &str)> = typed.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    office.one("explain_line", &typed).await;
    assert_eq!(office.refused("explain_line", &typed).await, "line_used");
    assert!(office.item(one).await.is_none(), "it was seen");
    assert!(office.item(two).await.is_some(), "its code names it, as in the text of the transfer");
    // of two codes in one line only one waits now: people say which it is, by number or by code
    let explain = [
        ("line", format!("{second}-3")),
        ("meaning", "redemption".to_owned()),
        ("redemption", two.clone()),
        ("why", "the bank printed both".to_owned()),
    ];
    let explain: Vec<(&str, &str)> = explain.iter().map(|(a, b)| (*a, b.as_str())).collect();
    office.one("explain_line", &explain).await;
    office.sums_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_item_has_an_age_and_an_owner_until_it_is_explained() {
    let mut office = Office::new().await;
    let agent = office.agent.clone();
    let file = office
        .takes(&[
            ("2026-11-23", 1_000_000, "", "who is it", ""),
            ("2026-11-23", -40_000, "", "what is it", ""),
        ])
        .await;
    let (came, went) = (format!("{file}-1"), format!("{file}-2"));
    let of = |item: OpenItem| (item.days, <&str>::from(item.band()), item.is_break);
    assert_eq!(of(office.item(&came).await.unwrap()), (0, "0", false));
    assert_eq!(of(office.item(&went).await.unwrap()), (0, "0", true), "what went out, at once");
    office.days_later(2).await;
    assert_eq!(of(office.item(&came).await.unwrap()), (2, "2-3", false));
    office.days_later(1).await;
    assert_eq!(of(office.item(&came).await.unwrap()), (3, "2-3", true), "a surplus is a break too");
    let breaks = office.world.app.wallet.standing().await.unwrap().breaks();
    assert!(
        breaks.iter().any(|each| each.what.contains("whose is it?") && each.minor == 1_000_000)
    );

    let assign = |item: &str, owner: &'static str, why: &'static str| {
        [("item", item.to_owned()), ("owner", owner.to_owned()), ("why", why.to_owned())]
    };
    for (item, owner, refusal) in [
        ("7-1", "otieno", "line_unknown"),
        ("16036", "otieno", "item_gone"),
        (came.as_str(), "nobody", "staff_unknown"),
    ] {
        let typed = assign(item, owner, "asked the bank");
        let typed: Vec<(&str, &str)> = typed.iter().map(|(a, b)| (*a, b.as_str())).collect();
        assert_eq!(office.refused("assign_item", &typed).await, refusal, "{item} {owner}");
    }
    for (owner, why) in [("wanjiru", "asked the bank"), ("otieno", "the bank looks for it")] {
        let typed = assign(&came, owner, why);
        let typed: Vec<(&str, &str)> = typed.iter().map(|(a, b)| (*a, b.as_str())).collect();
        office.one("assign_item", &typed).await;
    }
    let item = office.item(&came).await.unwrap();
    assert_eq!((item.owner.as_str(), item.note.as_str()), ("otieno", "the bank looks for it"));
    let issue = [("line", came.as_str()), ("amount", "400000"), ("to", agent.as_str()), WHY];
    office.both("issue", &issue).await;
    let left = office.item(&came).await.unwrap();
    assert_eq!((left.kind, left.amount_minor), (ItemKind::LeftOfLine, 600_000));
    assert_eq!(left.owner, "otieno");
    office.sums_hold().await;
    let issue = [("line", came.as_str()), ("amount", "600000"), ("to", agent.as_str()), WHY];
    office.both("issue", &issue).await;
    assert!(office.item(&came).await.is_none());
    let cases = |open| kadogo::store::arrangement_rows::Search {
        side: kadogo::store::arrangement_rows::Side::Anybody,
        kind: "bank_case",
        open,
        since: 0,
        limit: 10,
    };
    let found = |search: kadogo::store::arrangement_rows::Search| async {
        let read = move |conn: &mut kadogo::store::Conn| {
            conn.wait(async |asked| kadogo::store::arrangement_rows::find(asked, &search).await)
        };
        office.world.app.wallet.store.read(read).await.unwrap()
    };
    assert_eq!(found(cases(true)).await, []);
    let closed = found(cases(false)).await;
    assert_eq!((closed.len(), closed[0].state.as_str(), closed[0].version), (1, "resolved", 3));
    office.sums_hold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_nobodys_e_money_leaves_by_two_and_charges_are_made_good() {
    let mut office = Office::new().await;
    let amina = office.world.phone(AMINA);
    amina.dial().await;
    amina.go(&[Pick("send"), Type("0700 000 002"), Type("200"), Yes, Type("7361")]).await;
    let file = office
        .takes(&[
            ("2026-11-23", 5_000_000, "", "float", ""),
            ("2026-11-23", -300, "", "ledger fee", ""),
            ("2026-11-23", 1_500, "", "interest", ""),
            ("2026-11-23", 1_000, "", "from our own account", ""),
            ("2026-11-23", -70_000, "", "by mistake", ""),
            ("2026-11-23", 70_000, "", "mended", ""),
        ])
        .await;
    let line = |place: i64| format!("{file}-{place}");
    let explain = async |place: i64, meaning: &str, other: &str| {
        let name = line(place);
        let typed = [("line", name.as_str()), ("meaning", meaning), ("other", other), WHY];
        office.wanjiru.asks(&office.world, Mode::Execute, "explain_line", &typed).await
    };
    explain(2, "charge", "").await.unwrap();
    explain(3, "interest", "").await.unwrap();
    // money that nobody gets takes two, and so does a line that ends another
    assert_eq!(code(explain(5, "offset", &line(4)).await), "line_differs");
    for (place, meaning, other) in [(5, "offset", line(6)), (4, "own_money", String::new())] {
        let asked = explain(place, meaning, &other).await.unwrap();
        let Outcome::Waits(asked, _) = asked else { panic!("{meaning} was done by one") };
        office.otieno.approves(&office.world, &asked.to_string()).await.unwrap();
    }
    assert_eq!(code(explain(6, "interest", "").await), "line_used");
    office.sums_hold().await;
    let standing = office.world.app.wallet.standing().await.unwrap();
    assert_eq!((standing.charges_minor, standing.outgoing_minor), (700, 0));
    assert_eq!(standing.suspense_minor, 5_000_000, "the float that is to be issued");
    let kinds: Vec<ItemKind> = standing.items.iter().map(|item| item.kind).collect();
    assert!(kinds.contains(&ItemKind::OwnMoney) && kinds.contains(&ItemKind::InterestKept));

    // fees leave like any other redemption, never more than there are
    let sweep = |kept: &'static str, amount: &'static str| {
        [("kept", kept), ("amount", amount), ("bank", "kcb"), ("recipient", "Kadogo Ltd"), WHY]
    };
    assert_eq!(office.refused("sweep", &sweep("gold", "1")).await, "text_format");
    let much = office.refused("sweep", &sweep("fees", "99999999")).await;
    assert_eq!(much, "less_there", "nobody is asked to say yes to that");
    let swept = office.both("sweep", &sweep("fees", "300")).await;
    office.both("sweep", &sweep("interest", "1000")).await;
    let to = [("to", "0700000002"), ("amount", "500"), WHY];
    let before = office.world.balance(BARAKA).await;
    office.both("pass_on_interest", &to).await;
    assert_eq!(office.world.balance(BARAKA).await, before + 500);
    office.sums_hold().await;
    let text = format!("PMT {}", swept["bank_code"]);
    office
        .takes(&[("2026-11-24", -300, "", &text, ""), ("2026-11-24", -900, "", "ledger fee", "")])
        .await;
    let typed = office.lines().await.iter().find_map(OpenLine::explained_alone).unwrap();
    let typed: Vec<(&str, &str)> = typed.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    office.one("explain_line", &typed).await;
    let fee = office.lines().await.into_iter().find(|line| line.line.amount_minor == -900).unwrap();
    let name = fee.name();
    office.one("explain_line", &[("line", &name), ("meaning", "charge"), WHY]).await;
    assert_eq!(office.refused("cover_charges", &[("amount", "201"), WHY]).await, "charges_less");
    let left = office.both("cover_charges", &[("amount", "150"), WHY]).await;
    assert_eq!(left["charges_left"].to_string(), "KES 0.50");
    office.sums_hold().await;
    assert_eq!(office.waiting().await.len(), 2, "the float, and interest on its way");
}
