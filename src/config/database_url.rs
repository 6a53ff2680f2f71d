//! Where the database is, as it was given. It may hold a password, so it is never shown as it is:
//! what is printed, in a log or in an error, names the server and the database.

use crate::store::Address;
use std::fmt;

/// The address of a database.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// As it was given, to connect by: with its password.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for DatabaseUrl {
    fn from(url: String) -> DatabaseUrl {
        DatabaseUrl(url)
    }
}

impl From<&str> for DatabaseUrl {
    fn from(url: &str) -> DatabaseUrl {
        DatabaseUrl(url.to_owned())
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Address::parse(&self.0) {
            Ok(address) => address.fmt(f),
            Err(_unreadable) => f.write_str("an address that cannot be read"),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_has_no_password_in_it() {
        for (given, printed) in [
            ("sqlite://kadogo.db", "sqlite://kadogo.db"),
            ("postgres://kadogo:geheim@db.example/money", "postgres://db.example/money"),
            ("postgres://kadogo@a,b/money?password=geheim", "postgres://a,b/money"),
            ("postgres://kadogo:ge?heim@db.example/money", "postgres://db.example/money"),
            ("postgres://kadogo:x@geheim@db.example/money", "an address that cannot be read"),
            ("postgres://kadogo@db.example/money?geheim=1", "an address that cannot be read"),
            ("mysql://kadogo:geheim@db.example/money", "an address that cannot be read"),
        ] {
            let url = DatabaseUrl::from(given);
            assert_eq!((url.to_string().as_str(), url.expose()), (printed, given));
            assert_eq!(format!("{url:?}"), printed);
        }
    }
}
