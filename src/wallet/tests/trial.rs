//! Decisions tried without a database: a small world of facts, in which every want is answered from
//! memory and by nothing where nobody said otherwise. Each trial also holds what was decided
//! against what the service says of itself: a slot that it does not declare, or a message with
//! other values, fails.

mod rows;
mod wakes;

pub use super::outcome::{Outcome, conforms};
pub use rows::{account, posting};

use super::super::context::{Context, Peers};
use super::super::planning::{Given, Job};
use super::super::policy::Policy;
use super::super::service::{Decide, Service, Unrecorded, Wants};
use super::super::{Caller, OperatorRules, ServiceConfig};
use super::nothing::nothing;
use super::outcome::conforms_refused;
use crate::book::Key;
use crate::id::{AccountId, Id, PostingId};
use crate::id_digest::IdKey;
use crate::limits::Limits;
use crate::market::Market;
use crate::matching::Rules;
use crate::phone::Msisdn;
use crate::pin::{Pin, PinKeys};
use crate::request::{Fields, Mode, Secret};
use crate::seal::SealKey;
use crate::source::Source;
use crate::staff::bands::Bands;
use crate::store::agent_rows::{AgentPost, OutletRow, OutletState};
use crate::store::assistants::AssistantRow;
use crate::store::book_rows::Account;
use crate::store::facts::{Facts, Found, Roster};
use crate::store::holders::AccountHolder;
use crate::store::people::PersonRow;
use crate::store::wants::Want;
use crate::tariff::Tariff;
use crate::time::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Monday, 23 November 2026, 11:05 in Nairobi.
pub const NOW: Timestamp = Timestamp::from_micros(1_795_421_100_000_000);
/// Everybody's PIN.
pub const PIN: &str = "7361";

/// A world of facts.
pub struct Trial {
    pub config: ServiceConfig,
    pub policy: Arc<Policy>,
    pub now: Timestamp,
    known: BTreeMap<Want, Found>,
}

/// A request about to be made.
pub struct Request<'t> {
    trial: &'t Trial,
    service: &'static Service,
    steps: &'static [Wants],
    decide: Decide,
    caller: Caller,
    fields: Fields,
    secret: Option<Secret>,
    given: Given,
    peers: &'static Peers,
}

impl Trial {
    /// Nobody has joined yet.
    pub fn new() -> Trial {
        let tariff =
            Source::new("menus/tariff.toml", include_str!("../../../menus/markets/ke/tariff.toml"));
        let limits =
            Source::new("menus/limits.toml", include_str!("../../../menus/markets/ke/limits.toml"));
        let config = ServiceConfig {
            market: Market::kenya().into(),
            pin_keys: PinKeys::new(&SealKey::new([1; 32]), &[]),
            id_key: IdKey::new(&SealKey::new([3; 32])),
            factor_keys: vec![SealKey::new([5; 32])],
            reference_key: [7; 16],
            rules: OperatorRules {
                reversal_quota: 3,
                payout: None,
                unjoined: true,
                balance_pin: false,
                grace: std::time::Duration::from_secs(24 * 3_600),
            },
            brand: "Kadogo".to_owned(),
            mails: true,
            dial: "*384*1234#".to_owned(),
            console_url: None,
        };
        let tariff = Tariff::parse(&tariff, &crate::wallet::priced()).unwrap();
        let limits = Limits::parse(&limits).unwrap();
        let bands = include_str!("../../../menus/markets/ke/approvals.toml");
        let bands = Bands::parse(&Source::new("menus/approvals.toml", bands)).unwrap();
        let matching = include_str!("../../../menus/matching.toml");
        let matching = Rules::parse(&Source::new("menus/matching.toml", matching)).unwrap();
        let policy = Arc::new(Policy { tariff, limits, bands, matching });
        Trial { config, policy, now: NOW, known: BTreeMap::new() }
    }

    /// The same with another tariff.
    pub fn tariff(mut self, toml: &str) -> Trial {
        let tariff = Source::new("tariff.toml", toml);
        let tariff = Tariff::parse(&tariff, &crate::wallet::priced()).unwrap();
        Arc::make_mut(&mut self.policy).tariff = tariff;
        self
    }

    /// This is so.
    pub fn set(&mut self, want: Want, found: Found) {
        self.known.insert(want, found);
    }

    /// Somebody has joined, with this number, and has so much, minor units.
    pub fn person(
        &mut self,
        account_id: AccountId,
        msisdn: &str,
        name: &str,
        balance_minor: i64,
    ) -> PersonRow {
        let person = PersonRow {
            account_id,
            version: 1,
            last_posting: PostingId::NONE,
            msisdn: msisdn.to_owned(),
            name: name.to_owned(),
            language: "en".to_owned(),
            joined_at: 0,
            tier: "full".to_owned(),
        };
        self.holder(&person, account(account_id.number(), balance_minor));
        person
    }

    /// Somebody stands like this: whoever asks for them, their account or their PIN finds it.
    pub fn holder(&mut self, person: &PersonRow, account: Account) {
        let pin =
            Some(self.config.tagged(person.account_id.into(), &Pin::parse(PIN).unwrap(), [5; 16]));
        let holder =
            AccountHolder { person: person.clone(), account, budget: None, pin, newest: None };
        self.place(holder);
    }

    /// Whoever asks for them, their account or their PIN finds this.
    fn place(&mut self, holder: AccountHolder) {
        let account = holder.account.clone();
        let person = holder.person.clone();
        let number = Want::Number(person.msisdn.clone());
        self.set(Want::Pin(person.account_id.into()), Found::Pin(holder.pin.clone()));
        self.set(Want::Account(account.id), Found::Account(Some(account)));
        self.set(Want::Owner(person.account_id), Found::Holder(Box::new(Some(holder.clone()))));
        self.set(number, Found::Holder(Box::new(Some(holder))));
        self.set(Want::Person(person.account_id), Found::Person(Some(person)));
    }

    /// Changes how somebody stands.
    pub fn change(&mut self, person: &PersonRow, change: impl FnOnce(&mut AccountHolder)) {
        let Some(Found::Holder(found)) = self.known.get(&Want::Owner(person.account_id)).cloned()
        else {
            panic!("nobody")
        };
        let mut holder = found.unwrap();
        change(&mut holder);
        self.place(holder);
    }

    /// Whose wallet this is.
    pub fn person_of(&self, account_id: AccountId) -> PersonRow {
        let Some(Found::Person(Some(person))) = self.known.get(&Want::Person(account_id)) else {
            panic!("nobody")
        };
        person.clone()
    }

    /// An outlet with so much float, where this person serves.
    pub fn outlet(
        &mut self,
        float_account: AccountId,
        name: &str,
        float_minor: i64,
        server: &PersonRow,
    ) -> OutletRow {
        let commission_account = Id::of(float_account.number() + 1);
        let outlet = OutletRow {
            float_account,
            version: 1,
            last_posting: PostingId::NONE,
            commission_account,
            head_office: None,
            name: name.to_owned(),
            area: "Kibera".to_owned(),
            state: OutletState::Open,
            opened_at: 0,
            low_float_minor: None,
        };
        let id = Id::of(float_account.number() + 2);
        let assistant = AssistantRow::begins(id, server.account_id, float_account, 0);
        let post = AgentPost { assistant: assistant.clone(), outlet: outlet.clone() };
        self.set(Want::Outlet(float_account), Found::Outlet(Some(outlet.clone())));
        self.set(Want::OutletsOf(vec![float_account]), Found::Outlets(vec![outlet.clone()]));
        self.set(
            Want::Account(float_account),
            Found::Account(Some(account(float_account.number(), float_minor))),
        );
        self.set(
            Want::Account(commission_account),
            Found::Account(Some(account(commission_account.number(), 0))),
        );
        self.set(Want::Post(server.account_id), Found::Post(Box::new(Some(post))));
        let people = vec![server.clone()];
        let roster = Roster { people, assistants: vec![assistant.id], shifts: Vec::new() };
        self.set(Want::Roster(float_account), Found::Roster(roster));
        let pin = self.config.tagged(assistant.id.into(), &Pin::parse(PIN).unwrap(), [6; 16]);
        self.set(Want::Pin(assistant.id.into()), Found::Pin(Some(pin)));
        outlet
    }

    /// Who this is when they call.
    pub fn caller(&self, person: &PersonRow) -> Caller {
        let post = self.known.get(&Want::Post(person.account_id));
        let post = if let Some(Found::Post(post)) = post { post.as_ref().clone() } else { None };
        let msisdn = Msisdn::from_e164(&person.msisdn).unwrap();
        let person = Some(person.clone());
        Caller { person, settled: true, post, ..Caller::of(msisdn, None) }
    }

    /// Somebody without a wallet, when they call.
    pub fn stranger(&self, msisdn: &str) -> Caller {
        let msisdn = Msisdn::from_e164(msisdn).unwrap();
        Caller::of(msisdn, None)
    }

    /// A request of theirs.
    pub fn ask(&self, service: &'static Service, caller: Caller) -> Request<'_> {
        Request {
            trial: self,
            service,
            steps: service.wants,
            decide: service.decide,
            caller,
            fields: Fields::new(),
            secret: None,
            given: Given::default(),
            peers: &super::super::PEERS,
        }
    }

    fn answer(&self, want: &Want, caller: &Caller) -> Found {
        if let Want::Caller(msisdn, _) = want
            && msisdn == caller.msisdn.e164()
            && !self.known.contains_key(want)
        {
            let Caller { person, settled, post, order_waits, is_staff, .. } = caller.clone();
            let profile = person.map(|person| crate::store::holders::CallerProfile {
                person,
                pin_attempts: settled.then_some(0),
                post,
                order_waits,
                is_staff,
            });
            return Found::Caller(Box::new(profile));
        }
        self.known.get(want).cloned().unwrap_or_else(|| nothing(want))
    }
}

impl Request<'_> {
    /// With this input.
    pub fn with(mut self, field: &str, value: &str) -> Self {
        self.fields.insert(field.to_owned(), value.to_owned());
        self
    }

    /// Where these are all the services.
    pub fn among(mut self, services: &'static [Service]) -> Self {
        self.peers = Box::leak(Box::new(super::super::service::peers(services)));
        self
    }

    /// With this secret typed.
    pub fn secret(mut self, secret: &str) -> Self {
        self.secret = Some(Secret::from(secret.to_owned()));
        self
    }

    /// As an answer that is told again, of what was recorded as this posting or as none.
    pub fn again(mut self, posting: Option<PostingId>) -> Self {
        self.given = Given { posting, ..execution() };
        self.steps = self.service.replay.wants;
        let replay = &self.service.replay;
        self.decide = match (posting, replay.recorded, replay.unrecorded) {
            (Some(_), Some(shows), _) | (None, _, Unrecorded::Shows(shows)) => shows,
            _ => panic!("{} shows nothing more", self.service.name),
        };
        self
    }

    /// Are the inputs so far acceptable?
    pub fn check(self) -> Outcome {
        self.run(Mode::Check)
    }

    /// What would it do?
    pub fn quote(self) -> Outcome {
        self.run(Mode::Quote)
    }

    /// What is there to choose from?
    pub fn list(self) -> Outcome {
        self.run(Mode::List)
    }

    /// What is to be committed?
    pub fn execute(mut self) -> Outcome {
        self.given = Given { posting: self.given.posting, ..execution() };
        self.secret = self.secret.or_else(|| Some(Secret::from(PIN.to_owned())));
        self.run(Mode::Execute)
    }

    /// What this decides on what it wants, which no request asks for: the work of the service
    /// itself.
    pub fn work<T>(self, wants: &[Want], decide: impl FnOnce(&Context) -> T) -> T {
        let trial = self.trial;
        let caller = self.caller.clone();
        let mut facts = Facts::default();
        for want in wants {
            facts.put(want.clone(), trial.answer(want, &caller));
        }
        decide(&self.job(Mode::Execute).context(&caller, &facts))
    }

    fn run(self, mode: Mode) -> Outcome {
        let trial = self.trial;
        let caller = self.caller.clone();
        let service = self.service;
        let job = self.job(mode);
        let mut facts = Facts::default();
        for step in 0..job.steps() {
            let Ok(wants) = job.wants(step, &facts) else { break };
            for want in wants {
                let found = trial.answer(&want, &caller);
                facts.put(want, found);
            }
        }
        let (plan, error) = job.tried(&facts);
        conforms(service, &plan);
        error.iter().for_each(|error| conforms_refused(service, error));
        Outcome { plan, error }
    }

    fn job(self, mode: Mode) -> Job {
        let trial = self.trial;
        let rules = trial.config.rules;
        let mails = trial.config.mails;
        Job {
            config: Arc::new(ServiceConfig { rules, mails, ..Trial::new().config }),
            policy: trial.policy.clone(),
            peers: self.peers,
            service: self.service,
            steps: self.steps,
            decide: self.decide,
            caller: self.caller,
            fields: self.fields,
            secret: self.secret,
            mode,
            now: trial.now,
            salt: [9; 16],
            given: self.given,
        }
    }
}

fn execution() -> Given {
    Given { key: Some(Key::new(NOW, "trial", b"one")), fresh_id: 9_000, posting: None }
}
