//! How Arkesel writes USSD: JSON with the last input only, and no count of the steps. So of two
//! equal inputs the second may be a step that came again: that is judged by the time since the
//! answer.
//! Pure text in, values out.

use super::dialect::{Dialect, UssdEvent, UssdReply};
use super::json::{Fields, ID_BYTES_MAX};
use super::{BadCall, Typed, UssdCall, Why};
use crate::text;
use serde_json::json;

/// The dialect.
pub const DIALECT: Dialect = Dialect {
    name: "arkesel",
    ussd: parse_ussd,
    answer: encode,
    ended: None,
    text: None,
    report: None,
};

/// Reads a step. Its first one says what was dialled, which is left out: the person goes on by
/// hand.
pub fn parse_ussd(body: &[u8]) -> Result<UssdEvent, BadCall> {
    let fields = Fields::read(body)?;
    let call = UssdCall {
        gateway: DIALECT.name,
        session: fields.token("sessionID", ID_BYTES_MAX)?,
        // their name for the service that was dialled
        service_code: fields.token("userID", ID_BYTES_MAX)?,
        caller: fields.number("msisdn")?,
        network: fields.present("network", ID_BYTES_MAX).unwrap_or_default(),
        typed: Typed::Last { input: None, turn: None },
    };
    let begins = fields.truth("newSession")?;
    match fields.typed("userData") {
        Ok(input) => {
            let typed = Typed::Last { input: (!begins).then_some(input), turn: None };
            Ok(UssdEvent::Call(UssdCall { typed, ..call }))
        }
        Err(BadCall { why: Why::TooLong, .. }) => Ok(UssdEvent::Endless(call)),
        Err(bad) => Err(bad),
    }
}

/// The answer to a step.
pub fn encode(call: &UssdCall, screen: &str, continues: bool) -> UssdReply {
    let body = json!({
        "sessionID": call.session,
        "userID": call.service_code,
        "msisdn": call.caller.e164().trim_start_matches('+'),
        "message": text::to_gsm(screen),
        "continueSession": continues,
    });
    UssdReply { content_type: "application/json", body: body.to_string() }
}
