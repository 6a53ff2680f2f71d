//! A node that goes through a deal: this test binary, started once more as a process of its own. It
//! takes the steps of one script one after the other, says each as soon as it is acknowledged, and
//! can be told to begin anywhere in it. What each step leaves stands with it, for the judge.

use super::stepper::{self, Stepper};
use kadogo::app::{App, Committer};
use kadogo::book::Key;
use kadogo::config::{DEMO_SECRET, Settings};
use kadogo::demo::staff_on_show;
use kadogo::menu_folder::Folder;
use kadogo::phone::Msisdn;
use kadogo::refusal::Refusal;
use kadogo::request::{Answer, Fields, Mode, Request};
use kadogo::seal::{Randomness, SealKey};
use kadogo::time::{Clock, Timestamp};
use kadogo::wallet::deals::judging;
use kadogo::wallet::{Execution, OperatorRules, Wallet};
use std::time::Duration;

const BUYER: (&str, &str) = ("+254700000001", "7361");
const SELLER: (&str, &str) = ("+254700000004", "8053");
const PRICE: i64 = 20_000;
const FEE: i64 = 1_000;

/// Says to this test binary that it is a dealer, of which deal, and where it begins.
const URL: &str = "KADOGO_FIRE_DEALER";
const NUMBER: &str = "KADOGO_FIRE_DEAL";
const STEP: &str = "KADOGO_FIRE_STEP";

/// Who takes a step.
#[derive(Clone, Copy)]
enum Who {
    Buyer,
    Seller,
    Staff(&'static str),
}

use Who::{Buyer, Seller, Staff};

/// A step: who does what, in which state it leaves the deal, and what the buyer and the seller have
/// more by then than before the deal.
#[derive(Clone, Copy)]
pub struct Step {
    who: Who,
    does: &'static str,
    more: &'static [(&'static str, &'static str)],
    pub state: &'static str,
    pub wealth: (i64, i64),
}

const fn step(
    who: Who,
    does: &'static str,
    more: &'static [(&'static str, &'static str)],
    state: &'static str,
    wealth: (i64, i64),
) -> Step {
    Step { who, does, more, state, wealth }
}

const NONE: (i64, i64) = (0, 0);
const IN: (i64, i64) = (-PRICE - FEE, 0);
const OUT: (i64, i64) = (-PRICE - FEE, PRICE);
const WRONG: &[(&str, &str)] = &[("problem", "broken"), ("why", "It is broken")];
const OPEN: Step = step(Buyer, "safe_pay", &[("release", "hand")], "offered", NONE);
const ACCEPT: Step = step(Seller, "accept_deal", &[], "accepted", NONE);
const FUND: Step = step(Buyer, "fund_deal", &[], "funded", IN);
const DELIVER: Step = step(Seller, "deliver_deal", &[], "delivered", IN);
const DISPUTE: Step = step(Buyer, "dispute_deal", WRONG, "disputed", IN);

/// The ways that a deal goes here.
pub const SCRIPTS: [&[Step]; 6] = [
    &[OPEN, ACCEPT, FUND, DELIVER, step(Buyer, "release_deal", &[], "released", OUT)],
    &[
        step(Buyer, "safe_pay", &[("release", "door")], "offered", NONE),
        ACCEPT,
        FUND,
        step(Seller, "collect_deal", &[("code", "of the buyer")], "released", OUT),
    ],
    &[
        OPEN,
        step(Seller, "counter_deal", &[("amount", "20000"), ("deliver", "5")], "countered", NONE),
        step(Buyer, "accept_deal", &[], "accepted", NONE),
        FUND,
        DISPUTE,
        step(Seller, "offset_deal", &[("amount", "8000")], "disputed", IN),
        step(Buyer, "agree_deal", &[], "settled", (-12_600, 12_000)),
    ],
    &[
        OPEN,
        ACCEPT,
        FUND,
        DELIVER,
        step(Seller, "take_back_deal", &[], "returning", IN),
        step(Buyer, "return_deal", &[("code", "of the seller")], "refunded", NONE),
    ],
    &[
        OPEN,
        ACCEPT,
        FUND,
        DISPUTE,
        step(Staff("wanjiku"), "propose", &[], "proposed", IN),
        step(Staff("otieno"), "confirm", &[], "ruled", IN),
        step(Seller, "appeal_deal", &[("why", "It was whole")], "appealed", IN),
        step(Staff("njeri"), "propose", &[], "reproposed", IN),
        step(Staff("mutua"), "confirm", &[], "decided", (-10_500, 10_000)),
    ],
    &[
        OPEN,
        ACCEPT,
        FUND,
        step(Buyer, "release_part", &[("amount", "5000")], "funded", (-21_000, 5_000)),
        step(Seller, "refund_deal", &[], "refunded", (-5_250, 5_000)),
    ],
];

/// The script of a deal.
pub fn script(number: usize) -> &'static [Step] {
    SCRIPTS[number % SCRIPTS.len()]
}

/// Starts one that begins with this step of this deal.
pub fn start(url: &str, number: usize, first: usize) -> Stepper {
    let env = [(URL, url.to_owned()), (NUMBER, number.to_string()), (STEP, first.to_string())];
    Stepper::start("dealer::is_another_process", &env)
}

/// Not a story: what a dealer does.
#[test]
fn is_another_process() {
    let Ok(url) = std::env::var(URL) else { return };
    let number: usize = std::env::var(NUMBER).unwrap().parse().unwrap();
    let first: usize = std::env::var(STEP).unwrap().parse().unwrap();
    stepper::begins();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    runtime.unwrap().block_on(async {
        let (app, committer) = node(url, Clock::System).await;
        let steps: Vec<Step> = script(number).to_vec();
        if let Some(before) = first.checked_sub(1) {
            // whoever has no answer asks again: what was done is not done twice
            let _ = take(&app.wallet, number, before, steps[before]).await;
        }
        for (place, step) in steps.iter().enumerate().skip(first) {
            take(&app.wallet, number, place, *step).await.unwrap();
            stepper::answered(place).await;
        }
        drop(app);
        tokio::task::spawn_blocking(|| committer.join().unwrap()).await.unwrap();
    });
}

/// A demo within this process, with its people, whose workers rest.
pub async fn node(url: String, clock: Clock) -> (App, Committer) {
    let menus = Folder::embedded().check("ke").unwrap().0;
    App::with(&settings(url), menus, clock, Randomness::os().unwrap()).await.unwrap()
}

fn settings(url: String) -> Settings {
    Settings {
        listen: ([127, 0, 0, 1], 0).into(),
        console_listen: None,
        metrics_listen: None,
        console_url: None,
        database_url: url.into(),
        menus: None,
        market: None,
        service_code: "*384*1234#".into(),
        names: kadogo::service_names::ServiceNames::default(),
        answer_within: Duration::from_secs(60),
        secret: SealKey::from_hex(DEMO_SECRET).unwrap(),
        old_secrets: Vec::new(),
        callback_token: None,
        gateway: None,
        mail: None,
        keep_messages: Duration::from_secs(90 * 86_400),
        keep_conversations: Duration::from_secs(90 * 86_400),
        rules: OperatorRules {
            reversal_quota: 3,
            payout: None,
            unjoined: false,
            balance_pin: false,
            grace: Duration::from_secs(24 * 3_600),
        },
        more_prices: "",
        demo: true,
        showcase: false,
    }
}

/// Takes a step; or why it is not taken.
async fn take(wallet: &Wallet, number: usize, place: usize, step: Step) -> Result<(), String> {
    let opens = place == 0;
    let deal = if opens { None } else { Some(open_deal(wallet).await) };
    let (who, pin) = match step.who {
        Buyer => BUYER,
        Seller => SELLER,
        Staff(name) => return decides(wallet, &deal.unwrap().1, name, step.does).await,
    };
    let mut fields = Fields::new();
    if opens {
        let usual = [("side", "buy"), ("to", SELLER.0), ("amount", "20000"), ("goods", "phone")];
        fields.extend(usual.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
    fields.extend(deal.map(|(id, _code)| ("deal".to_owned(), id)));
    for (name, value) in step.more {
        let value = match *value {
            "of the buyer" => digits(wallet, BUYER, number, &fields).await,
            "of the seller" => digits(wallet, SELLER, number, &fields).await,
            value => value.to_owned(),
        };
        fields.insert((*name).to_owned(), value);
    }
    acts(wallet, (who, pin), (number, place), step.does, fields).await.map(|_digits| ())
}

/// What is done with a service under a key of this deal and step; the code that it shows.
async fn acts(
    wallet: &Wallet,
    (who, pin): (&str, &str),
    (number, place): (usize, usize),
    service: &str,
    fields: Fields,
) -> Result<String, String> {
    let caller = wallet.caller(Msisdn::from_e164(who).unwrap()).await.unwrap();
    let secret = Some(pin.to_owned().into());
    let request = Request { mode: Mode::Execute, service: service.into(), fields, secret };
    let named = format!("{number} {place} {service}");
    let key = Key::new(Timestamp::from_micros(0), "dealer", named.as_bytes());
    let execution = Execution { key, side_effects: Vec::new() };
    match wallet.act(&caller, request, execution).await.answer {
        Answer::Facts { slots, .. } => {
            Ok(slots.get("door_code").map(ToString::to_string).unwrap_or_default())
        }
        Answer::Refused(refusal) => Err(refusal.code().to_owned()),
        other @ (Answer::Items(_) | Answer::Late) => panic!("{other:?}"),
    }
}

async fn digits(wallet: &Wallet, who: (&str, &str), number: usize, fields: &Fields) -> String {
    let deal = fields.get_key_value("deal").map(|(name, id)| (name.clone(), id.clone()));
    // who was killed when they had seen it sees it again: that is another look
    let look = 1_000 + usize::try_from(std::process::id()).unwrap();
    acts(wallet, who, (number, look), "deal_code", deal.into_iter().collect()).await.unwrap()
}

/// The number and the code of the only deal that is open.
async fn open_deal(wallet: &Wallet) -> (String, String) {
    let caller = wallet.caller(Msisdn::from_e164(BUYER.0).unwrap()).await.unwrap();
    let fields = Fields::new();
    let ask = Request { mode: Mode::List, service: "deals".into(), fields, secret: None };
    let list = wallet.answer(&caller, ask).await;
    let Answer::Items(items) = list else { panic!("{list:?}") };
    let [item] = &items[..] else { panic!("{items:?}") };
    (item.id.clone(), item.slots["deal"].to_string())
}

async fn decides(wallet: &Wallet, code: &str, name: &str, what: &str) -> Result<(), String> {
    let version = wallet.deal(code).await.unwrap().deal.row.version;
    let (seen, back) = (version.to_string(), (PRICE / 2).to_string());
    let named = [("deal", code), ("seen", &seen)];
    let why = "the photos show a crack";
    let ruling = [("back", &*back), ("cause", "damaged"), ("why", why)];
    let (service, inputs) = match what {
        "confirm" => (judging::CONFIRM.name, named.to_vec()),
        _propose => (judging::PROPOSE.name, [&named[..], &ruling[..]].concat()),
    };
    let refused = |refusal: Refusal| refusal.code().to_owned();
    let duty = staff_on_show::colleague(wallet, name, "care_lead").await.map_err(refused)?;
    let said = staff_on_show::act(wallet, &duty, service, &inputs).await;
    said.map(|_outcome| ()).map_err(refused)
}
