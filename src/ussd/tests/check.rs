//! The check finds each kind of mistake, and says where it is. Every case spoils the real files in
//! one place.

use super::super::{check, graph};
use super::*;
use crate::source::Source;

/// Which file to spoil.
#[derive(Clone, Copy)]
enum At {
    Screens,
    English,
    French,
    Swahili,
}

/// The complaints after `old` became `new`, which stands there only once.
fn spoilt(at: At, old: &str, new: &str) -> Vec<String> {
    let mut files = Files::embedded();
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
    check(&files, &crate::menu_folder::vocabulary())
        .problems
        .iter()
        .map(ToString::to_string)
        .collect()
}

/// The line (from 1) of the `nth` (from 1) line that contains `words`.
fn line_of(at: At, words: &str) -> usize {
    let files = Files::embedded();
    let text = match at {
        At::Screens => &files.customer.text,
        At::English => &files.texts.first().unwrap().text,
        At::French => &files.texts.get(1).unwrap().text,
        At::Swahili => &files.texts.get(2).unwrap().text,
    };
    text.lines().position(|line| line.contains(words)).unwrap() + 1
}

#[track_caller]
fn finds(problems: &[String], expected: &str) {
    assert!(
        problems.iter().any(|problem| problem.starts_with(expected)),
        "{expected:?} is not among {problems:#?}"
    );
}

#[test]
fn the_real_files_are_well() {
    let report = check(&Files::embedded(), &crate::menu_folder::vocabulary());
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
    let last = Files::embedded().customer.text.lines().count();
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
    assert!(problems.iter().any(|problem| problem.contains("screen \"send_pin\"")
        && problem.ends_with("with \"pin_wrong\" above")));
    let line = line_of(At::English, "unknown = \"Sorry");
    let problems = spoilt(
        At::English,
        "Sorry, we did not",
        "Sorry, and sorry, and once more we are so very, very sorry that this time we really, \
         truly did not",
    );
    finds(&problems, &format!("menus/texts/en.toml:{line}: text \"sms.unknown\" takes 1"));
}

#[test]
fn letters_that_phones_cannot_show() {
    let line = line_of(At::French, "Derniers paiements");
    let problems = spoilt(At::French, "Derniers paiements", "Reçus");
    finds(&problems, &format!("menus/texts/fr.toml:{line}: text \"screen.statement\" has \"ç\""));
}

#[test]
fn secrets_that_are_not_marked() {
    let text = Files::embedded().customer.text;
    let line = text.lines().position(|line| line.contains("accepts = \"secret\"")).unwrap() + 1;
    let problems =
        spoilt(At::Screens, "accepts = \"secret\"\nsecret = true", "accepts = \"secret\"");
    finds(
        &problems,
        &format!(
            "menus/customer.toml:{line}: screen \"send_pin\": `accepts = \"secret\"` and `secret = \
             true` belong together"
        ),
    );
    let problems = spoilt(
        At::Screens,
        "accepts = \"secret\"\nsecret = true",
        "accepts = \"text\"\nsecret = true",
    );
    finds(&problems, &format!("menus/customer.toml:{line}: screen \"send_pin\": "));
    let problems = spoilt(At::Screens, "accepts = \"secret\"\nsecret = true", "accepts = \"text\"");
    finds(
        &problems,
        &format!(
            "menus/customer.toml:{}: screen \"send_pin\": \"send\" moves money, so it needs a PIN",
            line + 1
        ),
    );
}

#[test]
fn money_without_a_yes() {
    let line = line_of(At::Screens, "do = \"send\"");
    let message = "screen \"send_pin\": \"send\" moves money, but there is a way here without a \
                   yes to its quote";
    let problems = spoilt(At::Screens, "goto = \"send_confirm\"", "goto = \"send_pin\"");
    finds(&problems, &format!("menus/customer.toml:{line}: {message}"));
    let problems = spoilt(At::Screens, "quote = \"send\"\n", "");
    finds(&problems, &format!("menus/customer.toml:{}: {message}", line - 1));
    // Not even by way of the question that comes first.
    let problems = spoilt(
        At::Screens,
        "type = \"confirm\"\ngoto = \"send_confirm\"",
        "type = \"confirm\"\ngoto = \"send_pin\"",
    );
    finds(&problems, &format!("menus/customer.toml:{line}: {message}"));
}

#[test]
fn fields_that_nobody_entered() {
    let problems = spoilt(At::Screens, "field = \"amount\"", "field = \"sum\"");
    let line = line_of(At::Screens, "quote = \"send\"");
    finds(
        &problems,
        &format!(
            "menus/customer.toml:{line}: screen \"send_confirm\": \"send\" needs field \"amount\""
        ),
    );
    let problems = spoilt(At::Screens, "keep = [\"new_pin\"]", "keep = [\"old_pin\"]");
    let line = line_of(At::Screens, "do = \"change_agent_pin\"");
    finds(
        &problems,
        &format!(
            "menus/customer.toml:{line}: screen \"agent_pin_old\": \"change_agent_pin\" needs \
             field \"new_pin\""
        ),
    );
}

#[test]
fn names_that_nobody_knows() {
    let line = line_of(At::Screens, "quote = \"balance\"");
    let problems = spoilt(At::Screens, "quote = \"balance\"", "quote = \"balanse\"");
    finds(
        &problems,
        &format!(
            "menus/customer.toml:{line}: screen \"balance\" asks for \"balanse\", which [services] \
             does not name"
        ),
    );
    let line = line_of(At::Screens, "statement = {}");
    let problems = spoilt(At::Screens, "statement = {}", "statement = {}\nlottery = {}");
    finds(
        &problems,
        &format!("menus/customer.toml:{}: service \"lottery\" is unknown to the wallet", line + 1),
    );
    finds(
        &problems,
        &format!("menus/customer.toml:{}: service \"lottery\" is not used by any screen", line + 1),
    );
    let line = line_of(At::Screens, "when = \"orders\"");
    let problems = spoilt(At::Screens, "when = \"orders\"", "when = \"ordres\"");
    finds(
        &problems,
        &format!("menus/customer.toml:{line}: screen \"home\" asks for flag \"ordres\""),
    );
    finds(
        &problems,
        &format!(
            "menus/customer.toml:{}: flag \"orders\" is not used",
            line_of(At::Screens, "flags = ")
        ),
    );
}

#[test]
fn words_that_lie_about_keys() {
    let line = line_of(At::English, "back = \"0 Back\"");
    let problems = spoilt(At::English, "0 Back", "# Back");
    finds(
        &problems,
        &format!("menus/texts/en.toml:{line}: text \"nav.back\" must begin with \"0 \""),
    );
    let line = line_of(At::Screens, "{ label = \"orders\"");
    let problems = spoilt(At::Screens, "{ label = \"orders\"", "{ label = \"send\"");
    finds(
        &problems,
        &format!("menus/customer.toml:{line}: screen \"home\" cannot have another label \"send\""),
    );
}

#[test]
fn attributes_that_do_not_belong() {
    let line = line_of(At::Screens, "field = \"to\"");
    let spoil = |new: &str| spoilt(At::Screens, "field = \"to\"", new);
    finds(
        &spoil("feild = \"to\""),
        &format!("menus/customer.toml:{}: screen \"send_to\": `field` is missing", line - 2),
    );
    finds(
        &spoil("feild = \"to\""),
        &format!("menus/customer.toml:{line}: screen \"send_to\": `feild` does not belong here"),
    );
    finds(
        &spoil("field = 7"),
        &format!("menus/customer.toml:{line}: screen \"send_to\": `field` must be a text"),
    );
    finds(&spoil("field = \"to"), &format!("menus/customer.toml:{line}: "));
    finds(
        &spoil("field = \"to\"\nquote = \"send\""),
        &format!("menus/customer.toml:{}: screen \"send_to\": `quote`", line + 1),
    );
    finds(
        &spoil("field = \"to\"\npattern = \"(\""),
        &format!("menus/customer.toml:{}: screen \"send_to\": `pattern`", line + 1),
    );
    finds(
        &spoil("field = \"to\"\nnext = [{ when = \"again\", goto = \"home\" }]"),
        &format!("menus/customer.toml:{}", line + 4),
    );
    let line = line_of(At::Screens, "quote = \"send\"");
    let problems = spoilt(At::Screens, "type = \"confirm\"", "type = \"konfirm\"");
    finds(
        &problems,
        &format!(
            "menus/customer.toml:{}: screen \"send_confirm\": there is no type \"konfirm\"",
            line - 1
        ),
    );
    let problems = spoilt(At::Screens, "no = { goto = \"send_cancelled\" }", "");
    finds(
        &problems,
        &format!("menus/customer.toml:{}: screen \"send_confirm\": `no` is missing", line - 2),
    );
    let problems = spoilt(
        At::Screens,
        "branch = [{ when = \"again\", goto = \"send_again\" }, ",
        "branch = [{ when = \"again\", goto = \"home\" }, ",
    );
    finds(
        &problems,
        &format!("menus/customer.toml:{}: screen \"send_confirm\" branches to \"home\"", line + 1),
    );
}

#[test]
fn the_graph_shows_every_screen_and_every_jump() {
    let menus = menus();
    let map = graph(&menus, Language::EN);
    assert!(map.starts_with("flowchart TD\n  door_start((start)) --> home\n"), "{map}");
    for screen in menus.customer.screens.values() {
        assert!(map.contains(&format!("\n  {}", screen.id)), "{}", screen.id);
    }
    assert!(map.contains("  send_pin ==>|\"pin / send\"| send_done\n"), "{map}");
    assert!(map.contains("  home -->|\"Payments to approve if orders\"| orders\n"), "{map}");
}
