//! Staff in stories: people with names and roles who are at work already, so that a story is about
//! what they do and not about how they came in. What they ask for goes by the wallet's own door, or
//! by command under their session.

use super::engine::is_postgres;
use super::program::{Place, Said, run_on};
use super::world::World;
use kadogo::beside::{beside, leave};
use kadogo::book::{Change, Key};
use kadogo::config::{DatabaseArgs, SecretArgs};
use kadogo::demo::staff_on_show;
use kadogo::id::{Id, PostingId};
use kadogo::refusal::Refusal;
use kadogo::request::{Fields, Item, Mode, Request, Slots};
use kadogo::store::Conn;
use kadogo::store::records::Record;
use kadogo::store::staff_rows::{StaffRow, StaffState};
use kadogo::store::staff_sessions::{self, StaffSession};
use kadogo::time::Clock;
use kadogo::wallet::Wallet;
use kadogo::wallet::deals::arbiters::Verdict;
use kadogo::wallet::deals::judging;
use kadogo::wallet::office::acting_staff::Outcome;
use kadogo::wallet::office::by_phone;
use kadogo::wallet::office::sign_in::{OnDuty, digest};
use kadogo::wallet::office::two_people;

/// What somebody shows for a session, in a story.
fn secret(name: &str) -> String {
    format!("{name:-<64}")
}

/// Somebody begins to work here, and is signed in: by the machine's clock, which commands have.
pub async fn hired(wallet: &Wallet, name: &str, roles: &str) -> OnDuty {
    hired_on(wallet, name, roles, &number_of(name)).await
}

/// The number of somebody of this name: each has their own.
pub fn number_of(name: &str) -> String {
    let last = name.bytes().fold(7_u32, |sum, byte| (sum * 31 + u32::from(byte)) % 100_000);
    format!("+2547220{last:05}")
}

/// The same, with this number.
pub async fn hired_on(wallet: &Wallet, name: &str, roles: &str, msisdn: &str) -> OnDuty {
    let id = Id::of(wallet.book.fresh_id().await.unwrap());
    let now = Clock::System.now().micros();
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
        seen_at: now,
        out_until: 0,
    };
    let key = Key::new(wallet.clock.now(), "hired", name.as_bytes());
    let kept = Change::keep(Record::Staff(Box::new(staff.clone())), "begin_work");
    wallet.book.post(wallet.note(key, vec![kept])).await.unwrap();
    let session = StaffSession {
        digest: digest(&secret(name)),
        staff: id,
        begun_at: now,
        seen_at: now,
        proved_at: now,
        ended_at: None,
        misses: 0,
    };
    let begun = session.clone();
    let begin = move |conn: &mut Conn| staff_sessions::begin(conn, &begun);
    wallet.book.write(begin).await.unwrap();
    OnDuty { staff, session }
}

impl Place {
    /// Somebody begins to work at a service that is another process: commands run under their name.
    pub async fn hires(&self, name: &str, roles: &str, service_secret: &str) {
        let file = format!("sqlite://{}", self.path("kadogo.db").display());
        let database_url = if is_postgres() { self.home.url().to_owned() } else { file };
        let current = Some(service_secret.to_owned().into());
        let secrets = SecretArgs { secret: current, secret_file: None, old_secrets: Vec::new() };
        let database = DatabaseArgs { database_url: database_url.into(), secrets };
        let (app, committer) = beside(database, None, None).await.unwrap();
        hired(&app.wallet, name, roles).await;
        leave(app, committer).await.unwrap();
        std::fs::write(self.path(".kadogo-session"), secret(name)).unwrap();
    }
}

impl World {
    /// Somebody begins to work here; commands run under their name with `run_as`.
    pub async fn hires(&self, name: &str, roles: &str) -> OnDuty {
        std::fs::write(self.home.path(name), secret(name)).unwrap();
        hired(&self.app.wallet, name, roles).await
    }

    /// Somebody begins to work here who approves on this phone, with this PIN.
    pub async fn hires_on_phone(&self, name: &str, roles: &str, phone: &str, pin: &str) -> OnDuty {
        let duty = hired_on(&self.app.wallet, name, roles, phone).await;
        self.staff_pin(&duty, pin).await.unwrap();
        duty
    }

    /// The link that came to a number last, with which somebody begins to work here.
    pub async fn invited(&self, phone: &str) -> String {
        let told = self.inbox(phone).await;
        let link = told.iter().rev().find_map(|text| text.split("/console/join/").nth(1));
        let link = link.unwrap_or_else(|| panic!("no link: {told:#?}"));
        link.split_whitespace().next().unwrap().to_owned()
    }

    /// One of the staff chooses a PIN for their phone.
    pub async fn staff_pin(&self, duty: &OnDuty, pin: &str) -> Result<Outcome, Refusal> {
        let wallet = &self.app.wallet;
        let name = by_phone::CHOOSE.name;
        let key = Key::new(wallet.clock.now(), name, &wallet.randomness.bytes::<16>());
        let secret = Some(pin.to_owned().into());
        let request = Request { secret, ..request(Mode::Execute, name, &[]) };
        wallet.act_as_staff(duty, request, key).await
    }

    /// Runs a command under the name of one of the staff.
    pub fn run_as(&self, name: &str, args: &[&str]) -> Said {
        let session = self.home.path(name);
        let env = [
            ("KADOGO_SECRET", &*"07".repeat(32)),
            ("KADOGO_DATABASE_URL", self.home.url()),
            ("KADOGO_SESSION", session.to_str().unwrap()),
        ];
        run_on(&self.home, args, &env)
    }

    /// One of the staff asks for something.
    pub async fn staff_asks(
        &self,
        duty: &OnDuty,
        service: &str,
        inputs: &[(&str, &str)],
    ) -> Result<Outcome, Refusal> {
        let wallet = &self.app.wallet;
        let key = Key::new(wallet.clock.now(), service, &wallet.randomness.bytes::<16>());
        wallet.act_as_staff(duty, request(Mode::Execute, service, inputs), key).await
    }

    /// One of the staff does what takes one person.
    pub async fn staff_does(
        &self,
        duty: &OnDuty,
        service: &str,
        inputs: &[(&str, &str)],
    ) -> Result<Slots, Refusal> {
        match self.staff_asks(duty, service, inputs).await? {
            Outcome::Done(slots, _) => Ok(slots),
            Outcome::Waits(request, _) => panic!("{service} waits as {request}"),
        }
    }

    /// One of the staff asks for what takes two: the number of the request.
    pub async fn staff_requests(
        &self,
        duty: &OnDuty,
        service: &str,
        inputs: &[(&str, &str)],
    ) -> Result<i64, Refusal> {
        match self.staff_asks(duty, service, inputs).await? {
            Outcome::Waits(request, _) => Ok(request),
            Outcome::Done(slots, _) => panic!("{service} was done by one: {slots:?}"),
        }
    }

    /// Another one looks at it and approves it.
    pub async fn staff_approves(&self, duty: &OnDuty, number: i64) -> Result<Slots, Refusal> {
        let number = number.to_string();
        let approve = two_people::APPROVE.name;
        let (seen, _) = self.staff_sees(duty, approve, &[("approval", &number)]).await?;
        let seen = seen["seen"].to_string();
        self.staff_does(duty, approve, &[("approval", &number), ("seen", &seen)]).await
    }

    /// What one of the staff looks at, which is recorded.
    pub async fn staff_looks(
        &self,
        duty: &OnDuty,
        service: &str,
        inputs: &[(&str, &str)],
    ) -> Result<(Slots, Vec<Item>), Refusal> {
        match self.staff_asks(duty, service, inputs).await? {
            Outcome::Done(slots, items) => Ok((slots, items)),
            Outcome::Waits(request, _) => panic!("a look waits as {request}"),
        }
    }

    /// What one of the staff sees.
    pub async fn staff_sees(
        &self,
        duty: &OnDuty,
        service: &str,
        inputs: &[(&str, &str)],
    ) -> Result<(Slots, Vec<Item>), Refusal> {
        let wallet = &self.app.wallet;
        let key = Key::new(wallet.clock.now(), service, &wallet.randomness.bytes::<16>());
        match wallet.act_as_staff(duty, request(Mode::Quote, service, inputs), key).await? {
            Outcome::Done(slots, items) => Ok((slots, items)),
            Outcome::Waits(request, _) => panic!("a look waits as {request}"),
        }
    }
}

/// One of the staff, by whatever name, says what they think of a deal as it stood then.
pub async fn judges(
    world: &World,
    code: &str,
    seen: i64,
    staff: &str,
    verdict: Verdict,
) -> Result<(), Refusal> {
    let duty = staff_on_show::colleague(&world.app.wallet, staff, "care_lead").await?;
    let seen = seen.to_string();
    let named = [("deal", code), ("seen", &seen)];
    let done = match verdict {
        Verdict::Propose { back_minor, cause, words } => {
            let (back, cause): (_, &str) = (back_minor.to_string(), cause.into());
            let said = [("back", &*back), ("cause", cause), ("why", &words)];
            let inputs = [&named[..], &said[..]].concat();
            world.staff_does(&duty, judging::PROPOSE.name, &inputs).await
        }
        Verdict::Confirm => world.staff_does(&duty, judging::CONFIRM.name, &named).await,
        Verdict::Reject { why } => {
            let inputs = [&named[..], &[("why", &*why)]].concat();
            world.staff_does(&duty, judging::REJECT.name, &inputs).await
        }
    };
    done.map(|_slots| ())
}

fn request(mode: Mode, service: &str, inputs: &[(&str, &str)]) -> Request {
    let fields: Fields =
        inputs.iter().map(|(name, typed)| ((*name).to_owned(), (*typed).to_owned())).collect();
    Request { mode, service: service.to_owned(), fields, secret: None }
}
