//! Whoever dials in a day: reads what is on the screen, as people do, and types what it asks for.

use super::bench_people::PIN;
use super::connection::BenchConnection;
use super::day_shape::DayAct;
use super::gateway_stub::USSD_PATH;
use super::report::Raw;
use std::time::Instant;

/// No conversation has more hops.
const HOPS_MAX: usize = 16;
/// Where it is told that a conversation is over.
const ENDED_PATH: &str = "/gateways/africastalking/ussd/ended";
/// The signs of what screens ask for, and of how a conversation ends well.
const ASKS_PIN: &str = "enter your";
const ASKS_AMOUNT: &str = "Enter the amount";
const ASKS_AGENT: &str = "Enter the agent number";
const ASKS_NUMBER: [&str; 2] = ["receiver", "customer's number"];
const CONFIRMED: &str = "Confirmed";
const BALANCE: &str = "Your balance is";

/// A conversation that somebody wants to have.
#[derive(Debug, Clone)]
pub struct DayCall {
    /// Its number: no two of a day have the same.
    pub number: u64,
    /// What it is for.
    pub act: DayAct,
    /// Who dials, as `+254...`.
    pub caller: String,
    /// Whose number is typed, as people type it.
    pub other: String,
    /// The outlet that is typed.
    pub agent: String,
}

impl DayCall {
    /// Has the conversation; each hop is a wait.
    pub async fn converse(&self, wire: &mut BenchConnection, raw: &mut Raw) -> std::io::Result<()> {
        let caller = self.caller.replace('+', "%2B");
        let session = format!("ATUid_{:032x}", self.number);
        let mut history = String::new();
        let (mut hops, mut is_well) = (0_usize, false);
        while hops < HOPS_MAX {
            let form = format!(
                "sessionId={session}&serviceCode=*384*1234%23&phoneNumber={caller}&\
                 networkCode=99999&text={history}"
            );
            let asked = Instant::now();
            let screen = wire.post(USSD_PATH, &form).await?;
            raw.waits.push(asked.elapsed());
            hops = hops.saturating_add(1);
            let next = self.answer(&screen);
            let Some(next) = next.filter(|_typed| screen.starts_with("CON ")) else {
                is_well = self.ends_well(&screen);
                break;
            };
            if !history.is_empty() {
                history.push('*');
            }
            history.push_str(&next);
        }
        raw.wrong = raw.wrong.saturating_add(u64::from(!is_well));
        let status = if self.act == DayAct::HangUp { "Incomplete" } else { "Success" };
        let form = format!(
            "sessionId={session}&serviceCode=*384*1234%23&phoneNumber={caller}&\
             networkCode=99999&status={status}&hopsCount={hops}&durationInMillis=20000"
        );
        wire.post(ENDED_PATH, &form).await?;
        Ok(())
    }

    /// What is typed; nothing where the conversation is over for whoever dials.
    fn answer(&self, screen: &str) -> Option<String> {
        if screen.contains(BALANCE) {
            return None;
        }
        if screen.contains(ASKS_PIN) {
            return (self.act != DayAct::HangUp).then(|| PIN.to_owned());
        }
        if screen.contains(ASKS_AMOUNT) {
            return Some(self.amount());
        }
        if screen.contains(ASKS_AGENT) {
            return Some(self.agent.clone());
        }
        if ASKS_NUMBER.iter().any(|sign| screen.contains(sign)) {
            return Some(self.other.clone());
        }
        // who hung up before may go on
        let way = self.way().iter().chain(&["Yes", "No code", "Continue"]);
        way.filter_map(|label| choice(screen, label)).next()
    }

    /// What is chosen, the last first: an earlier choice leads to it.
    fn way(&self) -> &'static [&'static str] {
        match self.act {
            DayAct::Pay | DayAct::HangUp => &["Send money"],
            DayAct::Look => &["Balance", "My account"],
            DayAct::CashIn => &["Cash in", "Agent"],
            DayAct::CashOut => &["Take cash out", "Cash"],
        }
    }

    /// Amounts differ, so that nobody is asked whether they mean it.
    fn amount(&self) -> String {
        self.number.rem_euclid(900).saturating_add(100).to_string()
    }

    fn ends_well(&self, screen: &str) -> bool {
        match self.act {
            DayAct::Pay | DayAct::CashIn | DayAct::CashOut => {
                screen.starts_with("END ") && screen.contains(CONFIRMED)
            }
            DayAct::Look => screen.contains(BALANCE),
            DayAct::HangUp => screen.contains(ASKS_PIN),
        }
    }
}

/// The number before a choice.
fn choice(screen: &str, label: &str) -> Option<String> {
    let chosen = screen.lines().filter_map(|line| line.split_once(' '));
    let is_number = |number: &str| number.bytes().all(|byte| byte.is_ascii_digit());
    let mut chosen = chosen.filter(|(number, words)| is_number(number) && *words == label);
    chosen.next().map(|(number, _)| number.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_dials_types_what_the_screen_asks_for() {
        let call = |act| DayCall {
            number: 7,
            act,
            caller: "+254700000001".to_owned(),
            other: "0700000002".to_owned(),
            agent: "12345".to_owned(),
        };
        let home = "CON Kadogo\n1 Send money\n2 My account\n3 Cash\n4 Agent\n5 Safe pay";
        for (act, screen, typed) in [
            (DayAct::Pay, home, Some("1")),
            (DayAct::Look, home, Some("2")),
            (DayAct::Look, "CON My account\n1 Balance\n2 Mini statement", Some("1")),
            (DayAct::Look, "CON Your balance is KES 5.\n0 Back 00 Home", None),
            (DayAct::CashOut, home, Some("3")),
            (DayAct::CashIn, home, Some("4")),
            (DayAct::CashIn, "CON For Amina W, 0700***001.\nEnter the amount.", Some("107")),
            (DayAct::Pay, "CON Send KES 5 to Amina W?\n1 Yes\n2 No", Some("1")),
            (DayAct::Pay, "CON To send KES 5, enter your PIN.", Some(PIN)),
            (DayAct::HangUp, "CON To send KES 5, enter your PIN.", None),
            (DayAct::HangUp, "CON Go on?\n1 Continue\n2 Start again", Some("1")),
        ] {
            assert_eq!(call(act).answer(screen).as_deref(), typed, "{screen}");
        }
    }
}
