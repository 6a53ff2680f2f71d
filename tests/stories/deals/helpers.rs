//! What stories of deals share: the ways through the menus, the other side's language, the days
//! that go by.

use super::*;

/// The other side of every deal here.
pub const OTHER: &str = DAUDI;
pub const OTHER_PIN: &str = "8053";

/// Under Safe pay.
pub async fn safe(phone: &Phone<'_>, way: &[Step<'_>]) -> String {
    dial_afresh(phone).await;
    phone.go(&[Pick("safe")]).await;
    phone.go(way).await
}

/// In the deal about the phone.
pub async fn deal(phone: &Phone<'_>, way: &[Step<'_>]) -> String {
    safe(phone, &[Pick("mine"), Line("phone")]).await;
    phone.go(way).await
}

/// Asks the other side: to sell, where one buys, or to buy.
pub const ASKS_TO_SELL: [Step<'_>; 5] =
    [Pick("buy"), Type("0700000004"), Type("1000"), Type("phone"), Pick("ask")];

/// The words of a text in the language of whoever has this number.
pub fn words<'a>(number: &str, en: &'a str, sw: &'a str, fr: &'a str) -> &'a str {
    match number {
        BARAKA => sw,
        CLAIRE => fr,
        _english => en,
    }
}

/// The other side speaks what whoever has this number speaks.
pub async fn speaks_as(other: &Phone<'_>, number: &str) {
    other.write(words(number, "LANGUAGE ENGLISH", "LANGUAGE KISWAHILI", "LANGUAGE FRENCH")).await;
    other.messages().await;
}

/// The six digits that the last screen shows.
pub fn digits(screen: &str) -> String {
    let is_code = |word: &&str| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit());
    let mut words = screen.split(|sign: char| !sign.is_ascii_alphanumeric());
    words.find(is_code).unwrap_or_else(|| panic!("no code in {screen}")).to_owned()
}

/// What both have seen, one below the other. What differs from run to run stands as signs.
pub fn both(buyer: &Phone<'_>, seller: &Phone<'_>, codes: &[&str]) -> String {
    let mut seen =
        format!("{}\n\n=== the other side ===\n{}", buyer.transcript(), seller.transcript());
    for code in codes {
        seen = seen.replace(code, "######");
    }
    seen
}

/// Agreed on and paid in: the buyer with this number and PIN, the other sells.
pub async fn paid_in(buyer: &Phone<'_>, seller: &Phone<'_>, number: &str, pin: &str) -> String {
    safe(buyer, &ASKS_TO_SELL).await;
    seller.write(words(number, "ACCEPT", "KUBALI", "ACCEPTER")).await;
    deal(buyer, &[Pick("pay"), Yes, Type(pin)]).await
}

/// A number as people type it.
pub fn local(number: &str) -> String {
    number.replace("+254", "0")
}
