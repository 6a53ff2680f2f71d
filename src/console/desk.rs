//! The desk: what all pages work with. Behind it the same services as behind any other channel;
//! nothing is decided here, and a page never writes.

use super::figures::Counting;
use super::form_token::{self, Once};
use super::route::Route;
use super::sign_in_tries::Tries;
use super::visit::Visit;
use super::wording::{Word, Words};
use crate::book::Key;
use crate::calendar::Day;
use crate::catalogue::Catalogue;
use crate::money::Money;
use crate::refusal::{Reason, Refusal};
use crate::reloadable::Part;
use crate::request::{Fields, Item, Mode, Request, Secret, Slots};
use crate::seal::SealKey;
use crate::staff::role::{self, Right, Role};
use crate::staff::second_factor;
use crate::store::{StoreError, book_rows};
use crate::time::Timestamp;
use crate::wallet::Wallet;
use crate::wallet::office::acting_staff::Outcome;
use crate::wallet::office::sign_in::{OnDuty, SESSION_OVER};
use crate::wallet::treasury::equation::Standing;
use crate::wallet::treasury::line_candidates::{After, OpenLines};
use crate::wallet::treasury::open_items::ItemKind;
use std::sync::Arc;
use tokio::sync::{Mutex, Semaphore};

/// Somebody whom everybody may be, in a demo.
#[derive(Debug, Clone, Copy)]
pub struct Played {
    /// What they sign with.
    pub name: &'static str,
    /// Their password.
    pub password: &'static str,
    /// The secret of their second factor.
    pub secret: &'static [u8; second_factor::SECRET_BYTES],
}

/// How many acts may be in hand at once; those of one session wait for each other.
const GATES: usize = 16;

/// How many files may be on their way here at once.
const UPLOADS: usize = 2;

/// The console of a running service. Clones share everything.
#[derive(Debug, Clone)]
pub struct Console {
    /// What it asks.
    pub wallet: Wallet,
    /// The words.
    pub catalogue: Part<Catalogue>,
    /// Whether it is reached by HTTPS alone, and cookies travel no other way.
    pub secure: bool,
    /// Who can be played in it; nobody where it is real.
    pub played: &'static [Played],
    pub(super) key: Arc<SealKey>,
    pub(super) tries: Arc<Tries>,
    pub(super) figures: Counting,
    gates: Arc<[Mutex<()>; GATES]>,
    pub(super) uploads: Arc<Semaphore>,
}

impl Console {
    /// The console of a wallet. What it hands out and takes back is sealed with a key of its own.
    pub fn new(wallet: Wallet, catalogue: Part<Catalogue>, key: SealKey) -> Console {
        let gates = Arc::new(std::array::from_fn(|_| Mutex::new(())));
        let (key, tries) = (Arc::new(key), Arc::default());
        let (figures, uploads) = (Counting::default(), Arc::new(Semaphore::new(UPLOADS)));
        let (secure, played) = (true, &[]);
        Console { wallet, catalogue, secure, played, key, tries, figures, gates, uploads }
    }

    /// The same in a demo, where people can be played, on this machine and without HTTPS.
    pub fn played_by(self, played: &'static [Played]) -> Console {
        Console { secure: false, played, ..self }
    }

    /// What the code of somebody who is played is now, or next if they have used it.
    pub async fn code_of(&self, played: &Played) -> String {
        let now = self.wallet.clock.now();
        let name = played.name;
        let read = move |conn: &mut _| crate::store::staff_rows::by_name(conn, name);
        let row = self.wallet.store.read(read).await.ok().flatten();
        let last = row.map_or(0, |row| row.factor_step);
        let code = second_factor::code_at(played.secret, now);
        match second_factor::step_of(played.secret, &code, last, now) {
            Some(_) => code,
            None => {
                let next = now.plus(std::time::Duration::from_secs(30));
                second_factor::code_at(played.secret, next)
            }
        }
    }
}

/// One visit at it.
#[derive(Debug)]
pub struct Desk<'a> {
    /// The console.
    pub console: &'a Console,
    /// What is asked.
    pub visit: &'a Visit,
    /// In which words it is answered.
    pub words: Words,
    /// Who is at work, if anybody.
    pub duty: Option<OnDuty>,
}

impl Desk<'_> {
    /// Words of the console.
    pub fn say(&self, word: Word) -> String {
        self.words.say(word)
    }

    /// A refusal in words.
    pub fn refused(&self, refusal: &Refusal) -> String {
        self.words.refused(refusal)
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        self.console.wallet.clock.now()
    }

    /// An amount in the market's currency.
    pub fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.console.wallet.config.market.currency)
    }

    /// A time as people here read it.
    pub fn time(&self, micros: i64) -> String {
        let zone = &self.console.wallet.config.market.zone;
        let at = Timestamp::from_micros(micros);
        format!("{} {}", at.date_text(zone), at.clock_text(zone))
    }

    /// A day that is stored, as people here read it.
    pub fn day(&self, stored: &str) -> String {
        stored.parse().map_or_else(|_other| stored.to_owned(), |date| Day::of_date(date).text())
    }

    /// Who is at work, where a page is for those alone.
    pub fn on_duty(&self) -> Result<&OnDuty, Refusal> {
        self.duty.as_ref().ok_or_else(|| SESSION_OVER.into())
    }

    /// Their roles.
    pub fn roles(&self) -> Vec<Role> {
        let of = |duty: &OnDuty| role::parse(&duty.staff.roles).unwrap_or_default();
        self.duty.as_ref().map(of).unwrap_or_default()
    }

    /// Whether they may open a page.
    pub fn may(&self, route: &Route) -> bool {
        self.duty.is_some() && route.lets_in(&self.roles())
    }

    /// Whether an item is only a demo's own money, which is against no bank and stays so.
    pub fn is_of_demo(&self, kind: ItemKind) -> bool {
        !self.console.played.is_empty() && kind == ItemKind::NoStatement
    }

    /// Whether they may approve acts of a kind.
    pub fn may_approve(&self, right: Option<Right>) -> bool {
        right.is_some_and(|right| right.may_approve(&self.roles()))
    }

    /// What a form of theirs is drawn with: the fields that nobody sees.
    pub fn drawn(&self) -> Option<(Once, String)> {
        let session = &self.duty.as_ref()?.session.digest;
        let once = Once::new(self.now(), self.console.wallet.randomness.bytes());
        let token = form_token::token(&self.console.key, session, &once);
        Some((once, token))
    }

    /// The code of whoever is at work, where they are played.
    pub async fn code_to_play(&self) -> String {
        let name = self.duty.as_ref().map(|duty| duty.staff.name.as_str());
        match self.console.played.iter().find(|each| Some(each.name) == name) {
            Some(played) => self.console.code_of(played).await,
            None => String::new(),
        }
    }

    /// The form that came, if it is one of theirs.
    pub fn sent(&self) -> Option<Once> {
        let session = &self.duty.as_ref()?.session.digest;
        let once = Once::read(self.visit.typed("once"))?;
        let shown = self.visit.typed("token");
        form_token::is_right(&self.console.key, session, &once, shown).then_some(once)
    }

    /// Reads something.
    pub async fn read<T: Send + 'static>(
        &self,
        f: impl Fn(&mut crate::store::Conn) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.console.wallet.store.read(f).await.map_err(unread)
    }

    /// How the money stands.
    pub async fn standing(&self) -> Result<Standing, Refusal> {
        self.console.wallet.standing().await.map_err(unread)
    }

    /// Lines that nobody has explained.
    pub async fn open_lines(&self, after: After, limit: i64) -> Result<OpenLines, Refusal> {
        self.console.wallet.open_lines(after, limit).await.map_err(unread)
    }

    /// Does one of several things that one form asks for: that which is about `what`.
    pub async fn act_on(
        &self,
        service: &str,
        fields: Fields,
        what: &str,
    ) -> Result<Outcome, Refusal> {
        let duty = self.on_duty()?;
        let name = [duty.session.digest.as_slice(), what.as_bytes()].concat();
        let key = Key::new(self.now(), service, &name);
        let request =
            Request { mode: Mode::Execute, service: service.to_owned(), fields, secret: None };
        self.console.wallet.act_as_staff(duty, request, key).await
    }

    fn key(&self) -> Result<(Key, &[u8]), Refusal> {
        let session = &self.on_duty()?.session.digest;
        let once = self.sent().ok_or(SESSION_OVER)?;
        Ok((once.key(session), session))
    }

    /// What would be done, without doing it.
    pub async fn look(&self, service: &str, fields: Fields) -> Result<Outcome, Refusal> {
        let key = Key::new(self.now(), "console", &[]);
        let request =
            Request { mode: Mode::Quote, service: service.to_owned(), fields, secret: None };
        self.console.wallet.act_as_staff(self.on_duty()?, request, key).await
    }

    /// Shows something that is recorded first, each time that it is shown.
    pub async fn see(&self, service: &str, fields: Fields) -> Result<(Slots, Vec<Item>), Refusal> {
        let wallet = &self.console.wallet;
        let key = Key::new(self.now(), service, &wallet.randomness.bytes::<16>());
        let request =
            Request { mode: Mode::Execute, service: service.to_owned(), fields, secret: None };
        match wallet.act_as_staff(self.on_duty()?, request, key).await? {
            Outcome::Done(slots, items) => Ok((slots, items)),
            // nobody asks another one whether they may look
            Outcome::Waits(..) => Err(Reason::NOT_ALLOWED.into()),
        }
    }

    /// Does something once, however often the form is sent: `None` where it was done before. With
    /// a `code`, that is shown first.
    pub async fn act(
        &self,
        service: &str,
        fields: Fields,
        code: Option<&str>,
    ) -> Result<Option<Outcome>, Refusal> {
        let request =
            Request { mode: Mode::Execute, service: service.to_owned(), fields, secret: None };
        self.asked(request, code).await
    }

    /// The same of what is chosen in secret.
    pub async fn choose(
        &self,
        service: &str,
        secret: &str,
        code: Option<&str>,
    ) -> Result<Option<Outcome>, Refusal> {
        let secret = Some(Secret::from(secret.to_owned()));
        let (service, fields) = (service.to_owned(), Fields::new());
        self.asked(Request { mode: Mode::Execute, service, fields, secret }, code).await
    }

    async fn asked(
        &self,
        request: Request,
        code: Option<&str>,
    ) -> Result<Option<Outcome>, Refusal> {
        let wallet = &self.console.wallet;
        let (key, session) = self.key()?;
        // two clicks are one after the other: the second sees what the first did
        let which = session.first().map_or(0, |byte| usize::from(*byte).rem_euclid(GATES));
        let gate = self.console.gates.get(which).ok_or(Reason::BUSY)?;
        let _mine = gate.lock().await;
        if self.was_done(key).await? {
            return Ok(None);
        }
        let duty = self.on_duty()?;
        let proved = match code.map(str::trim).filter(|code| !code.is_empty()) {
            Some(code) => Some(wallet.prove(duty, code).await?),
            None => None,
        };
        let done = wallet.act_as_staff(proved.as_ref().unwrap_or(duty), request, key).await;
        match done {
            // another node was faster with the same form
            Err(_) if self.was_done(key).await? => Ok(None),
            done => done.map(Some),
        }
    }

    async fn was_done(&self, key: Key) -> Result<bool, Refusal> {
        let postings = self.read(move |conn| book_rows::postings_with(conn, &[key.bytes()]));
        Ok(!postings.await?.is_empty())
    }
}

fn unread(error: StoreError) -> Refusal {
    tracing::error!(%error, "a page could not be made");
    Reason::BUSY.into()
}
