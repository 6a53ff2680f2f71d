//! An act of the staff by command: who is signed in is known by a file that only they can read, and
//! what a service says is printed as it is. Which acts there are is not known here.

use crate::app::{App, Committer};
use crate::beside::{beside, leave};
use crate::book::Key;
use crate::cli::{OfficeArgs, SessionArgs};
use crate::printing::say;
use crate::private_file;
use crate::refusal::{Reason, Refusal};
use crate::request::{Fields, Item, Mode, Request, Secret, Slots};
use crate::staff::role::{self, Right};
use crate::terminal_words;
use crate::wallet::office::acting_staff::Outcome;
use crate::wallet::office::sign_in::OnDuty;
use crate::wallet::office::who_approves::Approvers;
use crate::wallet::{self, Service};
use anyhow::{Context, anyhow, bail};
use std::io::{BufRead, IsTerminal, Write};

/// A command of the staff at work.
pub struct Office {
    /// The service beside the one that may be running.
    pub app: App,
    committer: Option<Committer>,
    by: SessionArgs,
}

impl Office {
    /// On the database of a service.
    pub async fn open(args: OfficeArgs) -> anyhow::Result<Office> {
        let OfficeArgs { database, by, menus, market } = args;
        let (app, committer) = beside(database, menus, market).await?;
        Ok(Office { app, committer: Some(committer), by })
    }

    /// At a service of this process.
    pub fn at(app: App, by: SessionArgs) -> Office {
        Office { app, committer: None, by }
    }

    /// Ends it, when all that was posted is written.
    pub async fn close(self) -> anyhow::Result<()> {
        match self.committer {
            Some(committer) => leave(self.app, committer).await,
            None => Ok(()),
        }
    }

    /// Who is signed in.
    pub async fn duty(&self) -> anyhow::Result<OnDuty> {
        let file = &self.by.session;
        let Ok(secret) = std::fs::read_to_string(file) else {
            let absent = file.display();
            let played = self.played().await;
            bail!("nobody is signed in: `kadogo staff sign-in NAME` (no {absent}){played}");
        };
        self.app.wallet.on_duty(secret.trim()).await.map_err(|refusal| self.refused(&refusal))
    }

    /// In a demo: who can be played, and what they type.
    async fn played(&self) -> String {
        let mut text = String::new();
        for each in self.app.console.played {
            let code = self.app.console.code_of(each).await;
            text.push_str(&format!("\n  {}: password `{}`, code {code}", each.name, each.password));
        }
        text
    }

    /// Remembers who is signed in, in a file that nobody else can read.
    pub fn remember(&self, secret: &str) -> anyhow::Result<()> {
        private_file::replace(&self.by.session, secret.as_bytes())
    }

    /// Forgets it.
    pub fn forget(&self) {
        // gone already is as good
        let _ = std::fs::remove_file(&self.by.session);
    }

    /// The name of who is signed in, where they may do what takes this right.
    pub async fn signs(&self, right: Right) -> anyhow::Result<String> {
        let duty = self.duty().await?;
        match duty.signs(right) {
            Ok(name) => Ok(name.to_owned()),
            Err(refusal) => Err(self.refused_for(&duty, right, &refusal).await),
        }
    }

    /// An amount as services have it.
    pub fn minor(&self, typed: &str) -> anyhow::Result<String> {
        let read = self.app.wallet.config.market.amount(&typed.to_uppercase());
        read.map(|money| money.minor_text()).map_err(|reason| self.mistyped(typed, reason))
    }

    /// The same where it may be nothing at all: `0`.
    pub fn minor_or_none(&self, typed: &str) -> anyhow::Result<String> {
        let read = self.app.wallet.config.market.amount_or_none(&typed.to_uppercase());
        read.map(|money| money.minor_text()).map_err(|reason| self.mistyped(typed, reason))
    }

    /// Why what was typed is not what it should be, in words.
    pub fn mistyped(&self, typed: &str, reason: Reason) -> anyhow::Error {
        terminal_words::mistyped(&self.app.menus.get().catalogue, typed, reason)
    }

    /// The same where one of several rights is enough, of which the first is what it is about.
    pub async fn signs_one_of(&self, rights: &[Right]) -> anyhow::Result<OnDuty> {
        let duty = self.duty().await?;
        let [first, ..] = rights else { bail!("nobody may") };
        match duty.signs(*first) {
            Err(no) if !rights.iter().any(|right| duty.signs(*right).is_ok()) => {
                Err(self.refused_for(&duty, *first, &no).await)
            }
            Ok(_) | Err(_) => Ok(duty),
        }
    }

    /// Somebody may not do what takes this right: that is recorded.
    async fn refused_for(&self, duty: &OnDuty, right: Right, no: &Refusal) -> anyhow::Error {
        self.app.wallet.record_refused(duty, right.into(), no.code()).await;
        self.refused(no)
    }

    /// Who is at work, and shows a code where one was typed.
    pub async fn proved(&self, duty: OnDuty, code: Option<&str>) -> anyhow::Result<OnDuty> {
        match code {
            Some(code) => {
                let proved = self.app.wallet.prove(&duty, code.trim()).await;
                proved.map_err(|refusal| self.refused(&refusal))
            }
            None => Ok(duty),
        }
    }

    /// Shows something, with its lines.
    pub async fn show(&self, duty: &OnDuty, service: &str, fields: Fields) -> anyhow::Result<()> {
        let outcome = self.asked(duty, Mode::Quote, service, fields, None).await?;
        if let Outcome::Done(slots, items) = outcome {
            self.say_all("", &slots, &items);
        }
        Ok(())
    }

    /// Shows something, with its lines, that is recorded first.
    pub async fn see(&self, duty: &OnDuty, service: &str, fields: Fields) -> anyhow::Result<()> {
        let outcome = self.asked(duty, Mode::Execute, service, fields, None).await?;
        if let Outcome::Done(slots, items) = outcome {
            self.say_all("", &slots, &items);
        }
        Ok(())
    }

    /// Records that something is looked up, and shows nothing.
    pub async fn look_up(
        &self,
        duty: &OnDuty,
        service: &str,
        fields: Fields,
    ) -> anyhow::Result<()> {
        self.asked(duty, Mode::Execute, service, fields, None).await.map(drop)
    }

    /// Looks at something, without doing it.
    pub async fn look(
        &self,
        duty: &OnDuty,
        service: &str,
        fields: Fields,
    ) -> anyhow::Result<Slots> {
        let outcome = self.asked(duty, Mode::Quote, service, fields, None).await?;
        match outcome {
            Outcome::Done(slots, _) | Outcome::Waits(_, slots) => Ok(slots),
        }
    }

    /// Does something, and says what came of it.
    pub async fn act(&self, duty: &OnDuty, service: &str, fields: Fields) -> anyhow::Result<()> {
        self.act_with(duty, service, fields, None).await
    }

    /// The same with a secret that was typed.
    pub async fn act_with(
        &self,
        duty: &OnDuty,
        service: &str,
        fields: Fields,
        secret: Option<Secret>,
    ) -> anyhow::Result<()> {
        match self.asked(duty, Mode::Execute, service, fields, secret).await? {
            Outcome::Done(slots, _) => {
                self.say("done", &slots);
            }
            Outcome::Waits(request, mut slots) => {
                if let Some(right) = wallet::service(service).and_then(Service::right) {
                    let by = duty.staff.id;
                    let may = self.app.wallet.who_approves(right, &slots, by).await?;
                    slots.insert("who_may_approve".to_owned(), said_of(&may).into());
                }
                slots.insert("approval".to_owned(), crate::value::Value::Code(request.to_string()));
                self.say("waits for another one to approve it", &slots);
            }
        }
        Ok(())
    }

    async fn asked(
        &self,
        duty: &OnDuty,
        mode: Mode,
        service: &str,
        fields: Fields,
        secret: Option<Secret>,
    ) -> anyhow::Result<Outcome> {
        let wallet = &self.app.wallet;
        let request = Request { mode, service: service.to_owned(), fields, secret };
        // each command is another act
        let key = Key::new(wallet.clock.now(), service, &wallet.randomness.bytes::<16>());
        let done = wallet.act_as_staff(duty, request, key).await;
        done.map_err(|refusal| self.refused(&refusal))
    }

    /// What is printed: a line each, or JSON.
    pub fn say(&self, outcome: &str, slots: &Slots) {
        self.say_all(outcome, slots, &[]);
    }

    /// The same with lines of a list.
    fn say_all(&self, outcome: &str, slots: &Slots, items: &[Item]) {
        if self.by.json {
            let mut all = object(slots);
            if !outcome.is_empty() {
                all.insert("outcome".to_owned(), outcome.into());
            }
            if !items.is_empty() {
                let lines = items.iter().map(|item| serde_json::Value::Object(object(&item.slots)));
                all.insert("lines".to_owned(), lines.collect());
            }
            say!("{}", serde_json::Value::Object(all));
            return;
        }
        if !outcome.is_empty() {
            say!("{outcome}");
        }
        for line in said(slots) {
            say!("  {line}");
        }
        for item in items {
            say!("  - {}", said(&item.slots).collect::<Vec<_>>().join("; "));
        }
    }

    /// Says that a list has nothing in it: whoever reads it by eye is not left with a blank.
    pub fn say_if_none(&self, is_empty: bool, what: &str) {
        if is_empty && !self.is_json() {
            eprintln!("no {what}");
        }
    }

    /// Whether a program reads what is printed.
    pub fn is_json(&self) -> bool {
        self.by.json
    }

    /// A refusal in words.
    pub fn refused(&self, refusal: &Refusal) -> anyhow::Error {
        terminal_words::refused(&self.app.menus.get().catalogue, refusal)
    }
}

/// Who may, and as what.
fn said_of(may: &Approvers) -> String {
    let roles = role::written(&may.roles).replace(' ', ", ");
    match may.names.as_slice() {
        [] => format!("nobody else who works here now: it takes {roles}"),
        names => format!("{} ({roles})", names.join(", ")),
    }
}

fn object(slots: &Slots) -> serde_json::Map<String, serde_json::Value> {
    slots.iter().map(|(name, value)| (name.clone(), value.to_string().into())).collect()
}

/// What there is to say, each with its name.
fn said(slots: &Slots) -> impl Iterator<Item = String> {
    let texts = slots.iter().map(|(name, value)| (name.replace('_', " "), value.to_string()));
    texts.filter(|(_, text)| !text.is_empty()).map(|(name, text)| format!("{name}: {text}"))
}

/// A line of the input, or typed unseen.
pub fn secret_line(prompt: &str) -> anyhow::Result<String> {
    if std::io::stdin().is_terminal() {
        return Ok(rpassword::prompt_password(prompt)?);
    }
    line("")
}

/// A line of the input, asked for where somebody types.
pub fn line(prompt: &str) -> anyhow::Result<String> {
    if std::io::stdin().is_terminal() {
        eprint!("{prompt}");
        std::io::stderr().flush()?;
    }
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line).context("no input")?;
    if read == 0 { Err(anyhow!("the input ended before a line for {prompt:?}")) } else { Ok(line) }
}
