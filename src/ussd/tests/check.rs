//! The check finds each kind of mistake, and says where it is. Every case spoils the real files in
//! one place.

use super::super::{MenuReport, check};
use super::*;
use crate::source::Source;

/// Which file to spoil.
#[derive(Clone, Copy)]
pub(super) enum At {
    Screens,
    English,
    French,
    Swahili,
}

/// The complaints after `old` became `new`, which stands there only once.
pub(super) fn spoilt(at: At, old: &str, new: &str) -> Vec<String> {
    let mut files = Files::embedded().named(&ServiceNames::default());
    let name = match at {
        At::Screens => "",
        At::English => "menus/texts/en.toml",
        At::French => "menus/texts/fr.toml",
        At::Swahili => "menus/texts/sw.toml",
    };
    let source = match files.texts.iter_mut().find(|source| source.name == name) {
        Some(source) => source,
        None => &mut files.customer,
    };
    assert!(source.text.contains(old), "{old:?} is not in {}", source.name);
    *source = Source::new(source.name.clone(), source.text.replacen(old, new, 1));
    checked(&files).problems.iter().map(ToString::to_string).collect()
}

/// What the check finds in these files, in the market of the tests.
fn checked(files: &Files) -> MenuReport {
    let market = Market::kenya();
    let files = menu_folder::filled(files, &ServiceNames::default(), &market);
    check(&files, &menu_folder::vocabulary(), &market.into())
}

/// The line (from 1) of the `nth` (from 1) line that contains `words`.
pub(super) fn line_of(at: At, words: &str) -> usize {
    let files = Files::embedded().named(&ServiceNames::default());
    let text = match at {
        At::Screens => &files.customer.text,
        At::English => &files.texts.first().unwrap().text,
        At::French => &files.texts.get(1).unwrap().text,
        At::Swahili => &files.texts.get(2).unwrap().text,
    };
    text.lines().position(|line| line.contains(words)).unwrap() + 1
}

#[track_caller]
pub(super) fn finds(problems: &[String], expected: &str) {
    assert!(
        problems.iter().any(|problem| problem.starts_with(expected)),
        "{expected:?} is not among {problems:#?}"
    );
}

#[test]
fn the_longest_number_of_customer_care_fits_everywhere() {
    let care = Some("+254 700 123 456".to_owned());
    let names = ServiceNames { care, ..ServiceNames::default() };
    let report = checked(&Files::embedded().named(&names));
    let problems: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
    assert!(report.is_ok(), "{problems:#?}");
}

#[test]
fn the_real_files_are_well() {
    let report = checked(&Files::embedded());
    let problems: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
    assert!(report.is_ok(), "{problems:#?}");
    assert!(report.summary.contains("in en, fr, sw; fullest screen: "), "{}", report.summary);
}

#[test]
fn jumps_that_do_not_land() {
    let line = line_of(At::Screens, "goto = \"send_amount\"");
    let problems = spoilt(At::Screens, "goto = \"send_amount\"", "goto = \"send_amont\"");
    finds(
        &problems,
        &format!(
            "menus/customer.toml:{line}: screen \"send_to\" jumps to \"send_amont\", which does \
             not exist"
        ),
    );
    let problems = spoilt(At::Screens, "start = \"home\"", "start = \"hom\"");
    finds(
        &problems,
        &format!(
            "menus/customer.toml:{}: `start` is screen \"hom\"",
            line_of(At::Screens, "start = ")
        ),
    );
    let problems = spoilt(At::Screens, "late = \"late\"", "late = \"home\"");
    finds(
        &problems,
        &format!(
            "menus/customer.toml:{}: `late` must be a screen of type \"end\"",
            line_of(At::Screens, "late = ")
        ),
    );
}

#[test]
fn screens_that_nobody_reaches() {
    let last = Files::embedded().named(&ServiceNames::default()).customer.text.lines().count();
    let problems = spoilt(
        At::Screens,
        "[screen.refused]",
        "[screen.orphan]\ntype = \"end\"\n\n[screen.refused]",
    );
    finds(
        &problems,
        &format!("menus/customer.toml:{}: screen \"orphan\" cannot be reached", last - 1),
    );
    finds(&problems, "menus/texts/en.toml:");
}

#[test]
fn texts_that_are_missing_or_left_over() {
    let needs = line_of(At::Screens, "[screen.send_done]");
    let near = line_of(At::French, "[screen.send_done]");
    let problems = spoilt(At::French, "[screen.send_done]\ntext", "[screen.send_done]\ntekst");
    finds(
        &problems,
        &format!(
            "menus/texts/fr.toml:{}: text \"screen.send_done\" is missing; \
             menus/customer.toml:{needs} needs it",
            near + 1
        ),
    );
    finds(
        &problems,
        &format!("menus/texts/fr.toml:{}: text \"screen.send_done.tekst\" is not used", near + 1),
    );
    let problems = spoilt(At::Swahili, "pin_weak = ", "pin_wek = ");
    finds(&problems, "menus/texts/sw.toml:");
    assert!(
        problems.iter().any(|problem| problem.ends_with("text \"refusal.pin_weak\" is missing")),
        "{problems:#?}"
    );
    let problems = spoilt(At::English, "\njoined = ", "\njoint = ");
    assert!(problems.iter().any(
        |problem| problem.contains("en.toml") && problem.ends_with("\"sms.joined\" is missing")
    ));
    assert!(
        problems.iter().any(|problem| problem.contains("text \"sms.joint\" is not used")),
        "{problems:#?}"
    );
    let problems = spoilt(At::English, "Cost {fee}.", "Cost {left}.");
    let unfilled = "message \"sms.sent\" is never sent with a {left}";
    assert!(problems.iter().any(|problem| problem.ends_with(unfilled)), "{problems:#?}");
}

#[test]
fn placeholders_that_do_not_match_or_are_not_declared() {
    let line = line_of(At::Swahili, "Ada {fee}. Jumla {total}");
    let problems = spoilt(At::Swahili, "Jumla {total}", "Jumla {totl}");
    finds(
        &problems,
        &format!(
            "menus/texts/sw.toml:{line}: text \"screen.send_confirm\" has {{amount}} {{fee}} \
             {{name}} {{phone}} {{totl}}, but English has"
        ),
    );
    finds(
        &problems,
        &format!(
            "menus/texts/sw.toml:{line}: text \"screen.send_confirm\" has {{totl}}, which no \
             service shows"
        ),
    );
    let problems = spoilt(At::Screens, "ago = \"10\"", "agos = \"10\"");
    finds(
        &problems,
        &format!(
            "menus/customer.toml:{}: slot \"agos\" is used by no text",
            line_of(At::Screens, "ago = ")
        ),
    );
    finds(
        &problems,
        &format!(
            "menus/texts/en.toml:{}: text \"screen.send_again\" has {{ago}}",
            line_of(At::English, "{ago}")
        ),
    );
}

#[test]
fn screens_and_messages_that_are_too_long() {
    let line = line_of(At::French, "Frais {fee}. Total {total}.");
    let problems = spoilt(
        At::French,
        "Frais {fee}. Total {total}.",
        "Les frais se montent à {fee}. Le total est de {total}.",
    );
    finds(&problems, &format!("menus/texts/fr.toml:{line}: screen \"send_confirm\" takes 1"));
    assert!(
        problems.iter().all(|problem| problem.contains("of 156 septets on its longest values")),
        "{problems:#?}"
    );
    let problems = spoilt(At::Screens, "name = 18", "name = 60");
    finds(&problems, "menus/texts/en.toml:");
    let long = "Wrong PIN. Tries left: {left}. Please remember that after five wrong tries your \
                PIN will be locked for good.";
    let problems = spoilt(At::English, "Wrong PIN. Tries left: {left}.", long);
    // it stands above many screens, and is one text
    let above = |problem: &&String| problem.contains("with \"pin_wrong\" above; and so do ");
    assert_eq!(problems.iter().filter(above).count(), 1, "{problems:#?}");
    assert!(problems.iter().all(|problem| problem.ends_with(" more screens")), "{problems:#?}");
    let line = line_of(At::English, "unknown = \"Sorry");
    let problems = spoilt(
        At::English,
        "Sorry, we did not",
        "Sorry, and sorry, and once more we are so very, very sorry that this time we really, \
         truly did not",
    );
    finds(&problems, &format!("menus/texts/en.toml:{line}: text \"sms.unknown\" takes 1"));
}
