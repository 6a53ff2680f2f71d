//! How Africa's Talking writes: its callbacks as events, our answers in its form, its send API's
//! answers. Pure text in, values out: no network, no web framework, no clock. Nothing here knows
//! what a menu is.

use serde::Deserialize;

use super::dialect::{Dialect, UssdEvent, UssdReply};
use super::form::Form;
use super::{
    BadCall, Delivery, DeliveryReport, EndEvent, Ending, SendResult, Text, Typed, UssdCall, Why,
};
use crate::text;

/// The dialect.
pub const DIALECT: Dialect = Dialect {
    name: NAME,
    ussd: parse_ussd,
    answer: |_call, screen, continues| UssdReply {
        content_type: "text/plain; charset=utf-8",
        body: encode(screen, continues),
    },
    ended: Some(parse_end),
    text: Some(parse_text),
    report: Some(parse_report),
};

/// What it is called in addresses and settings.
pub const NAME: &str = "africastalking";

/// Longer than any name the gateway gives a session or a message.
const ID_BYTES_MAX: usize = 128;
/// Longer than any conversation of ours, however much is typed into each screen.
const HISTORY_BYTES_MAX: usize = 8 * 1024;
/// Longer than ten joined messages.
const TEXT_BYTES_MAX: usize = 4096;
/// Service codes, short codes, network codes, dates, statuses.
const WORD_BYTES_MAX: usize = 64;

/// Reads the callback of a USSD step. It comes once per step, sometimes twice, and carries all that
/// was typed so far.
pub fn parse_ussd(body: &[u8]) -> Result<UssdEvent, BadCall> {
    let form = Form::read(body)?;
    let network = form.present("networkCode", WORD_BYTES_MAX).unwrap_or_default();
    let call = UssdCall {
        gateway: NAME,
        session: form.token("sessionId", ID_BYTES_MAX)?.to_owned(),
        service_code: form.token("serviceCode", WORD_BYTES_MAX)?.to_owned(),
        caller: form.number("phoneNumber")?,
        // nothing depends on it
        network: network.trim().to_owned(),
        typed: Typed::Whole(String::new()),
    };
    match form.typed("text", HISTORY_BYTES_MAX) {
        Ok(history) => Ok(UssdEvent::Call(UssdCall { typed: Typed::Whole(history), ..call })),
        Err(BadCall { why: Why::TooLong, .. }) => Ok(UssdEvent::Endless(call)),
        Err(bad) => Err(bad),
    }
}

/// The fields of a USSD callback, as the gateway would post them: for phones that are no phones.
pub fn ussd_form(call: &UssdCall) -> [(&'static str, &str); 5] {
    [
        ("sessionId", &call.session),
        ("serviceCode", &call.service_code),
        ("phoneNumber", call.caller.e164()),
        ("networkCode", &call.network),
        ("text", call.typed.text()),
    ]
}

/// The answer to a USSD callback. The gateway reads its first characters, so nothing may stand
/// before them.
pub fn encode(screen: &str, continues: bool) -> String {
    let prefix = if continues { "CON " } else { "END " };
    let lines = screen.replace("\r\n", "\n").replace('\r', "\n");
    let visible =
        lines.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\u{200b}');
    format!("{prefix}{}", text::to_gsm(visible))
}

/// The screen in an answer and whether the conversation goes on; nothing if the gateway would not
/// take it.
pub fn decode(answer: &str) -> Option<(&str, bool)> {
    let going_on = answer.strip_prefix("CON ").map(|screen| (screen, true));
    going_on.or_else(|| answer.strip_prefix("END ").map(|screen| (screen, false)))
}

/// Reads the notice that a conversation is over. Only the session must be readable. The notice also
/// repeats what was typed and what we last said: PINs may be among it, so neither is even looked
/// at.
pub fn parse_end(body: &[u8]) -> Result<EndEvent, BadCall> {
    let form = Form::read(body)?;
    Ok(EndEvent {
        session: form.token("sessionId", ID_BYTES_MAX)?.to_owned(),
        caller: form.number("phoneNumber").ok(),
        status: ending(form.optional("status")?.unwrap_or_default()),
        duration_ms: form.count("durationInMillis"),
        hops: form.count("hopsCount"),
        cost: form
            .required("cost", WORD_BYTES_MAX)
            .ok()
            .filter(|text| is_cost(text))
            .map(str::to_owned),
    })
}

/// The fields of that notice, as far as anybody should rely on them: for phones that are no phones.
pub fn end_form(event: &EndEvent) -> Vec<(&'static str, String)> {
    let status = match event.status {
        Ending::Closed => "Success",
        Ending::CutOff => "Incomplete",
        Ending::Failed => "Failed",
        Ending::Unknown => "Unknown",
    };
    let mut form = vec![("sessionId", event.session.clone()), ("status", status.to_owned())];
    form.extend(event.caller.iter().map(|caller| ("phoneNumber", caller.e164().to_owned())));
    form.extend(event.duration_ms.map(|ms| ("durationInMillis", ms.to_string())));
    form.extend(event.hops.map(|hops| ("hopsCount", hops.to_string())));
    form.extend(event.cost.clone().map(|cost| ("cost", cost)));
    form
}

fn ending(status: &str) -> Ending {
    match status.trim().to_ascii_lowercase().as_str() {
        "success" => Ending::Closed,
        "incomplete" => Ending::CutOff,
        "failed" => Ending::Failed,
        _ => Ending::Unknown,
    }
}

/// `0.1`, `KES 0.10`: shown both ways, kept as it came.
fn is_cost(text: &str) -> bool {
    text.len() <= 24
        && text.bytes().any(|b| b.is_ascii_digit())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b' ')
}

/// Reads a text message that somebody sent to the service. Redelivered messages keep their `id`.
/// Its date and the number it was sent to decide nothing, and are not looked at.
pub fn parse_text(body: &[u8]) -> Result<Text, BadCall> {
    let form = Form::read(body)?;
    let words = form.optional("text")?.ok_or(BadCall { field: "text", why: Why::Missing })?;
    if words.len() > TEXT_BYTES_MAX {
        return Err(BadCall { field: "text", why: Why::TooLong });
    }
    Ok(Text {
        id: form.token("id", ID_BYTES_MAX)?.to_owned(),
        from: form.number("from")?,
        // Phones put line ends and stranger things into texts; a database should not have to take
        // them all.
        body: words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect(),
    })
}

/// The fields of an incoming text, as the gateway would post them: for phones that are no phones.
pub fn text_form(message: &Text) -> [(&'static str, String); 4] {
    [
        ("from", message.from.e164().to_owned()),
        ("id", message.id.clone()),
        ("text", message.body.clone()),
        ("networkCode", SANDBOX_NETWORK.to_owned()),
    ]
}

/// The network code of phones that are no phones.
pub const SANDBOX_NETWORK: &str = "99999";

/// Reads a delivery report.
pub fn parse_report(body: &[u8]) -> Result<DeliveryReport, BadCall> {
    let form = Form::read(body)?;
    let message_id = form.token("id", ID_BYTES_MAX)?.to_owned();
    let status = word(form.required("status", WORD_BYTES_MAX)?);
    let reason = form.optional("failureReason")?.map(word).filter(|reason| !reason.is_empty());
    let status = match status.as_str() {
        // Here the word means "on the handset"; in the answer of the send API the same word means
        // "taken".
        "success" => Delivery::Delivered,
        "sent" | "submitted" | "buffered" => Delivery::Underway,
        "rejected" | "failed" | "absentsubscriber" | "expired" => {
            Delivery::Failed(reason.unwrap_or(status))
        }
        _ => Delivery::Unknown,
    };
    Ok(DeliveryReport { message_id, status })
}

/// The gateway's code words in one spelling: it is not consistent about capitals.
fn word(text: &str) -> String {
    text.chars()
        .filter(char::is_ascii_alphanumeric)
        .take(WORD_BYTES_MAX)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// The fields of a request to the send API. Without a sender the gateway uses its own name.
pub fn send_form<'a>(
    username: &'a str,
    to: &'a str,
    message: &'a str,
    sender: Option<&'a str>,
) -> Vec<(&'static str, &'a str)> {
    let mut form = vec![("username", username), ("to", to), ("message", message), ("enqueue", "1")];
    form.extend(sender.map(|sender| ("from", sender)));
    form
}

#[derive(Deserialize)]
struct SendAnswer {
    #[serde(rename = "SMSMessageData")]
    data: SendData,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SendData {
    #[serde(default)]
    message: String,
    #[serde(default)]
    recipients: Vec<Recipient>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Recipient {
    #[serde(default)]
    status_code: serde_json::Value,
    #[serde(default)]
    status: String,
    #[serde(default)]
    message_id: String,
}

/// Reads the send API's answer to one message for one number. Success is 201: then the gateway has
/// the message, whatever else it says that cannot be read, and sending again would send twice. An
/// answer that names the accepted message counts under any 2xx. When in doubt otherwise the answer
/// is "later": a receipt that comes twice is better than none.
pub fn read_answer(http_status: u16, body: &[u8]) -> SendResult {
    match http_status {
        200..=299 => {}
        401 | 403 => {
            return misconfigured(
                "credentials not accepted: check the gateway's user name and API key",
            );
        }
        // what it says about one message it would say about any: it depends on how we ask
        400 | 404 | 405 | 413 | 415 | 422 => {
            return misconfigured(&format!(
                "HTTP {http_status}: check the gateway's address and what messages come from"
            ));
        }
        _ => return SendResult::Away { reason: format!("HTTP {http_status}") },
    }
    let Ok(SendAnswer { data }) = serde_json::from_slice::<SendAnswer>(body) else {
        return match http_status {
            201 => SendResult::Accepted { message_id: None },
            // something between us and the gateway may have answered
            _ => {
                SendResult::Away { reason: format!("HTTP {http_status} with an unreadable answer") }
            }
        };
    };
    match data.recipients.first() {
        Some(recipient) => judge(recipient),
        // The gateway reports some errors as success for nobody, with the error's name as the
        // message.
        None => refuse_or_wait(code_of_name(&data.message), &data.message),
    }
}

fn judge(recipient: &Recipient) -> SendResult {
    let code = match &recipient.status_code {
        serde_json::Value::Number(number) => number.as_u64(),
        serde_json::Value::String(digits) => digits.trim().parse().ok(),
        serde_json::Value::Null
        | serde_json::Value::Bool(_)
        | serde_json::Value::Array(_)
        | serde_json::Value::Object(_) => None,
    };
    let code = code.or_else(|| code_of_name(&recipient.status));
    let message_id = recipient.message_id.trim();
    // A refused message has the word "None" for a name.
    let named = !message_id.is_empty()
        && message_id.len() <= ID_BYTES_MAX
        && message_id.bytes().all(|b| b.is_ascii_graphic())
        && !message_id.eq_ignore_ascii_case("none");
    let message_id = named.then(|| message_id.to_owned());
    match code {
        Some(100..=102) => SendResult::Accepted { message_id },
        Some(400..=599) => refuse_or_wait(code, &recipient.status),
        // a word that we do not know, about a message that it has a name for
        Some(_) | None if named => SendResult::Accepted { message_id },
        Some(_) | None => refuse_or_wait(code, &recipient.status),
    }
}

/// Only what concerns this number is final. A wrong sender name or an empty purse is mended by the
/// operator, a broken route by time, and the person should get the message then.
fn refuse_or_wait(code: Option<u64>, name: &str) -> SendResult {
    let name = redacted(name);
    match code {
        Some(code @ (403 | 404 | 406)) => SendResult::Refused { reason: format!("{code} {name}") },
        Some(code @ (402 | 405)) => misconfigured(&format!("{code} {name}")),
        Some(code @ 500..=599) => SendResult::Away { reason: format!("{code} {name}") },
        Some(code) => later(&format!("{code} {name}")),
        None if name.is_empty() => later("no recipient and no reason given"),
        None => later(&name),
    }
}

fn misconfigured(reason: &str) -> SendResult {
    SendResult::Misconfigured { reason: reason.to_owned() }
}

fn code_of_name(name: &str) -> Option<u64> {
    let code = match word(name).as_str() {
        "success" | "sent" => 101,
        "processed" => 100,
        "queued" => 102,
        "riskhold" => 401,
        "invalidsenderid" => 402,
        "invalidphonenumber" => 403,
        "unsupportednumbertype" => 404,
        "insufficientbalance" => 405,
        "userinblacklist" => 406,
        "couldnotroute" => 407,
        "donotdisturbrejection" => 409,
        "internalservererror" => 500,
        "gatewayerror" => 501,
        "rejectedbygateway" => 502,
        _ => return None,
    };
    Some(code)
}

fn later(reason: &str) -> SendResult {
    SendResult::TryLater { reason: reason.to_owned() }
}

/// What the gateway wrote, short and without numbers that could be somebody's: reasons end up in
/// logs.
fn redacted(text: &str) -> String {
    let printable = text.chars().filter(|c| !c.is_control()).take(80);
    let mut digits = 0_usize;
    let masked = printable.map(|c| {
        digits = if c.is_ascii_digit() { digits.saturating_add(1) } else { 0 };
        if digits > 4 { '*' } else { c }
    });
    masked.collect::<String>().trim().to_owned()
}
