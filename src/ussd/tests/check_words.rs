//! The rest of the mistakes that the check finds: words, widths and what money needs.

use super::super::graph;
use super::check::{At, finds, line_of, spoilt};
use super::*;

#[test]
fn letters_that_phones_cannot_show() {
    let line = line_of(At::French, "Derniers paiements");
    let problems = spoilt(At::French, "Derniers paiements", "Reçus");
    finds(&problems, &format!("menus/texts/fr.toml:{line}: text \"screen.statement\" has \"ç\""));
}

#[test]
fn secrets_that_are_not_marked() {
    let text = Files::embedded().named(&ServiceNames::default()).customer.text;
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
            "menus/customer.toml:{line}: screen \"agent_pin_again\": \"change_agent_pin\" needs \
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

#[test]
fn values_that_are_not_known_yet() {
    let line = line_of(At::English, "To pay in {total}, enter your PIN.");
    let problems = spoilt(At::English, "To pay in {total}, enter", "To pay in {digest}, enter");
    finds(
        &problems,
        &format!(
            "menus/texts/en.toml:{line}: text \"screen.fund_pin\" has {{digest}}, which is not \
             known there"
        ),
    );
    // what was chosen before is not said of the lines of a list
    let line = line_of(At::English, "line = \"{goods} {price}: {todo}\"");
    let problems = spoilt(At::English, "{goods} {price}: {todo}\"", "{goods} {title}: {todo}\"");
    finds(
        &problems,
        &format!(
            "menus/texts/en.toml:{line}: text \"screen.deals.line\" has {{title}}, which is not \
             known there"
        ),
    );
}
