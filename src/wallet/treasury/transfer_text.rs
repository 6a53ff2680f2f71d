//! What is written into a bank transfer: whom the bank is to pay, with their account. Banks pass on
//! the signs of SWIFT's set `x` and no others, in four lines of 35 (MT103, MT940 and pain.001 have
//! room for as many). No phone ever shows it as it is, so it may have long numbers.

use crate::reason::Reason;
use crate::text::{fold, to_gsm};

/// It has signs that banks do not pass on, is too long, or names nobody.
pub const TRANSFER_FORMAT: Reason = Reason::new("transfer_format");

/// Signs of one, at most.
pub const TRANSFER_MAX: usize = 140;

/// A text as banks pass it on; nothing where they would not. Accents go, as they would on the way.
pub fn transfer_text(typed: &str) -> Option<String> {
    let words = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    let plain: String = to_gsm(&words).chars().map(plain).collect();
    let fits = plain.len() <= TRANSFER_MAX && plain.chars().all(is_passed_on);
    let names = plain.chars().any(|sign| sign.is_ascii_alphabetic());
    (fits && names).then_some(plain)
}

fn plain(sign: char) -> char {
    match sign {
        '&' => '+',
        sign if sign.is_uppercase() => {
            sign.to_lowercase().next().map_or(sign, fold).to_ascii_uppercase()
        }
        sign => fold(sign),
    }
}

fn is_passed_on(sign: char) -> bool {
    sign.is_ascii_alphanumeric() || " /-?:().,'+".contains(sign)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn who_is_paid_and_their_account_are_said() {
        for (typed, written) in [
            ("Ziwa Float Centre, KCB 1122334455", "Ziwa Float Centre, KCB 1122334455"),
            (" IBAN  KE12/0001-22 (Ziwa) ", "IBAN KE12/0001-22 (Ziwa)"),
            ("Société Évident & Fils: 0011", "Societe Evident + Fils: 0011"),
        ] {
            assert_eq!(transfer_text(typed).as_deref(), Some(written), "{typed}");
        }
        let longest = format!("Z{}", "1".repeat(TRANSFER_MAX - 1));
        assert_eq!(transfer_text(&longest), Some(longest.clone()));
        for none in ["", "1122334455", "duka@kcb", "Ziwa_1", "Ziwa €", &format!("{longest}1")] {
            assert_eq!(transfer_text(none), None, "{none}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_written_banks_pass_on(typed in any::<String>()) {
            if let Some(written) = transfer_text(&typed) {
                prop_assert!(written.len() <= TRANSFER_MAX && written.chars().all(is_passed_on));
                prop_assert_eq!(transfer_text(&written), Some(written));
            }
        }
    }
}
