//! A JSON body as fields with bounded, clean values. It knows no dialect: which fields there are,
//! and what they mean, is the dialect's business.

use super::number::msisdn;
use super::{BadCall, Why};
use crate::phone::Msisdn;
use serde_json::{Map, Value};

/// Longer than any name that a gateway gives.
pub(super) const ID_BYTES_MAX: usize = 128;
/// Longer than any input, and than any code that is dialled.
pub(super) const INPUT_BYTES_MAX: usize = 1_024;
/// No callback is longer than this.
const BODY_BYTES_MAX: usize = 32 * 1024;
/// What a decoder leaves where bytes were not UTF-8.
const LOST: char = char::REPLACEMENT_CHARACTER;

/// The fields of one callback.
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    /// Takes the body apart.
    pub(super) fn read(body: &[u8]) -> Result<Fields, BadCall> {
        if body.len() > BODY_BYTES_MAX {
            return Err(BadCall { field: "body", why: Why::TooLong });
        }
        serde_json::from_slice(body)
            .map(Fields)
            .map_err(|_malformed| BadCall { field: "body", why: Why::Garbled })
    }

    /// The value of a field that must be there, perhaps empty, of printable characters and no
    /// longer than `bytes_max`. Some write numbers without quotes.
    pub(super) fn present(&self, field: &'static str, bytes_max: usize) -> Result<String, BadCall> {
        let text = self.text(field, bytes_max)?;
        if text.chars().any(|c| c == LOST || c.is_control()) {
            return Err(BadCall { field, why: Why::Garbled });
        }
        Ok(text)
    }

    /// What somebody typed, which must be there, perhaps empty. Phones put line ends and stranger
    /// things into it: they count as blanks.
    pub(super) fn typed(&self, field: &'static str) -> Result<String, BadCall> {
        let text = self.text(field, INPUT_BYTES_MAX)?;
        if text.contains(LOST) {
            return Err(BadCall { field, why: Why::Garbled });
        }
        Ok(text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect())
    }

    fn text(&self, field: &'static str, bytes_max: usize) -> Result<String, BadCall> {
        let text = match self.0.get(field) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            None | Some(Value::Null) => return Err(BadCall { field, why: Why::Missing }),
            Some(Value::Bool(_) | Value::Array(_) | Value::Object(_)) => {
                return Err(BadCall { field, why: Why::Garbled });
            }
        };
        if text.len() > bytes_max {
            return Err(BadCall { field, why: Why::TooLong });
        }
        Ok(text)
    }

    /// A name that the gateway made up: letters, digits and signs, no blanks.
    pub(super) fn token(&self, field: &'static str, bytes_max: usize) -> Result<String, BadCall> {
        let text = self.present(field, bytes_max)?;
        match text.trim() {
            "" => Err(BadCall { field, why: Why::Empty }),
            token if token.bytes().all(|b| b.is_ascii_graphic()) => Ok(token.to_owned()),
            _blank => Err(BadCall { field, why: Why::Garbled }),
        }
    }

    /// An international number, with a `+` or without.
    pub(super) fn number(&self, field: &'static str) -> Result<Msisdn, BadCall> {
        msisdn(field, &self.token(field, 24)?)
    }

    /// Yes or no.
    pub(super) fn truth(&self, field: &'static str) -> Result<bool, BadCall> {
        match self.0.get(field) {
            Some(Value::Bool(truth)) => Ok(*truth),
            Some(Value::String(text)) if text.eq_ignore_ascii_case("true") => Ok(true),
            Some(Value::String(text)) if text.eq_ignore_ascii_case("false") => Ok(false),
            None | Some(Value::Null) => Err(BadCall { field, why: Why::Missing }),
            Some(Value::String(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
                Err(BadCall { field, why: Why::Garbled })
            }
        }
    }

    /// A count from 1, where there is one.
    pub(super) fn count(&self, field: &'static str) -> Option<u32> {
        let count = match self.0.get(field)? {
            Value::Number(number) => u32::try_from(number.as_u64()?).ok()?,
            Value::String(text) => text.trim().parse().ok()?,
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
        };
        (count > 0).then_some(count)
    }
}
