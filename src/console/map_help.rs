//! What stands beside the field for a column map: a word for each of its keys, and an example to
//! begin with. How a map is read is not known here.

use super::desk::Desk;
use super::wording::Word;
use crate::bank::{EXAMPLE, MAP_KEYS};
use maud::{Markup, html};

/// The help.
pub fn help(desk: &Desk) -> Markup {
    html! {
        details {
            summary { (desk.say(Word::MapHow)) }
            p { (desk.say(Word::MapExample)) }
            pre.sample { (EXAMPLE) }
            dl {
                @for key in MAP_KEYS {
                    dt { code { (key) } }
                    dd { (desk.words.map_key(key)) }
                }
            }
        }
    }
}
