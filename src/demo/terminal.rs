//! A feature phone in a terminal, for any person of a running demo: it dials, replies, writes and
//! shows texts. It takes its lines, its output, the time and its dice from the caller, so that a
//! test can hold it.

use std::io::BufRead;
use std::time::Duration;

use tokio::sync::mpsc;

pub use super::terminal_paper::Paper;
pub use super::trouble::Trouble;

use super::client::{DemoClient, Resident};
use super::lcd;
use crate::gateway::africastalking::{self, SANDBOX_NETWORK};
use crate::gateway::{EndEvent, Ending, Text, Typed, UssdCall};
use crate::money::{Currency, Money};
use crate::phone::Msisdn;
use crate::seal::Randomness;
use crate::time::{Clock, Timestamp};

/// What the phone dials when nothing else is asked for.
const SERVICE_CODE: &str = "*384*1234#";
/// How often it looks for messages.
const LOOK_EVERY: Duration = Duration::from_millis(1500);

const HELP: &str = "  Enter dials *384*1234#  ·  sms TEXT writes an SMS  ·  x hangs up
  who hands the phone on  ·  q quits\n";

/// Runs the phone until the input ends or says `q`. Without a number it asks who is holding it.
pub async fn run<'a>(
    base_url: &str,
    as_phone: Option<String>,
    (clock, randomness): (&'a Clock, &'a Randomness),
    input: impl BufRead + Send + 'static,
    paper: Paper<'a>,
) -> Result<(), Trouble> {
    let mut lines = lines_of(input);
    let wire = DemoClient::new(base_url)?;
    let people = wire.people().await?;
    let mut phone = TerminalPhone {
        wire,
        clock,
        randomness,
        paper,
        owner: None,
        session: None,
        messages_seen: 0,
    };
    match as_phone {
        Some(number) => {
            let like = || people.first().map(|person| person.phone.clone()).unwrap_or_default();
            let owner = known_or_new(&number, &people)
                .ok_or_else(|| Trouble::NotANumber { typed: number, like: like() })?;
            phone.take(owner).await?;
        }
        None => {
            phone.ask_who(&people)?;
            phone.prompt()?;
        }
    }
    let mut looks = tokio::time::interval(LOOK_EVERY);
    loop {
        tokio::select! {
            line = lines.recv() => match line {
                Some(line) => if !phone.obey(line.trim()).await? { return Ok(()) },
                None => break,
            },
            _ = looks.tick() => phone.look().await?,
        }
    }
    // The input was a script: the receipt of its last step may still be on its way.
    tokio::time::sleep(LOOK_EVERY).await;
    phone.look().await
}

/// Reading a line blocks, so a thread of its own does it.
fn lines_of(input: impl BufRead + Send + 'static) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel(16);
    std::thread::spawn(move || {
        for line in input.lines().map_while(Result::ok) {
            if sender.blocking_send(line).is_err() {
                break;
            }
        }
    });
    receiver
}

struct TerminalPhone<'a> {
    wire: DemoClient,
    clock: &'a Clock,
    randomness: &'a Randomness,
    paper: Paper<'a>,
    owner: Option<(Resident, Msisdn)>,
    session: Option<TerminalSession>,
    messages_seen: usize,
}

struct TerminalSession {
    id: String,
    code: String,
    inputs: Vec<String>,
    started: Timestamp,
}

impl TerminalPhone<'_> {
    /// Does what a line asks for. False means that the phone is put away.
    async fn obey(&mut self, line: &str) -> Result<bool, Trouble> {
        self.paper.typed();
        let Some((_, number)) = self.owner.clone() else { return self.choose(line).await };
        let text = line
            .get(..4)
            .filter(|word| word.eq_ignore_ascii_case("sms "))
            .and_then(|_| line.get(4..));
        match (line, text, self.session.is_some()) {
            ("q", _, _) => {
                self.hang_up(Ending::CutOff).await;
                return Ok(false);
            }
            ("x", _, _) => {
                self.hang_up(Ending::CutOff).await;
                self.show("", "Enter: dial")?;
            }
            (_, Some(text), _) => self.write(number, text.trim()).await?,
            ("", _, true) => self.say("  Type a reply and press Enter, or x to hang up.\n")?,
            (reply, _, true) => {
                if let Some(session) = &mut self.session {
                    session.inputs.push(reply.to_owned());
                }
                self.step(number).await?;
            }
            ("who", _, false) => {
                let people = self.wire.people().await?;
                self.owner = None;
                self.ask_who(&people)?;
            }
            ("", _, false) => self.dial(SERVICE_CODE, number).await?,
            (code, _, false) if code.starts_with('*') && code.ends_with('#') => {
                self.dial(code, number).await?
            }
            _ => self.say(HELP)?,
        }
        self.prompt()?;
        Ok(true)
    }

    fn ask_who(&mut self, people: &[Resident]) -> Result<(), Trouble> {
        self.say("\n  Who is holding the phone?\n\n")?;
        for (index, person) in people.iter().enumerate() {
            self.say(&format!("  {:>2}  {}\n", index.saturating_add(1), introduction(person)))?;
        }
        self.say("\n  Type the person's number in this list, or a phone number of somebody new.\n")
    }

    async fn choose(&mut self, line: &str) -> Result<bool, Trouble> {
        if line == "q" {
            return Ok(false);
        }
        let people = self.wire.people().await?;
        let index: Option<usize> = line.parse().ok();
        let listed = index.and_then(|index| people.get(index.checked_sub(1)?)).and_then(owner_of);
        match listed.or_else(|| known_or_new(line, &people)) {
            Some(owner) => self.take(owner).await?,
            None => {
                self.say("  That is neither in the list nor a phone number.\n")?;
                self.prompt()?;
            }
        }
        Ok(true)
    }

    async fn take(&mut self, owner: (Resident, Msisdn)) -> Result<(), Trouble> {
        self.messages_seen = self.wire.inbox(owner.1.e164()).await?.len();
        let introduction = introduction(&owner.0);
        self.owner = Some(owner);
        self.paper.keep();
        self.say(&format!("\n  {introduction}\n{HELP}\n"))?;
        self.show("", "Enter: dial")?;
        self.prompt()
    }

    async fn dial(&mut self, code: &str, number: Msisdn) -> Result<(), Trouble> {
        let id = format!("ATUid_{}", hex(self.randomness.bytes()));
        self.session = Some(TerminalSession {
            id,
            code: code.to_owned(),
            inputs: Vec::new(),
            started: self.clock.now(),
        });
        self.step(number).await
    }

    async fn step(&mut self, caller: Msisdn) -> Result<(), Trouble> {
        let Some(session) = &self.session else { return Ok(()) };
        let (session, service_code) = (session.id.clone(), session.code.clone());
        let history =
            self.session.as_ref().map(|session| session.inputs.join("*")).unwrap_or_default();
        let call = UssdCall {
            gateway: africastalking::NAME,
            session,
            service_code,
            caller,
            network: SANDBOX_NETWORK.to_owned(),
            typed: Typed::Whole(history),
        };
        match self.wire.step(&call).await {
            Ok(Some((screen, true))) => self.show(&screen, "Type a reply, or x to hang up"),
            Ok(Some((screen, false))) => {
                self.hang_up(Ending::Closed).await;
                self.show(&screen, "Enter: dial again")
            }
            Ok(None) | Err(Trouble::NoAnswer { .. }) => {
                self.hang_up(Ending::Failed).await;
                self.show("Connection problem or invalid MMI code.", "Enter: dial again")
            }
            Err(trouble @ (Trouble::Terminal(_) | Trouble::NotANumber { .. })) => Err(trouble),
        }
    }

    async fn hang_up(&mut self, status: Ending) {
        let Some(session) = self.session.take() else { return };
        let lasted = self.clock.now().since(session.started).as_millis();
        let event = EndEvent {
            session: session.id,
            caller: self.owner.as_ref().map(|(_, number)| number.clone()),
            status,
            duration_ms: u64::try_from(lasted).ok(),
            hops: u32::try_from(session.inputs.len().saturating_add(1)).ok(),
            cost: None,
        };
        self.wire.ended(&event).await;
    }

    async fn write(&mut self, from: Msisdn, body: &str) -> Result<(), Trouble> {
        let id = format!("ATMid_{}", hex(self.randomness.bytes()));
        let text = Text { id, from, body: body.to_owned() };
        match self.wire.text(&text).await {
            Ok(true) => self.say("  Sent.\n"),
            Ok(false) | Err(Trouble::NoAnswer { .. }) => {
                self.say("  Not sent: the service did not take it.\n")
            }
            Err(trouble @ (Trouble::Terminal(_) | Trouble::NotANumber { .. })) => Err(trouble),
        }
    }

    /// Prints the messages that came since the last look. A service that is away for a moment is no
    /// reason to stop.
    async fn look(&mut self) -> Result<(), Trouble> {
        let Some((_, number)) = &self.owner else { return Ok(()) };
        let Ok(messages) = self.wire.inbox(number.e164()).await else { return Ok(()) };
        let fresh: Vec<String> = messages
            .iter()
            .skip(self.messages_seen)
            .map(|message| lcd::message(message.from.as_deref().unwrap_or("Kadogo"), &message.text))
            .collect();
        self.messages_seen = messages.len();
        if fresh.is_empty() {
            return Ok(());
        }
        self.paper.hear(&fresh.concat())?;
        self.prompt()
    }

    fn show(&mut self, screen: &str, keys: &str) -> Result<(), Trouble> {
        let name = self
            .owner
            .as_ref()
            .map(|(person, number)| shown_name(person, number))
            .unwrap_or_default();
        Ok(self.paper.draw(&lcd::draw(&name, screen, keys))?)
    }

    fn prompt(&mut self) -> Result<(), Trouble> {
        self.say("  > ")
    }

    fn say(&mut self, text: &str) -> Result<(), Trouble> {
        Ok(self.paper.say(text)?)
    }
}

fn shown_name(person: &Resident, number: &Msisdn) -> String {
    person.name.clone().filter(|name| !name.is_empty()).unwrap_or_else(|| number.e164().to_owned())
}

/// A line about somebody, with all that a visitor needs to be them; one more where they serve.
fn introduction(person: &Resident) -> String {
    let name = person.name.as_deref().filter(|name| !name.is_empty()).unwrap_or("Somebody new");
    let language = person.language.as_deref().unwrap_or_default();
    let currency = person.currency.as_deref().and_then(Currency::parse).unwrap_or(Currency::NONE);
    let balance = person
        .balance_minor
        .map(|minor| Money::new(minor, currency).to_string())
        .unwrap_or_default();
    let pin = match (person.balance_minor, person.pin.as_deref()) {
        (None, _) => "not yet joined".to_owned(),
        (Some(_), pin) => pin_in_words(pin, person.pin_locked),
    };
    let name = lcd::padded(name, 20);
    let phone = lcd::padded(&person.phone, 14);
    let agent = person.agent.as_ref().map(|agent| {
        let pin = pin_in_words(agent.pin.as_deref(), agent.pin_locked);
        let [number, outlet] = [&agent.number, &agent.outlet].map(|text| lcd::clean(text));
        format!("\n      agent {number} {outlet}, agent {pin}")
    });
    let language = lcd::padded(language, 2);
    format!("{name} {phone} {language} {balance:>14}  {pin}{}", agent.unwrap_or_default())
}

fn pin_in_words(pin: Option<&str>, is_locked: bool) -> String {
    match pin {
        _ if is_locked => "PIN locked".to_owned(),
        Some(pin) => format!("PIN {pin}"),
        None => "PIN their own".to_owned(),
    }
}

fn owner_of(person: &Resident) -> Option<(Resident, Msisdn)> {
    Some((person.clone(), Msisdn::from_e164(&person.phone)?))
}

/// Somebody of the demo by number, or somebody new with that number.
fn known_or_new(number: &str, people: &[Resident]) -> Option<(Resident, Msisdn)> {
    let number = full(number, people)?;
    let known = people.iter().find(|person| person.phone == number.e164()).cloned();
    let person = known.unwrap_or_else(|| Resident {
        name: None,
        phone: number.e164().to_owned(),
        pin: None,
        pin_locked: false,
        language: None,
        balance_minor: None,
        currency: None,
        agent: None,
    });
    Some((person, number))
}

/// A full number: where no country is said, that of the people here.
fn full(number: &str, people: &[Resident]) -> Option<Msisdn> {
    let typed: String =
        number.chars().filter(|sign| !matches!(sign, ' ' | '-' | '.' | '(' | ')')).collect();
    if typed.starts_with('+') {
        return Msisdn::from_e164(&typed);
    }
    // what stands in front of a number has zeros, or the same digits as theirs
    let digits = typed.trim_start_matches('0');
    let theirs = people.first()?.phone.as_str();
    let front = theirs.get(..theirs.len().checked_sub(digits.len())?)?;
    Msisdn::from_e164(&format!("{front}{digits}"))
}

fn hex(bytes: [u8; 16]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
