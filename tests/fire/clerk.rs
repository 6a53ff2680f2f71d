//! A program in which staff bring money in and out: this test binary, started once more. It takes
//! the steps of one script, and can be told to begin anywhere in it. What stands in the books after
//! each step is reckoned here, by a few sums, for the judge.

use super::dealer::node;
use super::stepper::{self, Stepper};
use kadogo::book::{Change, Key};
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
const DEPOSIT: i64 = 50_000;

const URL: &str = "KADOGO_FIRE_CLERK";
const NUMBER: &str = "KADOGO_FIRE_ROUND";
const STEP: &str = "KADOGO_FIRE_STEP";

/// Something that one of the staff does.
#[derive(Debug, Clone, Copy)]
pub enum Step {
    /// A file with these lines is read into rows beside the book, one after the other,
    Read(&'static [i64]),
    /// and taken: the statement that was read last.
    Take,
    /// E-money is asked for, against the first line of the first statement,
    Issue(i64),
    /// and goes out at the bank.
    Redeem(i64),
    /// The last one is called off.
    CallOff,
    /// The first line of the last statement is this; what came back takes two.
    Explain(&'static str),
    /// What was asked for last: another one says yes,
    Yes,
    /// or no,
    No,
    /// or who asked takes it back.
    Back,
}

use Step::{Back, CallOff, Explain, Issue, No, Read, Redeem, Take, Yes};

/// What comes in has a line that the bank takes back at once: half of the file would prove itself
/// too.
const IN: &[i64] = &[DEPOSIT, 300, -300];
const OUT: &[i64] = &[-DEPOSIT];

/// The ways that money goes here; each leaves the wallet as it was.
pub const SCRIPTS: [&[Step]; 4] = [
    &[
        Read(IN),
        Take,
        Issue(DEPOSIT),
        Yes,
        Redeem(DEPOSIT),
        Yes,
        Read(OUT),
        Take,
        Explain("redemption"),
    ],
    &[
        Read(IN),
        Take,
        Issue(30_000),
        Yes,
        Issue(20_000),
        Yes,
        Redeem(DEPOSIT),
        Yes,
        CallOff,
        Yes,
        Redeem(DEPOSIT),
        Yes,
        Read(OUT),
        Take,
        Explain("redemption"),
    ],
    &[
        Read(IN),
        Take,
        Issue(DEPOSIT),
        Yes,
        Redeem(DEPOSIT),
        Yes,
        Read(OUT),
        Take,
        Explain("redemption"),
        Read(&[DEPOSIT]),
        Take,
        Explain("returned"),
        Yes,
        Redeem(DEPOSIT),
        Yes,
        Read(OUT),
        Take,
        Explain("redemption"),
    ],
    &[
        Read(&[DEPOSIT]),
        Take,
        Issue(DEPOSIT),
        No,
        Issue(DEPOSIT),
        Back,
        Read(&[-700]),
        Take,
        Explain("charge"),
        Read(&[900]),
        Take,
        Explain("interest"),
    ],
];

/// The script of a round.
pub fn script(number: usize) -> &'static [Step] {
    SCRIPTS[number % SCRIPTS.len()]
}

/// What stands in the books: amounts in minor units, and how many there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Picture {
    pub at_bank: i64,
    pub suspense: i64,
    pub outgoing: i64,
    pub charges: i64,
    pub interest: i64,
    pub wallet: i64,
    /// Left of lines that were used in part, and on its way out.
    pub parts: i64,
    pub on_its_way: i64,
    pub statements: i64,
    /// Redemptions: seen at the bank, and called off.
    pub seen: i64,
    pub called_off: i64,
    /// Requests that wait, and that were approved, declined, taken back.
    pub asked: i64,
    pub approved: i64,
    pub declined: i64,
    pub taken_back: i64,
}

impl Picture {
    /// What stands in the books before each step of a script, and after the last.
    pub fn of(&self, script: &[Step]) -> Vec<Picture> {
        let mut all = vec![self.clone()];
        let (mut file, mut line, mut asked): (&[i64], i64, Option<Step>) = (&[], 0, None);
        for step in script {
            let mut next = all.last().unwrap().clone();
            match *step {
                Read(lines) => file = lines,
                Take => {
                    next.statements += 1;
                    line = file[0];
                    for minor in file {
                        next.at_bank += minor;
                        let way = if *minor > 0 { &mut next.suspense } else { &mut next.outgoing };
                        *way += minor;
                    }
                }
                Explain("charge") => {
                    next.outgoing -= line;
                    next.charges += line;
                }
                Explain("interest") => {
                    next.suspense -= line;
                    next.interest += line;
                }
                Explain("redemption") => {
                    next.outgoing -= line;
                    next.on_its_way += line;
                    next.seen += 1;
                }
                Issue(_) | Redeem(_) | CallOff | Explain(_) => {
                    asked = Some(*step);
                    next.asked += 1;
                }
                No => next.declined += 1,
                Back => next.taken_back += 1,
                Yes => next.approved += 1,
            }
            if matches!(step, Yes | No | Back) {
                next.asked -= 1;
            }
            match (step, asked) {
                (Yes, Some(Issue(minor))) => {
                    // the first part takes the whole line out of what is nobody's
                    if next.parts == 0 {
                        next.suspense -= DEPOSIT;
                        next.parts += DEPOSIT;
                    }
                    next.parts -= minor;
                    next.wallet += minor;
                }
                (Yes, Some(Redeem(minor))) => {
                    next.wallet -= minor;
                    next.on_its_way += minor;
                }
                (Yes, Some(CallOff)) => {
                    next.wallet += next.on_its_way;
                    next.on_its_way = 0;
                    next.called_off += 1;
                }
                (Yes, Some(_returned)) => {
                    next.suspense -= line;
                    next.wallet += line;
                }
                _ => {}
            }
            all.push(next);
        }
        all
    }
}

/// Starts one that begins with this step of this round.
pub fn start(url: &str, number: usize, first: usize) -> Stepper {
    let env = [(URL, url.to_owned()), (NUMBER, number.to_string()), (STEP, first.to_string())];
    Stepper::start("clerk::is_another_process", &env)
}

/// Not a story: what such a program does.
#[test]
fn is_another_process() {
    let Ok(url) = std::env::var(URL) else { return };
    let number: usize = std::env::var(NUMBER).unwrap().parse().unwrap();
    let first: usize = std::env::var(STEP).unwrap().parse().unwrap();
    stepper::begins();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    runtime.unwrap().block_on(async {
        let (app, committer) = node(url.clone(), Clock::System).await;
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
pub async fn founded(url: String) {
    let (app, committer) = node(url.clone(), Clock::System).await;
    let wallet = &app.wallet;
    for (name, roles) in [("njeri", "finance"), ("otieno", "finance_lead")] {
        let id = Id::of(wallet.book.fresh_id().await.unwrap());
        let staff = StaffRow {
            id,
            version: 1,
            last_posting: PostingId::NONE,
            name: name.to_owned(),
            msisdn: "+254722000001".to_owned(),
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
            step @ (Yes | No | Back) => {
                let number = self.newest("staff_request").await.id.to_string();
                let typed = [("approval", &*number), why];
                let (who, service) = match step {
                    Yes => ("otieno", "approve_staff_request"),
                    No => ("otieno", "decline_staff_request"),
                    Read(_) | Take | Issue(_) | Redeem(_) | CallOff | Explain(_) | Back => {
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
