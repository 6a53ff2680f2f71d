//! A program in which staff bring money in and out: this test binary, started once more. It takes
//! the steps of one script, and can be told to begin anywhere in it.

use super::dealer::node;
use super::money_steps::Step::{Back, CallOff, Close, Explain, Issue, No, Read, Redeem, Take, Yes};
use super::money_steps::script;
use super::stepper::{self, Stepper};
use kadogo::book::{Change, Key};
use kadogo::closing::sheet_words::SheetWords;
use kadogo::id::{Id, PostingId, StatementId};
use kadogo::refusal::Refusal;
use kadogo::request::{Fields, Mode, Request};
use kadogo::store::Conn;
use kadogo::store::arrangement_rows::{self, ArrangementRow, Search, Side};
use kadogo::store::bank_rows::{self, BankAccountRow, BankFileRow, BankLine};
use kadogo::store::records::Record;
use kadogo::store::staff_rows::{self, StaffRow, StaffState};
use kadogo::store::staff_sessions::StaffSession;
use kadogo::time::{Clock, Timestamp};
use kadogo::wallet::Wallet;
use kadogo::wallet::office::acting_staff::Outcome;
use kadogo::wallet::office::sign_in::OnDuty;

/// Into whose wallet the money goes.
pub const WHOSE: &str = "+254700000001";

const URL: &str = "KADOGO_FIRE_CLERK";
const NUMBER: &str = "KADOGO_FIRE_ROUND";
const STEP: &str = "KADOGO_FIRE_STEP";
const AT: &str = "KADOGO_FIRE_AT";

/// Starts one that begins with this step of this round, at a time of its own.
pub fn start(url: &str, at: Timestamp, number: usize, first: usize) -> Stepper {
    let env = [
        (URL, url.to_owned()),
        (AT, at.micros().to_string()),
        (NUMBER, number.to_string()),
        (STEP, first.to_string()),
    ];
    Stepper::start("clerk::is_another_process", &env)
}

/// Not a story: what such a program does.
#[test]
fn is_another_process() {
    let Ok(url) = std::env::var(URL) else { return };
    let number: usize = std::env::var(NUMBER).unwrap().parse().unwrap();
    let first: usize = std::env::var(STEP).unwrap().parse().unwrap();
    let at = Timestamp::from_micros(std::env::var(AT).unwrap().parse().unwrap());
    stepper::begins();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    runtime.unwrap().block_on(async {
        let (app, committer) = node(url.clone(), Clock::manual(at)).await;
        let clerk = Clerk { wallet: app.wallet.clone(), url, number };
        if let Some(before) = first.checked_sub(1) {
            // whoever has no answer asks again: what was done is not done twice
            let _ = clerk.takes(before).await;
        }
        for place in first..script(number).len() {
            clerk.takes(place).await.unwrap();
            stepper::answered(place).await;
        }
        drop((app, clerk));
        tokio::task::spawn_blocking(|| committer.join().unwrap()).await.unwrap();
    });
}

/// A bank of whom nothing is known yet, and two of the staff.
pub async fn founded(url: String, at: Timestamp) {
    let (app, committer) = node(url.clone(), Clock::manual(at)).await;
    let wallet = &app.wallet;
    let two = [("njeri", "finance", "+254722000001"), ("otieno", "finance_lead", "+254722000002")];
    for (name, roles, msisdn) in two {
        let id = Id::of(wallet.book.fresh_id().await.unwrap());
        let staff = StaffRow {
            id,
            version: 1,
            last_posting: PostingId::NONE,
            name: name.to_owned(),
            msisdn: msisdn.to_owned(),
            language: "en".to_owned(),
            roles: roles.to_owned(),
            state: StaffState::Active,
            password: String::new(),
            factor: Vec::new(),
            factor_step: 0,
            link: Vec::new(),
            link_until: None,
            locked_until: None,
            misses: 0,
            seen_at: wallet.clock.now().micros(),
            out_until: 0,
        };
        let key = Key::new(Timestamp::from_micros(0), "hired", name.as_bytes());
        let kept = Change::keep(Record::Staff(Box::new(staff)), "begin_work");
        wallet.book.post(wallet.note(key, vec![kept])).await.unwrap();
    }
    let clerk = Clerk { wallet: wallet.clone(), url, number: 0 };
    let open = [("name", "kcb"), ("number", "0110"), ("why", "money is kept there")];
    let asked = clerk.acts("njeri", "open", "open_bank_account", &open).await.unwrap();
    let Outcome::Waits(request, _) = asked else { panic!("{asked:?}") };
    let yes = [("approval", &*request.to_string())];
    clerk.acts("otieno", "opened", "approve_staff_request", &yes).await.unwrap();
    drop((clerk, app));
    tokio::task::spawn_blocking(|| committer.join().unwrap()).await.unwrap();
}

struct Clerk {
    wallet: Wallet,
    url: String,
    number: usize,
}

impl Clerk {
    /// Takes a step, under a key of its own; or why it is not taken.
    async fn takes(&self, place: usize) -> Result<(), String> {
        let named = format!("{} {place}", self.number);
        let why = ("why", "as the script says");
        let taken = match script(self.number)[place] {
            Read(lines) => return self.reads(place, lines).await,
            Take => {
                let file = self.file().await.to_string();
                self.acts("njeri", &named, "take_statement", &[("file", &file), why]).await
            }
            Issue(minor) => {
                let amount = minor.to_string();
                let line = self.line_of(self.first_statement().await);
                let typed = [("line", &*line), ("amount", &amount), ("to", WHOSE), why];
                self.acts("njeri", &named, "issue", &typed).await
            }
            Redeem(minor) => {
                let amount = minor.to_string();
                let typed = [
                    ("from", WHOSE),
                    ("amount", &*amount),
                    ("bank", "kcb"),
                    ("recipient", "her account"),
                    why,
                ];
                self.acts("njeri", &named, "redeem_at_bank", &typed).await
            }
            CallOff => {
                let number = self.newest("redemption").await.id.to_string();
                let typed = [("redemption", &*number), why];
                self.acts("njeri", &named, "call_off_redemption", &typed).await
            }
            Explain(meaning) => {
                let line = self.line_of(self.file().await);
                let number = self.newest_of("redemption").await;
                let number = number.map(|row| row.id.to_string()).unwrap_or_default();
                let typed = [("line", &*line), ("meaning", meaning), ("redemption", &number), why];
                self.acts("njeri", &named, "explain_line", &typed).await
            }
            Close => {
                let next = self.wallet.next_day().await.map_err(|no| no.code().to_owned())?;
                let sheet = self
                    .wallet
                    .make_sheet(next, "njeri", SheetWords::default(), |_done, _total| ())
                    .await;
                let sheet = sheet.map_err(|no| format!("{named}: {}", no.code()))?.named;
                let excuse = ("excuse", "the script plants what breaks");
                self.acts("njeri", &named, "close_day", &[("sheet", &sheet), excuse, why]).await
            }
            step @ (Yes | No | Back) => {
                let number = self.newest("staff_request").await.id.to_string();
                let typed = [("approval", &*number), why];
                let (who, service) = match step {
                    Yes => ("otieno", "approve_staff_request"),
                    No => ("otieno", "decline_staff_request"),
                    Read(_) | Take | Issue(_) | Redeem(_) | CallOff | Explain(_) | Close | Back => {
                        ("njeri", "take_back_staff_request")
                    }
                };
                self.acts(who, &named, service, &typed).await
            }
        };
        taken.map(|_outcome| ()).map_err(|no| format!("{named}: {}", no.code()))
    }

    async fn acts(
        &self,
        who: &'static str,
        named: &str,
        service: &str,
        typed: &[(&str, &str)],
    ) -> Result<Outcome, Refusal> {
        let read = move |conn: &mut Conn| staff_rows::by_name(conn, who);
        let staff = self.wallet.store.read(read).await.unwrap().unwrap();
        // that they have shown what they know and have is told elsewhere
        let now = self.wallet.clock.now().micros();
        let session = StaffSession {
            digest: Vec::new(),
            staff: staff.id,
            begun_at: now,
            seen_at: now,
            proved_at: now,
            ended_at: None,
            misses: 0,
        };
        let fields: Fields =
            typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let request =
            Request { mode: Mode::Execute, service: service.to_owned(), fields, secret: None };
        let key = Key::new(Timestamp::from_micros(0), "clerk", named.as_bytes());
        self.wallet.act_as_staff(&OnDuty { staff, session }, request, key).await
    }

    async fn bank(&self) -> BankAccountRow {
        let read = |conn: &mut Conn| bank_rows::accounts_after(conn, None, 10);
        self.wallet.store.read(read).await.unwrap().remove(0)
    }

    /// Each line on its own: it can be killed between any two.
    async fn reads(&self, place: usize, lines: &[i64]) -> Result<(), String> {
        let bank = self.bank().await;
        let id = StatementId::of(self.wallet.book.fresh_id().await.map_err(|e| e.to_string())?);
        let opening_minor = bank.closing_minor.unwrap_or(0);
        let head = BankFileRow {
            id,
            bank: bank.id,
            read_at: self.wallet.clock.now().micros(),
            digest: format!("{} {place}", self.number).into_bytes(),
            number: None,
            opened_on: "2026-11-26".to_owned(),
            closed_on: "2026-11-26".to_owned(),
            opening_minor,
            closing_minor: opening_minor + lines.iter().sum::<i64>(),
            lines: lines.len().try_into().unwrap(),
        };
        let written = self.wallet.book.write(move |conn| bank_rows::begin_file(conn, &head)).await;
        written.map_err(|error| error.to_string())?;
        for (place, amount_minor) in (1_i64..).zip(lines.iter().copied()) {
            let line = BankLine {
                statement: id,
                place,
                booked_on: "2026-11-26".to_owned(),
                amount_minor,
                reference: format!("FT{place}"),
                said: "a line".to_owned(),
                counterparty: String::new(),
                is_return: 0,
            };
            let added =
                move |conn: &mut Conn| bank_rows::add_lines(conn, std::slice::from_ref(&line));
            self.wallet.book.write(added).await.map_err(|error| error.to_string())?;
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
        Ok(())
    }

    /// The file that was read last.
    async fn file(&self) -> StatementId {
        let sql = "SELECT CAST(max(id) AS TEXT) AS text FROM bank_files".to_owned();
        StatementId::of(self.text(sql).await.parse().unwrap())
    }

    /// The first statement of this round: each has one whose digest says so.
    async fn first_statement(&self) -> StatementId {
        let digest = kadogo::seal::to_hex(format!("{} 0", self.number).as_bytes());
        let hex = match self.url.starts_with("postgres") {
            true => format!("'\\x{digest}'"),
            false => format!("x'{digest}'"),
        };
        let sql =
            format!("SELECT CAST(id AS TEXT) AS text FROM bank_statements WHERE digest = {hex}");
        StatementId::of(self.text(sql).await.parse().unwrap())
    }

    async fn text(&self, sql: String) -> String {
        let read = move |conn: &mut Conn| {
            Ok::<_, kadogo::store::StoreError>(super::treasury::lines(conn, &sql))
        };
        self.wallet.store.read(read).await.unwrap().remove(0)
    }

    fn line_of(&self, statement: StatementId) -> String {
        format!("{statement}-1")
    }

    async fn newest(&self, kind: &'static str) -> ArrangementRow {
        self.newest_of(kind).await.unwrap_or_else(|| panic!("no {kind}"))
    }

    /// The newest arrangement of a kind, whatever became of it.
    async fn newest_of(&self, kind: &'static str) -> Option<ArrangementRow> {
        let side = Side::Anybody;
        let search = Search { side, kind, open: false, since: 0, limit: 1 };
        let read = move |conn: &mut Conn| {
            conn.wait(async |asked| arrangement_rows::find(asked, &search).await)
        };
        self.wallet.store.read(read).await.unwrap().pop()
    }
}
