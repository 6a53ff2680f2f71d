//! A form body as fields with bounded, clean values. It knows no dialect: which fields there are,
//! and what they mean, is the dialect's business.

use super::number::msisdn;
use super::{BadCall, Why};
use crate::phone::Msisdn;

/// No callback is longer than this.
const BODY_BYTES_MAX: usize = 32 * 1024;
/// No callback has more fields than this.
const FIELDS_MAX: usize = 64;
/// What a decoder leaves where bytes were not UTF-8.
const LOST: char = char::REPLACEMENT_CHARACTER;

/// The fields of one callback.
pub(super) struct Form {
    fields: Vec<(String, String)>,
}

impl Form {
    /// Takes the body apart. Decoding happens here, once.
    pub(super) fn read(body: &[u8]) -> Result<Form, BadCall> {
        if body.len() > BODY_BYTES_MAX {
            return Err(BadCall { field: "body", why: Why::TooLong });
        }
        let fields: Vec<(String, String)> = serde_urlencoded::from_bytes(body)
            .map_err(|_malformed| BadCall { field: "body", why: Why::Garbled })?;
        if fields.len() > FIELDS_MAX {
            return Err(BadCall { field: "body", why: Why::TooLong });
        }
        Ok(Form { fields })
    }

    /// The value of a field that may be absent, as it came.
    pub(super) fn optional(&self, field: &'static str) -> Result<Option<&str>, BadCall> {
        let mut values =
            self.fields.iter().filter(|(name, _)| name == field).map(|(_, value)| value.as_str());
        let first = values.next();
        match values.next() {
            Some(_) => Err(BadCall { field, why: Why::Twice }),
            None => Ok(first),
        }
    }

    /// The value of a field that must be there, perhaps empty, of printable characters and no
    /// longer than `bytes_max`.
    pub(super) fn present(&self, field: &'static str, bytes_max: usize) -> Result<&str, BadCall> {
        let value = self.optional(field)?.ok_or(BadCall { field, why: Why::Missing })?;
        if value.len() > bytes_max {
            return Err(BadCall { field, why: Why::TooLong });
        }
        if value.chars().any(|c| c == LOST || c.is_control()) {
            return Err(BadCall { field, why: Why::Garbled });
        }
        Ok(value)
    }

    /// What somebody typed, which must be there, perhaps empty, and no longer than `bytes_max`: the
    /// last input alone, or all of them. Phones put line ends and stranger things into it: they
    /// count as blanks.
    pub(super) fn typed(&self, field: &'static str, bytes_max: usize) -> Result<String, BadCall> {
        let value = self.optional(field)?.ok_or(BadCall { field, why: Why::Missing })?;
        if value.len() > bytes_max {
            return Err(BadCall { field, why: Why::TooLong });
        }
        if value.contains(LOST) {
            return Err(BadCall { field, why: Why::Garbled });
        }
        Ok(value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect())
    }

    /// A value that must say something; blanks around it are not part of it.
    pub(super) fn required(&self, field: &'static str, bytes_max: usize) -> Result<&str, BadCall> {
        match self.present(field, bytes_max)?.trim() {
            "" => Err(BadCall { field, why: Why::Empty }),
            value => Ok(value),
        }
    }

    /// A name that the gateway made up: letters, digits and signs, no blanks.
    pub(super) fn token(&self, field: &'static str, bytes_max: usize) -> Result<&str, BadCall> {
        let value = self.required(field, bytes_max)?;
        match value.bytes().all(|b| b.is_ascii_graphic()) {
            true => Ok(value),
            false => Err(BadCall { field, why: Why::Garbled }),
        }
    }

    /// An international number. A `+` that nobody encoded has arrived as a blank and is put back.
    pub(super) fn number(&self, field: &'static str) -> Result<Msisdn, BadCall> {
        let value = self.required(field, 24)?;
        msisdn(field, value)
    }

    /// A number that matters to nobody's money: anything unreadable is the same as nothing.
    pub(super) fn count<T: std::str::FromStr>(&self, field: &'static str) -> Option<T> {
        self.optional(field).ok().flatten().and_then(|value| value.trim().parse().ok())
    }
}
