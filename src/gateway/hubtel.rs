//! How Hubtel writes USSD: JSON with the last input only, and a count of the steps, so a step that
//! comes again is known for sure. Pure text in, values out.

use super::dialect::{Dialect, UssdEvent, UssdReply};
use super::json::{Fields, ID_BYTES_MAX};
use super::{BadCall, EndEvent, Ending, Typed, UssdCall, Why};
use crate::text;
use serde_json::json;

/// The dialect.
pub const DIALECT: Dialect = Dialect {
    name: "hubtel",
    ussd: parse_ussd,
    answer: encode,
    ended: None,
    text: None,
    report: None,
};

/// Reads a step, or the notice that the person cancelled or took too long. What was dialled along
/// behind the code is left out: the person goes on by hand.
pub fn parse_ussd(body: &[u8]) -> Result<UssdEvent, BadCall> {
    let fields = Fields::read(body)?;
    let session = fields.token("SessionId", ID_BYTES_MAX)?;
    let caller = fields.number("Mobile")?;
    let turn = fields.count("Sequence");
    let input = match fields.token("Type", ID_BYTES_MAX)?.to_ascii_lowercase().as_str() {
        "initiation" => None,
        "response" => Some(fields.typed("Message")?),
        "timeout" | "release" => {
            return Ok(UssdEvent::Ended(EndEvent {
                session,
                caller: Some(caller),
                status: Ending::CutOff,
                duration_ms: None,
                hops: turn,
                cost: None,
            }));
        }
        _ => return Err(BadCall { field: "Type", why: Why::Garbled }),
    };
    Ok(UssdEvent::Call(UssdCall {
        gateway: DIALECT.name,
        session,
        service_code: fields.present("ServiceCode", ID_BYTES_MAX)?,
        caller,
        network: fields.present("Operator", ID_BYTES_MAX).unwrap_or_default(),
        typed: Typed::Last { input, turn },
    }))
}

/// The answer to a step.
pub fn encode(call: &UssdCall, screen: &str, continues: bool) -> UssdReply {
    let body = json!({
        "SessionId": call.session,
        "Type": if continues { "response" } else { "release" },
        "Message": text::to_gsm(screen),
        "Label": "",
        "ClientState": "",
        "DataType": if continues { "input" } else { "display" },
        "FieldType": "text",
    });
    UssdReply { content_type: "application/json", body: body.to_string() }
}
