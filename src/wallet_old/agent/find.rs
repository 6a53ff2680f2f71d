//! Finding an outlet: which ones in an area have enough float to pay in an amount.
//!
//! What float an outlet has is nobody's business. So amounts are compared in coarse steps: whoever asks again and again
//! learns no more than the step.

use super::super::desk::{Desk, Halt};
use super::super::{Service, Whose, item};
use super::sign;
use crate::store::agents;
use crate::store::book_rows;

/// Inputs `area`, `amount`: lists `name` and `phone`, the agent number.
pub const FIND: Service = Service { name: "find_agent", pin: Whose::Nobody, old: Some(find), ..Service::PLAIN };

/// Amounts that are told apart, minor units.
const STEPS_MINOR: [i64; 9] =
    [10_000, 50_000, 100_000, 500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000, 25_000_000];
/// Outlets that are looked at, and shown.
const LOOKED_AT_MAX: i64 = 200;
const SHOWN_MAX: usize = 10;

fn find(desk: &mut Desk) -> Result<(), Halt> {
    desk.person()?;
    let spellings = spellings(desk.field("area")?);
    let amount = desk.amount("amount")?;
    let [.., most] = STEPS_MINOR;
    let enough_minor = STEPS_MINOR.into_iter().find(|step| *step >= amount.minor).unwrap_or(most);
    let outlets = agents::outlets_in(desk.conn.get()?, &spellings, LOOKED_AT_MAX)?;
    let floats: Vec<i64> = outlets.iter().map(|outlet| outlet.float_account).collect();
    let floats = book_rows::accounts_of(desk.conn.get()?, &floats)?;
    for outlet in outlets {
        let float = floats.iter().find(|float| float.id == outlet.float_account && float.state == "open");
        let free_minor = float.map_or(0, |float| super::available(desk, float).minor);
        if free_minor >= enough_minor && desk.plan.items.len() < SHOWN_MAX {
            let sign = sign(&outlet);
            let slots: Vec<(&str, String)> =
                sign.iter().map(|(name, value)| (name.as_str(), value.to_string())).collect();
            desk.plan.items.push(item(outlet.float_account, &slots));
        }
    }
    Ok(())
}

/// How a name of an area may be written: as typed, small, in capitals, and with capitals at the beginning of words.
fn spellings(typed: &str) -> Vec<String> {
    let typed = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    let capital = |word: &str| {
        let mut letters = word.chars();
        let first: String = letters.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
        first + &letters.as_str().to_lowercase()
    };
    let titled = typed.split(' ').map(capital).collect::<Vec<_>>().join(" ");
    vec![typed.to_lowercase(), typed.to_uppercase(), titled, typed]
}
