//! E-mail addresses: strict reading, so that what is stored can stand in a header and in front of a
//! server as it is; and the masked form in which they are shown. It knows nothing of mail.

use std::fmt;

use crate::reason::Reason;
use crate::typed_text::tidied;

/// Characters of an address: what fits a screen with room for words.
const ADDRESS_MAX: usize = 60;
const LOCAL_MAX: usize = 40;
const LABEL_MAX: usize = 40;

/// An address in small letters. `Display` and `Debug` mask it.
#[derive(Clone, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// Reads an address as people type it. Quoted names, comments and bare hosts are no addresses
    /// here; the marks around one that was copied out of a letter are left out. Some gateways
    /// deliver `@` as `¡`, because one table has the one where the other has the other.
    pub fn parse(text: &str) -> Result<Email, Reason> {
        let text = tidied(text).trim().replace('¡', "@").to_ascii_lowercase();
        let copied = text.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
        let text = copied.map(|inside| inside.trim().to_owned()).unwrap_or(text);
        let (local, domain) = text.split_once('@').ok_or(Reason::EMAIL_FORMAT)?;
        let labels: Vec<&str> = domain.split('.').collect();
        let ending = labels
            .last()
            .is_some_and(|last| last.len() >= 2 && last.bytes().all(|b| b.is_ascii_alphabetic()));
        let good = text.len() <= ADDRESS_MAX
            && is_local(local)
            && labels.len() >= 2
            && labels.iter().all(|label| is_label(label))
            && ending;
        if good { Ok(Email(text)) } else { Err(Reason::EMAIL_FORMAT) }
    }

    /// The mailbox behind the address: what follows a `+` is a note of its owner's, and arrives at
    /// the same place.
    pub fn mailbox(&self) -> String {
        let (local, domain) = self.0.split_once('@').unwrap_or_default();
        let local = local.split_once('+').map_or(local, |(owner, _note)| owner);
        format!("{local}@{domain}")
    }

    /// The whole address, for those who write to it.
    pub fn address(&self) -> &str {
        &self.0
    }
}

fn is_local(local: &str) -> bool {
    let plain = local.bytes().all(|b| b.is_ascii_alphanumeric() || b"._%+-".contains(&b));
    let dots = local.starts_with('.') || local.ends_with('.') || local.contains("..");
    (1..=LOCAL_MAX).contains(&local.len()) && plain && !dots
}

fn is_label(label: &str) -> bool {
    let plain = label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    (1..=LABEL_MAX).contains(&label.len())
        && plain
        && !label.starts_with('-')
        && !label.ends_with('-')
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (local, domain) = self.0.split_once('@').unwrap_or_default();
        let first: String = local.chars().take(1).collect();
        write!(f, "{first}***@{domain}")
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Email({self})")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests stop where they fail")]

    use super::*;

    #[test]
    fn what_people_type_is_read_and_shown_masked() {
        let address = Email::parse(" Amina.Wanjiru+pesa@Mail.Example.ORG ").unwrap();
        assert_eq!(address.address(), "amina.wanjiru+pesa@mail.example.org");
        let pasted = Email::parse("\u{200E}amina.wanjiru+pesa¡mail.example.org\r\n").unwrap();
        assert_eq!(pasted, address);
        assert_eq!(Email::parse("<amina.wanjiru+pesa@mail.example.org>").unwrap(), address);
        assert_eq!(
            format!("{address} {address:?}"),
            "a***@mail.example.org Email(a***@mail.example.org)"
        );
    }

    #[test]
    fn what_could_mean_something_else_to_a_mail_server_is_no_address() {
        let long = format!("{}@example.org", "a".repeat(60));
        for wrong in [
            "",
            "amina",
            "amina@",
            "@example.org",
            "amina@localhost",
            "amina@10.0.0.1",
            "a@b@example.org",
            "amina@example.org\r\nBcc: all@example.org",
            "amina@example.org,thief@example.org",
            "<<amina@example.org>>",
            "Amina <amina@example.org>",
            "<amina@example.org",
            "\"amina\"@example.org",
            "amina @example.org",
            ".amina@example.org",
            "a..b@example.org",
            "amina@-example.org",
            "amina@example..org",
            "am\u{ed}na@example.org",
            long.as_str(),
        ] {
            assert_eq!(Email::parse(wrong), Err(Reason::EMAIL_FORMAT), "{wrong}");
        }
    }
}
