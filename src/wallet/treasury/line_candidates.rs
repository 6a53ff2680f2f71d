//! Lines that nobody has explained yet, each with what it may be: what waits is read once, and the
//! rules of the operator's folder say which of it fits. Nothing is decided here.

use super::super::{Service, Wallet};
use super::bank_item;
use super::deposit_notice::{self, Notice, letters};
use super::explaining::{self, Meaning};
use super::issuing;
use super::redemption::{self, Terms};
use crate::agent_number::AgentNumber;
use crate::id::{AccountId, StatementId};
use crate::matching::{
    Earlier, Found, Known, Proposal, Rules, Says, Seen, Waiting, What, bank_code,
};
use crate::request::Fields;
use crate::store::arrangement_rows::{self, ArrangementRow, Search, Side};
use crate::store::bank_rows::BankLine;
use crate::store::{Conn, StoreError, agent_rows, bank_sums};
use crate::time::Timestamp;
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, BTreeSet};

/// What waits that is looked through.
const WAITING_MAX: i64 = 5_000;
/// For how long something that went out may come back, microseconds.
const MAY_RETURN: i64 = 60 * 24 * 3_600 * 1_000_000;

/// A line that nobody has explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenLine {
    /// What the bank says.
    pub line: BankLine,
    /// Its account at the bank.
    pub bank: AccountId,
    /// What it may be, the likeliest first.
    pub proposals: Vec<Proposal>,
}

impl OpenLine {
    /// As staff name it.
    pub fn name(&self) -> String {
        format!("{}-{}", self.line.statement, self.line.place)
    }

    /// The inputs by which it is explained, where nothing is left to judge.
    pub fn explained_alone(&self) -> Option<Fields> {
        let first = self.proposals.first().filter(|first| first.alone)?;
        let mut fields = self.inputs(first)?.1;
        fields.insert("why".to_owned(), format!("rule: {}", first.rule));
        Some(fields)
    }

    /// By which act, with which inputs, it is explained as proposed, as far as they are known;
    /// nothing where that is for people alone.
    pub fn inputs(&self, proposal: &Proposal) -> Option<(&'static Service, Fields)> {
        let mut fields = Fields::from([("line".to_owned(), self.name())]);
        let mut is = |name: &str, value: String| fields.insert(name.to_owned(), value);
        let service = match &proposal.found {
            Found::Duplicate(_) => return None,
            Found::Redemption(number) => {
                is("meaning", <&str>::from(Meaning::Redemption).to_owned());
                is("redemption", bank_code::written(*number));
                &explaining::EXPLAIN
            }
            Found::Returned(number) => {
                is("meaning", <&str>::from(Meaning::Returned).to_owned());
                is("redemption", bank_code::written(*number));
                &explaining::EXPLAIN
            }
            Found::Says(says) => {
                let meaning = match says {
                    Says::Charge => Meaning::Charge,
                    Says::Interest => Meaning::Interest,
                };
                is("meaning", <&str>::from(meaning).to_owned());
                &explaining::EXPLAIN
            }
            Found::Deposit(number) => {
                is("notice", bank_code::written(*number));
                &issuing::ISSUE
            }
            Found::Outlet(number) => {
                is("to", AgentNumber::of(AccountId::of(*number)).to_string());
                &issuing::ISSUE
            }
        };
        Some((service, fields))
    }
}

/// Lines with what waits beside them.
#[derive(Debug, Default)]
pub struct OpenLines {
    /// The lines.
    pub lines: Vec<OpenLine>,
    /// Deposits that were announced, by their numbers.
    pub notices: BTreeMap<i64, Notice>,
    /// What is on its way out, by its number: since when, and what.
    pub redemptions: BTreeMap<i64, (i64, Terms)>,
}

/// Behind which line a page begins.
pub type After = Option<(StatementId, i64)>;

impl Wallet {
    /// Lines that nobody has explained, so many at most, with what each may be.
    pub async fn open_lines(&self, after: After, limit: i64) -> Result<OpenLines, StoreError> {
        let (policy, now) = (self.policy.get(), self.clock.now());
        let zone = self.config.market.zone.clone();
        self.store.read(move |conn| read(conn, &policy.matching, (now, &zone), after, limit)).await
    }
}

/// The same, for who reads more at the same moment.
pub fn read(
    conn: &mut Conn,
    rules: &Rules,
    (now, zone): (Timestamp, &TimeZone),
    after: After,
    limit: i64,
) -> Result<OpenLines, StoreError> {
    let lines = bank_sums::unexplained(conn, bank_item::KIND.name, after, limit)?;
    let seen: Vec<Seen> = lines.iter().map(|(bank, line)| seen(*bank, line)).collect();
    let earlier = earlier(conn, &seen)?;
    let notices = open(conn, deposit_notice::KIND.name)?;
    let sent = open(conn, redemption::KIND.name)?;
    let returned = went_out(conn, now)?;
    let known = Known {
        waiting: notices
            .iter()
            .filter_map(announced)
            .chain(sent.iter().filter_map(|row| on_its_way(row, What::Redemption, zone)))
            .chain(returned.iter().filter_map(|row| on_its_way(row, What::Returned, zone)))
            .collect(),
        outlets: outlets(conn, &seen)?,
    };
    let of = |((bank, line), seen): ((AccountId, BankLine), &Seen)| {
        let before: Vec<Earlier> = earlier
            .iter()
            .filter(|(at, each)| {
                *at < (line.statement, line.place) && each.reference == seen.reference
            })
            .map(|(_, each)| each.clone())
            .collect();
        // no rule knows what lay there before anything was written down
        let proposals = match line.is_opening() {
            true => Vec::new(),
            false => rules.proposals(seen, &before, &known),
        };
        OpenLine { proposals, line, bank }
    };
    Ok(OpenLines {
        lines: lines.into_iter().zip(&seen).map(of).collect(),
        notices: by_number(&notices, |row| Notice::of(row).ok()),
        redemptions: by_number(&sent, |row| Some((row.begun_at, terms(row)?))),
    })
}

fn by_number<T>(
    rows: &[ArrangementRow],
    of: impl Fn(&ArrangementRow) -> Option<T>,
) -> BTreeMap<i64, T> {
    rows.iter().filter_map(|row| Some((row.id.number(), of(row)?))).collect()
}

fn terms(row: &ArrangementRow) -> Option<Terms> {
    super::super::arrangements::kind::body(row).ok()
}

fn seen(bank: AccountId, line: &BankLine) -> Seen {
    let text = [&line.said, &line.counterparty, &line.reference].map(String::as_str).join(" ");
    Seen {
        bank: bank.number(),
        amount_minor: line.amount_minor,
        day: line.booked_on.parse().ok(),
        reference: line.reference.clone(),
        payer: letters(&line.counterparty),
        codes: bank_code::in_text(&text),
        outlets: bank_code::outlets_in(&text),
        text,
    }
}

/// Where a line stands.
type Place = (StatementId, i64);

/// Lines of taken statements that have the same references, with where they stand.
fn earlier(conn: &mut Conn, seen: &[Seen]) -> Result<Vec<(Place, Earlier)>, StoreError> {
    let references =
        seen.iter().map(|seen| seen.reference.as_str()).filter(|text| !text.is_empty());
    let references: BTreeSet<&str> = references.collect();
    let rows = bank_sums::with_references(conn, &Vec::from_iter(references))?;
    let of = |(bank, line): (AccountId, BankLine)| {
        let earlier = Earlier {
            line: format!("{}-{}", line.statement, line.place),
            bank: bank.number(),
            amount_minor: line.amount_minor,
            reference: line.reference,
        };
        ((line.statement, line.place), earlier)
    };
    Ok(rows.into_iter().map(of).collect())
}

fn open(conn: &mut Conn, kind: &'static str) -> Result<Vec<ArrangementRow>, StoreError> {
    let search = Search { side: Side::Anybody, kind, open: true, since: 0, limit: WAITING_MAX };
    conn.wait(async |asked| arrangement_rows::find(asked, &search).await)
}

/// What went out lately, and may come back.
fn went_out(conn: &mut Conn, now: Timestamp) -> Result<Vec<ArrangementRow>, StoreError> {
    let since = now.micros().saturating_sub(MAY_RETURN).max(1);
    let kind = redemption::KIND.name;
    let search = Search { side: Side::Anybody, kind, open: false, since, limit: WAITING_MAX };
    let rows = conn.wait(async |asked| arrangement_rows::find(asked, &search).await)?;
    let is_seen = |row: &ArrangementRow| row.state == <&str>::from(redemption::State::Seen);
    Ok(rows.into_iter().filter(is_seen).collect())
}

fn outlets(conn: &mut Conn, seen: &[Seen]) -> Result<Vec<i64>, StoreError> {
    let named: BTreeSet<i64> = seen.iter().flat_map(|seen| seen.outlets.iter().copied()).collect();
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let named: Vec<AccountId> = named.into_iter().map(AccountId::of).collect();
    let found = conn.wait(async |asked| agent_rows::outlets_of(asked, &named).await)?;
    Ok(found.into_iter().map(|row| row.float_account.number()).collect())
}

fn announced(row: &ArrangementRow) -> Option<Waiting> {
    let notice = Notice::of(row).ok()?;
    Some(Waiting {
        number: row.id.number(),
        what: What::Deposit,
        amount_minor: notice.amount_minor,
        bank: None,
        day: notice.expected_on(),
        outlet: notice.outlet().map(|outlet| outlet.number()),
        payer: notice.payer,
    })
}

fn on_its_way(row: &ArrangementRow, what: What, zone: &TimeZone) -> Option<Waiting> {
    let terms = terms(row)?;
    let out = what == What::Redemption;
    let amount_minor = if out { terms.amount_minor.checked_neg()? } else { terms.amount_minor };
    Some(Waiting {
        number: row.id.number(),
        what,
        amount_minor,
        bank: Some(terms.bank),
        day: Some(Timestamp::from_micros(row.begun_at).day(zone)),
        outlet: None,
        payer: String::new(),
    })
}
