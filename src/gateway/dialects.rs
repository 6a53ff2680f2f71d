//! The dialects that are spoken: one file each, and one line here.

use super::dialect::Dialect;
use super::{africastalking, arkesel, hubtel};

/// All of them.
pub const DIALECTS: &[&Dialect] = &[&africastalking::DIALECT, &arkesel::DIALECT, &hubtel::DIALECT];

/// The addresses of all that they have.
pub fn addresses() -> Vec<String> {
    let of_one = |dialect: &&Dialect| {
        let has = [
            ("ussd", true),
            ("ussd/ended", dialect.ended.is_some()),
            ("sms", dialect.text.is_some()),
            ("delivery", dialect.report.is_some()),
        ];
        let name = dialect.name;
        let had = has.into_iter().filter(|(_end, is_there)| *is_there);
        had.map(move |(end, _)| format!("/gateways/{name}/{end}")).collect::<Vec<_>>()
    };
    DIALECTS.iter().flat_map(of_one).collect()
}

/// The one of this name.
pub fn dialect(name: &str) -> Option<&'static Dialect> {
    DIALECTS.iter().find(|dialect| dialect.name == name).copied()
}
