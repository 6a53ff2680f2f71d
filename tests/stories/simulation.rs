//! Many people on the whole service, seeded: they dial, answer sensibly and not, hang up, come
//! back, change and mistype PINs, join, write texts; the gateway brings steps twice, in parallel,
//! late, out of order; steps are cut off in the middle; time jumps. After some steps the books are
//! compared with what people were told on screens and in messages:
//!   every balance is what the acknowledged payments make of it, all of them together zero, none
//!   below zero; there is no payment that nobody was told of, none twice, and each has its two
//!   receipts in the outbox; tries at PINs are counted exactly; nobody is offered to continue what
//!   is finished.
//! Every 100 steps the whole book is checked.
//!
//! What people do follows from the seed alone; only the moment of a cut and the order of parallel
//! steps are the machine's. A failure prints the seed. The long form compares after each step; it,
//! or another seed:
//!   KADOGO_SIM_SEED=7 KADOGO_SIM_STEPS=20000 cargo test --test stories simulation

use super::bank::Bank;
use super::crowd::{Luck, PIN_SCREENS, Person};
use super::engine::either;
use super::world::World;
use kadogo::gateway::{Text, UssdCall};
use kadogo::language::Language;
use kadogo::request::Slots;
use kadogo::store::{Conn, dedup};
use kadogo::ussd::progress::HopOutcome;
use std::sync::Arc;
use std::time::Duration;

const SEED: u64 = 20_261_123;
const COMPARE_EVERY: usize = 10;
const CHECK_EVERY: usize = 100;
/// Steps that are cut off and then brought again: each waits two seconds for the first one's
/// answer.
const BROUGHT_AGAIN_MAX: usize = 3;

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |value| value.parse().unwrap())
}

/// Prints how to see a failure again.
struct Seed(u64, usize);

impl Drop for Seed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("failed after {} steps; once more, and compared at each:", self.1);
            eprintln!(
                "  KADOGO_SIM_SEED={} KADOGO_SIM_STEPS={} cargo test --test stories simulation",
                self.0,
                self.1.saturating_add(1)
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_people_for_a_long_time() {
    let mut seed = Seed(setting("KADOGO_SIM_SEED", SEED), 0);
    let steps = usize::try_from(setting("KADOGO_SIM_STEPS", either(2_500, 700))).unwrap();
    let compare_every = if std::env::var("KADOGO_SIM_STEPS").is_ok() { 1 } else { COMPARE_EVERY };
    let mut simulation = Simulation::new(seed.0).await;
    for step in 0..steps {
        seed.1 = step;
        simulation.step().await;
        if step % compare_every == 0 {
            simulation.bank.compare(&simulation.world, &simulation.people).await;
        }
        if step % CHECK_EVERY == 0 {
            simulation.world.check();
        }
    }
    simulation.end().await;
}

struct Simulation {
    world: World,
    luck: Luck,
    people: Vec<Person>,
    everybody: Vec<String>,
    bank: Bank,
    named: usize,
    brought_again: usize,
    repeated: usize,
}

impl Simulation {
    async fn new(seed: u64) -> Simulation {
        let world = World::new().await;
        let mut seeded = kadogo::demo::world::people(&world.app.wallet).await.unwrap();
        // agents are another story
        seeded.retain(|person| person.agent.is_none());
        let mut people: Vec<Person> =
            seeded.iter().map(|p| Person::new(&p.phone, p.pin.as_deref())).collect();
        people.extend((1..=5).map(|n| Person::new(&format!("+25471100000{n}"), None)));
        let everybody = people.iter().map(|person| person.number.clone()).collect();
        let bank = Bank::new(&world, &seeded).await;
        Simulation {
            world,
            luck: Luck::new(seed),
            people,
            everybody,
            bank,
            named: 0,
            brought_again: 0,
            repeated: 0,
        }
    }

    async fn step(&mut self) {
        let who = self.luck.below(self.people.len());
        match self.luck.below(100) {
            0..60 => self.goes_on(who, 1).await,
            60..68 => self.goes_on(who, 3).await,
            68..73 => self.rush().await,
            73..78 => self.hangs_up(who),
            78..83 => self.comes_late(who).await,
            83..89 => self.writes(who).await,
            89..91 => self.text_comes_again(who).await,
            91..94 => self.world.deliver().await,
            94..97 => self.time_passes().await,
            _ => self.is_cut_off(who).await,
        }
    }

    fn name(&mut self, what: &str) -> String {
        self.named += 1;
        format!("{what}-{}", self.named)
    }

    /// Types the next answer, or dials; returns what was typed.
    fn moves(&mut self, who: usize) -> String {
        let session = self.name("session");
        let along = ["", "", "", "", "1", "1*0700000002", "1*0700000001*50*1*7361", "2*1"];
        let along = self.luck.pick(&along);
        let person = &mut self.people[who];
        let typed = if person.open {
            let typed = person.answer(&self.luck, &self.everybody);
            person.types(&typed);
            typed
        } else {
            person.dials(session, along);
            String::new()
        };
        person.remember(self.world.clock.now());
        typed
    }

    /// Sends a step so many times at once; all copies must be answered alike.
    async fn goes_on(&mut self, who: usize, copies: usize) {
        let typed = self.moves(who);
        let call = self.people[who].call();
        let outcomes = self.send(vec![call; copies]).await;
        let screens: Vec<_> = outcomes.iter().map(|outcome| &outcome.screen).collect();
        assert!(screens.windows(2).all(|pair| pair[0] == pair[1]), "copies differ: {outcomes:#?}");
        // the one that did it knows where that led
        let first = outcomes.iter().find(|outcome| !outcome.at.is_empty()).unwrap_or(&outcomes[0]);
        self.reads(who, &typed, first).await;
        if first.at == "balance" {
            let balance = self.bank.balance_text(&self.people[who].number);
            let text = &first.screen.text;
            assert!(text.contains(&balance), "{balance} expected: {text}");
        }
    }

    /// Several people at the same moment.
    async fn rush(&mut self) {
        let start = self.luck.below(self.people.len());
        let crowd: Vec<usize> = (0..4).map(|n| (start + n) % self.people.len()).collect();
        let typed: Vec<String> = crowd.iter().map(|who| self.moves(*who)).collect();
        let calls = crowd.iter().map(|who| self.people[*who].call()).collect();
        let outcomes = self.send(calls).await;
        for ((who, typed), outcome) in crowd.into_iter().zip(typed).zip(outcomes) {
            self.reads(who, &typed, &outcome).await;
        }
    }

    async fn send(&self, calls: Vec<UssdCall>) -> Vec<HopOutcome> {
        let mut hops = Vec::new();
        for call in calls {
            let ussd = self.world.app.ussd.clone();
            hops.push(tokio::spawn(async move { ussd.hop(call, &Arc::default()).await }));
        }
        let mut outcomes = Vec::new();
        for hop in hops {
            outcomes.push(hop.await.unwrap());
        }
        outcomes
    }

    /// Takes in what a screen says.
    async fn reads(&mut self, who: usize, typed: &str, outcome: &HopOutcome) {
        assert_ne!(outcome.word, "busy", "nothing is wrong with the service");
        let text = outcome.screen.text.clone();
        assert!(
            kadogo::text::septets(&text).is_some_and(|septets| septets <= 156),
            "does not fit: {text}"
        );
        assert!(!text.contains('{'), "a placeholder on a screen: {text}");
        let person = &mut self.people[who];
        let ran = ["continued", "ended"].contains(&outcome.word);
        if ran && person.spends_a_try(typed) {
            person.tried(typed);
        }
        match outcome.at.as_str() {
            "pin_again" | "join_pin_again"
                if ["pin_new", "join_pin"].contains(&person.at.as_str()) =>
            {
                typed.trim().clone_into(&mut person.chosen);
            }
            "pin_done" | "join_done" => {
                (person.pin, person.wrong) = (Some(person.chosen.clone()), 0)
            }
            "resume" if person.dialled() => {
                assert!(
                    person.cut,
                    "{} is offered what is over: {:#?}",
                    person.number,
                    person.hops.last()
                )
            }
            _ => {}
        }
        if let Some(hop) = person.hops.last_mut() {
            hop.answer = Some(text.clone());
        }
        person.at.clone_from(&outcome.at);
        person.open = outcome.screen.continues;
        // a hop that came too late changes nothing: what was cut off may still be offered
        person.cut = person.open || (outcome.word == "over" && person.cut);
        self.bank.reads(&self.world, &self.people[who].number, &text).await;
    }

    fn hangs_up(&mut self, who: usize) {
        self.people[who].open = false;
    }

    /// The gateway brings a step of some time ago once more: the same answer, if there was one, and
    /// nothing more.
    async fn comes_late(&mut self, who: usize) {
        let person = &self.people[who];
        let recent = self.world.clock.now().minus(Duration::from_secs(24 * 3_600));
        let hops: Vec<_> = person.hops.iter().filter(|hop| hop.sent_at > recent).cloned().collect();
        if hops.is_empty() {
            return;
        }
        let hop = hops[self.luck.below(hops.len())].clone();
        let Some(answer) = hop.answer else { return };
        let call = person.call_of(&hop.session, &hop.history);
        let outcome = self.send(vec![call]).await.remove(0);
        // that a conversation is over belongs to none: it is said in the language of the moment
        let words = self.world.app.notify.catalogue.get();
        let over = ["en", "sw", "fr"]
            .map(|code| words.say(Language::parse(code).unwrap(), "refusal.stale", &Slots::new()));
        if over.contains(&answer) && over.contains(&outcome.screen.text) {
            return;
        }
        // an older one than the last two is answered with where the person is
        if outcome.word == "repeated" {
            self.repeated += 1;
            assert_eq!(outcome.screen.text, answer, "a step that came again: {}", outcome.word);
        }
    }

    /// The service stops in the middle of a step, or its caller does: nobody knows how far it came.
    async fn is_cut_off(&mut self, who: usize) {
        let unsure = ["pin_old", "pin_again", "join_pin_again", "language"]
            .contains(&self.people[who].at.as_str());
        if unsure {
            return;
        }
        let before = self.people[who].at.clone();
        self.moves(who);
        let call = self.people[who].call();
        let looks = self.luck.below(8);
        let ussd = self.world.app.ussd.clone();
        let cut = call.clone();
        let mut hop = Box::pin(async move { ussd.hop(cut, &Arc::default()).await });
        let mut left = looks;
        std::future::poll_fn(|context| {
            left = left.saturating_sub(1);
            let done = hop.as_mut().poll(context).is_ready();
            if done || left == 0 { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
        })
        .await;
        drop(hop);
        // what was in the queue is committed all the same
        self.world.app.wallet.book.write(|_conn| Ok(())).await.unwrap();
        let spent = PIN_SCREENS.contains(&before.as_str());
        self.finds_out(who, spent).await;
        if self.brought_again < BROUGHT_AGAIN_MAX && self.luck.percent(50) {
            self.brought_again += 1;
            let outcome = self.send(vec![call]).await.remove(0);
            assert_ne!(outcome.word, "busy");
            self.bank.reads(&self.world, &self.people[who].number, &outcome.screen.text).await;
            self.finds_out(who, spent).await;
            self.people[who].hops.last_mut().unwrap().answer = Some(outcome.screen.text);
        }
        let person = &mut self.people[who];
        person.at = String::new();
        person.open = false;
    }

    /// Looks into the book for what a step that was cut off has done.
    async fn finds_out(&mut self, who: usize, spent: bool) {
        let paid = self.bank.finds_unread(&self.world, &self.people[who].number).await;
        let person = &mut self.people[who];
        person.cut = !paid;
        if spent {
            let wrong = self.bank.wrong_tries(&self.world, &person.number).await;
            assert!(
                [0, person.wrong, person.wrong + 1].contains(&wrong),
                "{wrong} tries, were {}",
                person.wrong
            );
            person.wrong = wrong;
        }
    }

    async fn text(&self, who: usize, id: &str, body: &str) -> &'static str {
        let from = self.people[who].msisdn();
        let id = id.to_owned();
        self.world.app.sms.receive(Text { id, from, body: body.to_owned() }).await.unwrap()
    }

    /// Every text is answered by one message.
    async fn writes(&mut self, who: usize) {
        let id = self.name("text");
        let body = self.people[who].writes(&self.luck, &self.everybody);
        let before = self.bank.messages(&self.world).await;
        let word = self.text(who, &id, &body).await;
        assert_eq!(self.bank.messages(&self.world).await, before + 1, "{body:?} ({word})");
        self.people[who].texts.push((id, body));
    }

    async fn text_comes_again(&mut self, who: usize) {
        let Some((id, body)) = self.people[who].texts.last().cloned() else { return };
        let before = self.bank.messages(&self.world).await;
        assert_eq!(self.text(who, &id, &body).await, "repeated");
        assert_eq!(self.bank.messages(&self.world).await, before);
    }

    async fn time_passes(&mut self) {
        let seconds = [1, 70, 601, 1_000, 1_900, 4_000, 40_000][self.luck.below(7)];
        self.world.clock.advance(Duration::from_secs(seconds));
        self.world.app.wallet.wake_all().await.unwrap();
        self.world.app.ussd.settle_stuck().await.unwrap();
        let before = self.world.clock.now().minus(Duration::from_secs(3 * 24 * 3_600)).micros();
        let texts = move |conn: &mut Conn| dedup::forget(conn, before, 10_000);
        self.world.app.wallet.book.write_aside(texts).await.unwrap();
        // who comes back too late begins anew; texts that old are not brought again
        for person in &mut self.people {
            person.cut &= seconds <= 900;
            person.texts.clear();
        }
    }

    async fn end(&mut self) {
        for who in 0..self.people.len() {
            // nothing that was ever sent moves anything if it comes again now
            for hop in self.people[who].hops.clone().iter().rev().take(20) {
                let call = self.people[who].call_of(&hop.session, &hop.history);
                if hop.answer.is_some() {
                    self.send(vec![call]).await;
                }
            }
        }
        self.bank.compare(&self.world, &self.people).await;
        self.world.deliver().await;
        self.bank.everybody_heard(&self.world).await;
        let report = self.world.check();
        println!(
            "{} payments, {} postings, {} hops",
            self.bank.payments(),
            report.postings,
            self.hops()
        );
        assert!(self.bank.payments() * 70 > self.hops(), "too little happened to prove anything");
    }

    fn hops(&self) -> usize {
        self.people.iter().map(|person| person.hops.len()).sum()
    }
}
