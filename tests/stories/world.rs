//! A whole service in a test: the demo's world on a fresh database, its own clock, served over HTTP
//! on loopback. People in it have phones.

use super::engine::{Home, blocking};
pub use super::phone::{Phone, Step, Step::*};
use super::template::Template;
use kadogo::app::{self, App, Committer};
use kadogo::book::{Key, Leg, Posting, TRUST};
use kadogo::config::{GatewayAccount, Settings};
use kadogo::gateway::africastalking as at;
use kadogo::gateway::{Typed, UssdCall};
use kadogo::menu_folder::{Folder, Rulebook};
use kadogo::phone::Msisdn;
use kadogo::schedule::Every;
use kadogo::seal::{Randomness, SealKey};
use kadogo::source::Source;
use kadogo::store::Store;
use kadogo::store::outbox::Channel;
use kadogo::tariff::Tariff;
use kadogo::time::{Clock, Timestamp};
use kadogo::wallet::OperatorRules;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

/// Monday, 23 November 2026, 14:05 in Nairobi.
pub const NOON: i64 = 1_795_431_900_000_000;
pub const AMINA: &str = "+254700000001";
pub const BARAKA: &str = "+254700000002";
pub const CLAIRE: &str = "+254700000003";
pub const DAUDI: &str = "+254700000004";
pub const ESTHER: &str = "+254700000005";
pub const STRANGER: &str = "+254711222333";
pub const CODE: &str = "*384*1234#";

/// A running service.
pub struct World {
    pub app: App,
    pub clock: Clock,
    pub url: String,
    pub client: reqwest::Client,
    pub home: Arc<Home>,
    committer: Option<Committer>,
}

/// What may differ from the demo.
#[derive(Default)]
pub struct Twist {
    /// The secrets, the newest first; the usual one when there are none.
    pub secrets: Vec<u8>,
    /// Where messages go; the simulator when not given.
    pub gateway: Option<GatewayAccount>,
    /// Where letters go; the simulator when not given.
    pub mail: Option<kadogo::gateway::smtp::MailAccount>,
    /// How long a caller waits for an answer; a minute when not given, for machines that are busy.
    pub answer_within: Option<Duration>,
    /// What callbacks must carry.
    pub callback_token: Option<&'static str>,
    /// How often commission is paid out by itself.
    pub payout: Option<Every>,
    /// A service whose database the operator's commands take, with the same people; see
    /// `World::real`.
    pub real: bool,
    /// Whether money may be sent to a number that has no wallet.
    pub unjoined: bool,
    /// Whether balance and last payments are behind the PIN.
    pub balance_pin: bool,
    /// In which country; where most stories take place when not given.
    pub market: Option<&'static str>,
}

impl World {
    pub async fn new() -> World {
        World::with(Twist::default()).await
    }

    pub async fn with(twist: Twist) -> World {
        if twist.market.is_some() {
            let clock = Clock::manual(Timestamp::from_micros(NOON));
            return World::on(Arc::new(Home::new()), clock, twist).await;
        }
        // what a service finds at its start is the same whatever its settings
        static FOUNDED: Template = Template::new();
        let home = FOUNDED.copy(async |home: &Home| World::found(home).await).await;
        World::on(Arc::new(home), Clock::manual(Timestamp::from_micros(NOON)), twist).await
    }

    /// Founds a demo and leaves it.
    async fn found(home: &Home) {
        let clock = Clock::manual(Timestamp::from_micros(NOON));
        let settings = settings(home, &Twist::default());
        let (app, committer) =
            App::with(&settings, menus(), clock, Randomness::seeded(42)).await.unwrap();
        drop(app);
        blocking(|| committer.join().unwrap());
    }

    /// A real service on whose database the commands of its operator work too. They have the
    /// machine's clock: two days before is where its people are.
    pub async fn real() -> World {
        let clock = Clock::manual(Clock::System.now().minus(Duration::from_secs(2 * 24 * 3_600)));
        let twist = Twist { real: true, ..Twist::default() };
        let world = World::on(Arc::new(Home::new()), clock, twist).await;
        kadogo::demo::world::seed(&world.app.wallet).await.unwrap();
        world
    }

    /// The same service, which another process has left, a day later.
    pub async fn the_next_day(home: Home) -> World {
        let clock = Clock::manual(Clock::System.now().plus(Duration::from_secs(24 * 3_600)));
        World::on(Arc::new(home), clock, Twist { real: true, ..Twist::default() }).await
    }

    /// Runs a command of the operator's on its database.
    pub fn run(&self, args: &[&str]) -> super::program::Said {
        let secret = "07".repeat(32);
        super::program::run_on(
            &self.home,
            args,
            &[("KADOGO_SECRET", &secret), ("KADOGO_DATABASE_URL", self.home.url())],
        )
    }

    async fn on(home: Arc<Home>, clock: Clock, twist: Twist) -> World {
        let settings = settings(&home, &twist);
        // the same dice for the same world: receipts have the same codes in every run
        let (app, committer) =
            App::with(&settings, menus_of(twist.market), clock.clone(), Randomness::seeded(42))
                .await
                .unwrap();
        let listener = std::net::TcpListener::bind(settings.listen).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = app.state(
            twist.callback_token.map(|token| token.to_owned().into()),
            settings.answer_within,
        );
        tokio::spawn(app::serve(state, listener, true).unwrap());
        let client = kadogo::tls::client().build().unwrap();
        World { app, clock, url, client, home, committer: Some(committer) }
    }

    /// The phone of whoever has this number.
    pub fn phone<'a>(&'a self, number: &str) -> Phone<'a> {
        Phone::of(self, number)
    }

    /// Sends what waits, as the worker would.
    pub async fn deliver(&self) {
        for channel in [Channel::Text, Channel::Mail] {
            while self.app.notify.send_due(channel).await.unwrap() > 0 {}
        }
    }

    /// Posts a form to one of the gateway's callbacks; answers status and body.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> (u16, String) {
        let answer =
            self.client.post(format!("{}{path}", self.url)).form(form).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// Posts a hop in the gateway's own format.
    pub async fn hop(&self, session: &str, number: &str, history: &str) -> String {
        let call = UssdCall {
            gateway: at::NAME,
            session: session.into(),
            service_code: CODE.into(),
            caller: Msisdn::from_e164(number).unwrap(),
            network: at::SANDBOX_NETWORK.into(),
            typed: Typed::Whole(history.into()),
        };
        let (status, body) =
            self.post("/gateways/africastalking/ussd", &at::ussd_form(&call)).await;
        assert_eq!(status, 200, "{body}");
        body
    }

    /// Somebody texts the service; the gateway names the message `id`.
    pub async fn text(&self, number: &str, id: &str, body: &str) -> u16 {
        let form = [
            ("date", "2026-11-23 11:05:00"),
            ("from", number),
            ("id", id),
            ("linkId", ""),
            ("text", body),
            ("to", "22384"),
            ("networkCode", "63902"),
        ];
        self.post("/gateways/africastalking/sms", &form).await.0
    }

    /// Everything a number has been sent.
    pub async fn inbox(&self, number: &str) -> Vec<String> {
        self.deliver().await;
        let messages =
            self.app.notify.inbox(&Msisdn::from_e164(number).unwrap(), 1_000).await.unwrap();
        messages.into_iter().map(|message| message.text).collect()
    }

    /// How many payments wait for a number's yes.
    pub async fn orders_waiting(&self, number: &str) -> usize {
        let caller = self.app.wallet.caller(Msisdn::from_e164(number).unwrap()).await.unwrap();
        self.app.wallet.orders_waiting(caller.person.unwrap().account_id).await.unwrap()
    }

    /// From now on services cost what this tariff says.
    pub fn prices(&self, tariff: impl Into<String>) {
        let source = Source::new("tariff.toml", tariff);
        let tariff = Tariff::parse(&source, &kadogo::wallet::priced()).unwrap();
        self.app.change_policy(|policy| policy.tariff = tariff);
    }

    /// Somebody is paid from the trust account.
    pub async fn give(&self, number: &str, amount_minor: i64) {
        let caller = self.app.wallet.caller(Msisdn::from_e164(number).unwrap()).await.unwrap();
        let key = Key::new(self.clock.now(), "gift", number.as_bytes());
        let legs = vec![
            Leg { account: TRUST, amount_minor: -amount_minor },
            Leg { account: caller.person.unwrap().account_id, amount_minor },
        ];
        let gift = Posting { kind: "issue", legs, ..self.app.wallet.note(key, Vec::new()) };
        self.app.wallet.book.post(gift).await.unwrap();
    }

    /// Everything on disk: the database and what waits to be folded into it.
    pub fn stored_bytes(&self) -> Vec<u8> {
        self.home.stored_bytes()
    }

    /// Balance of a number's wallet, minor units.
    pub async fn balance(&self, number: &str) -> i64 {
        let people = kadogo::demo::world::people(&self.app.wallet).await.unwrap();
        people.into_iter().find(|person| person.phone == number).unwrap().balance_minor
    }

    /// The book as its check sees it: panics unless it is whole.
    pub fn check(&self) -> kadogo::book::check::CheckReport {
        check(&self.app.wallet.store)
    }

    /// Another node on the same database, with a committer of its own.
    pub async fn beside(&self, twist: Twist) -> World {
        World::on(self.home.clone(), self.clock.clone(), twist).await
    }

    /// Whether a node starts with these secrets; what it says if not.
    pub async fn starts_with_secrets(&self, secrets: &[u8]) -> Result<(), String> {
        let twist = Twist { secrets: secrets.to_vec(), ..Twist::default() };
        let settings = settings(&self.home, &twist);
        let started =
            App::with(&settings, menus(), Clock::manual(self.clock.now()), Randomness::seeded(1));
        started.await.map(|_app| ()).map_err(|error| format!("{error:#}"))
    }

    /// Another node, whose clock shows something else.
    pub async fn beside_at(&self, clock: Clock, twist: Twist) -> World {
        World::on(self.home.clone(), clock, twist).await
    }

    /// Ends the service as a plug that is pulled would, and starts another one on the same
    /// database.
    pub async fn restart(self) -> World {
        self.restart_with(Twist::default()).await
    }

    /// The same after a crash: what was typed since the last flush is lost.
    pub async fn crash(mut self) -> World {
        let home = self.home.clone();
        let clock = self.clock.clone();
        self.committer.take();
        drop(self);
        World::on(home, clock, Twist::default()).await
    }

    /// Stores changed conversations, as it is done a few times a second while a service runs.
    pub async fn flush(&self) {
        self.app.ussd.sessions.flush().await.unwrap();
    }

    /// The same, with other settings.
    pub async fn restart_with(mut self, twist: Twist) -> World {
        let home = self.home.clone();
        let clock = self.clock.clone();
        self.flush().await;
        self.committer.take();
        drop(self);
        World::on(home, clock, twist).await
    }
}

/// The menus that Kadogo comes with: they are read and checked once.
fn menus() -> Rulebook {
    static READ: LazyLock<Rulebook> = LazyLock::new(|| Folder::embedded().check("ke").unwrap().0);
    READ.clone()
}

fn menus_of(market: Option<&str>) -> Rulebook {
    market.map_or_else(menus, |code| Folder::embedded().check(code).unwrap().0)
}

fn settings(home: &Home, twist: &Twist) -> Settings {
    Settings {
        listen: ([127, 0, 0, 1], 0).into(),
        console_listen: None,
        metrics_listen: None,
        console_url: "https://staff.example.org".parse().ok(),
        database_url: home.url().into(),
        menus: None,
        market: None,
        service_code: CODE.into(),
        names: kadogo::service_names::ServiceNames::default(),
        answer_within: twist.answer_within.unwrap_or(Duration::from_secs(60)),
        secret: SealKey::new([twist.secrets.first().copied().unwrap_or(7); 32]),
        old_secrets: twist.secrets.iter().skip(1).map(|byte| SealKey::new([*byte; 32])).collect(),
        callback_token: None,
        gateway: twist.gateway.clone(),
        mail: twist.mail.clone(),
        keep_messages: Duration::from_secs(90 * 86_400),
        keep_conversations: Duration::from_secs(90 * 86_400),
        rules: OperatorRules {
            reversal_quota: 3,
            payout: twist.payout,
            unjoined: twist.unjoined,
            balance_pin: twist.balance_pin,
            grace: std::time::Duration::from_secs(24 * 3_600),
        },
        more_prices: "",
        demo: !twist.real,
        showcase: false,
    }
}

/// Whether these bytes hold this text.
pub fn holds(bytes: &[u8], text: &str) -> bool {
    let text = regex::bytes::Regex::new(&format!("(?-u){}", regex::escape(text))).unwrap();
    text.is_match(bytes)
}

/// Waits for all of them, which run side by side.
pub async fn all<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut pending: Vec<_> = futures.into_iter().map(Box::pin).collect();
    let mut done: Vec<Option<F::Output>> = pending.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (future, slot) in pending.iter_mut().zip(&mut done) {
            if slot.is_none()
                && let std::task::Poll::Ready(output) = future.as_mut().poll(context)
            {
                *slot = Some(output);
            }
        }
        if done.iter().all(Option::is_some) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    done.into_iter().flatten().collect()
}

/// Checks a book: panics unless it is whole.
pub fn check(store: &Store) -> kadogo::book::check::CheckReport {
    let report =
        blocking(|| kadogo::book::check::check(&mut store.reader().unwrap(), |_, _| ()).unwrap());
    assert!(report.is_whole(), "{:#?}", report.faults);
    report
}
