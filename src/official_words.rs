//! Words that would make a message of the service say something else, as they will be shown: in the
//! alphabet of phones, however they were written. Pure.

use crate::market::Market;
use crate::text::to_gsm;
use crate::typed_text::bare;

/// How a receipt says that it is one, in the languages of the texts, and that money has come: words
/// of others stand in the midst of texts that are the service's.
const RECEIPTS: [&str; 17] = [
    "confirmed",
    "paid",
    "paidin",
    "received",
    "moneyin",
    "moneyisin",
    "sendit",
    "imethibitishwa",
    "imelipwa",
    "umelipwa",
    "amelipa",
    "umepokea",
    "imepokelewa",
    "pesaimeingia",
    "argentrecu",
    "avezrecu",
    "paiementrecu",
];
/// What those are called who speak for a service or a bank: nobody's name.
const ROLES: [&str; 19] = [
    "customercare",
    "customerservice",
    "customersupport",
    "support",
    "helpdesk",
    "callcentre",
    "callcenter",
    "admin",
    "systemadmin",
    "administrator",
    "reversal",
    "refund",
    "refunds",
    "bank",
    "hudumakwawateja",
    "benki",
    "serviceclient",
    "serviceclients",
    "banque",
];
/// A word of fewer letters may be a part of anybody's name, or their initials.
const WITHIN_LEAST: usize = 4;
const APART_LEAST: usize = 5;

/// Whether these words sound as if the service, an operator or a bank of the market spoke: one of
/// their names, also as a part of a word or in pieces, a currency, or how a receipt begins.
pub fn sounds_official(words: &str, brand: &str, market: &Market) -> bool {
    let words = shown(words);
    let brand = letters(brand);
    let currency = letters(market.currency.as_str());
    let within = |name: &str| {
        let alike = look_alike(name);
        name.len() >= WITHIN_LEAST && words.iter().any(|word| word.contains(&alike))
    };
    within(&brand)
        || says(&words, &brand)
        || says(&words, &currency)
        || market.operators.iter().any(|name| within(name) || says(&words, name))
        || RECEIPTS.iter().any(|name| says(&words, name))
}

/// Whether these words are what those are called who speak for a service.
pub fn is_a_role(words: &str) -> bool {
    let words = shown(words);
    ROLES.iter().any(|role| says(&words, role))
}

/// The words as people read them: neither an accent nor a strange letter makes another of one.
fn shown(words: &str) -> Vec<String> {
    // as digits look between letters
    let look = |sign: char| match sign {
        '0' => 'o',
        '1' => 'l',
        '3' => 'e',
        '5' => 's',
        other => other,
    };
    let plain: String = bare(&to_gsm(words)).chars().map(look).collect();
    let parts = plain.split(|sign: char| !sign.is_alphabetic());
    parts.filter(|word| !word.is_empty()).map(look_alike).collect()
}

/// As it looks in passing: letters that are taken for one another are one.
fn look_alike(word: &str) -> String {
    word.replace("rn", "m").replace("vv", "w").replace('q', "g").replace('i', "l")
}

fn letters(name: &str) -> String {
    shown(name).concat()
}

/// Whether one word says it, or several that are read as one: `Ka-dogo`.
fn says(words: &[String], wanted: &str) -> bool {
    let wanted = look_alike(wanted);
    let one = words.contains(&wanted);
    let begins = |from: usize| {
        let mut rest = wanted.as_str();
        for word in words.iter().skip(from) {
            match rest.strip_prefix(word.as_str()) {
                Some("") => return true,
                Some(left) => rest = left,
                None => return false,
            }
        }
        false
    };
    one || (wanted.len() >= APART_LEAST && (0..words.len()).any(begins))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_service_and_others_like_it_say_nobody_else_says() {
        let market = Market::kenya();
        for official in [
            "Kadogo",
            "kes",
            "Amina CONFIRMED",
            "con-firmed Kadogo",
            "cönfirmed",
            "Imethibitishwa-ok",
            "KadogoPay",
            "Kádogo-Help",
            "Mykadogo Agent",
            "Kadōgo",
            "ƙadọgo Support",
            "KEŠ Bank",
            "Cōnfirmed",
            "Ka-dogo",
            "K.adogo Care",
            "M-PESA",
            "m pesa",
            "M.P.E.S.A",
            "Safaricom Shop",
            "PAID IN, SEND IT",
            "money is in",
            "Kad0go fund",
            "Kadoqo",
            "Safaricorn",
            "lmethibitishwa",
            "M-PE5A",
            "Pesa imeingia",
            "argent reçu",
        ] {
            assert!(sounds_official(official, "Kadogo", &market), "{official}");
        }
        for plain in [
            "Amina Wanjiru",
            "kesho",
            "confirmedly",
            "Kado Godana",
            "K. E. S. Otieno",
            "Tom Pesa",
            "Baraka Pesah",
            "Airton Lelei",
            "unpaid rent",
            "prepaid card",
            "",
        ] {
            assert!(!sounds_official(plain, "Kadogo", &market), "{plain}");
        }
    }

    #[test]
    fn who_speaks_for_a_service_has_no_such_name() {
        for role in ["Customer Care", "Huduma kwa Wateja", "KCB Bank", "System Admin", "KSH Refund"]
        {
            assert!(is_a_role(role), "{role}");
        }
        for name in [
            "Careen Atieno",
            "Charo Baya",
            "Justice Kilonzo",
            "Banks",
            "Mary Supporta",
            "Adminah Warnock",
        ] {
            assert!(!is_a_role(name), "{name}");
        }
    }
}
