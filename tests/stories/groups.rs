//! Group money: five put money together, and it goes out when three others have agreed, each on
//! their own phone. Turns, a standing order, silence, leaving, removing, and the end.

use super::aids::*;
use super::world::*;

pub const PEOPLE: [(&str, &str, &str); 5] = [
    (AMINA, "7361", "ACCEPT GROUP umoja"),
    (BARAKA, "4826", "KUBALI KIKUNDI"),
    (CLAIRE, "9274", "ACCEPTER GROUPE umoja"),
    (DAUDI, "8053", "Kubali kikundi Umoja"),
    (ESTHER, "6195", "accept group"),
];

pub async fn groups(phone: &Phone<'_>, way: &[Step<'_>]) -> String {
    dial_afresh(phone).await;
    phone.go(&[Pick("people"), Pick("groups")]).await;
    phone.go(way).await
}

/// Founds a group that decides by more than half, with or without turns.
pub async fn found(phone: &Phone<'_>, rota: &str, pin: &str) -> String {
    let way = [
        Pick("new"),
        Type("Umoja"),
        Pick("most"),
        Type("100"),
        Pick("week"),
        Pick(rota),
        Yes,
        Type(pin),
    ];
    groups(phone, &way).await
}

pub async fn invite(phone: &Phone<'_>, to: &str, pin: &str) -> String {
    let local = format!("0{}", &to[4..]);
    let way = [Pick("mine"), Line("Umoja"), Pick("invite"), Type(&local), Yes, Type(pin)];
    groups(phone, &way).await
}

pub async fn accept(phone: &Phone<'_>) -> String {
    groups(phone, &[Pick("invitations"), Line("Umoja"), Yes]).await
}

pub async fn begin(phone: &Phone<'_>, pin: &str) -> String {
    groups(phone, &[Pick("mine"), Line("Umoja"), Pick("begin"), Yes, Type(pin)]).await
}

pub async fn give(phone: &Phone<'_>, amount: &str, pin: &str) -> String {
    let way = [Pick("mine"), Line("Umoja"), Pick("pay"), Type(amount), Yes, Type(pin)];
    groups(phone, &way).await
}

pub async fn ask(phone: &Phone<'_>, to: &str, amount: &str, pin: &str) -> String {
    let local = format!("0{}", &to[4..]);
    let way = [Pick("mine"), Line("Umoja"), Pick("payout"), Type(&local), Type(amount)];
    groups(phone, &way).await;
    phone.go(&[Type("hospital"), Yes, Type(pin)]).await
}

pub async fn agree(phone: &Phone<'_>, pin: &str) -> String {
    groups(phone, &[Pick("asked"), Line("Umoja"), Yes, Type(pin)]).await
}

async fn decline(phone: &Phone<'_>) -> String {
    groups(phone, &[Pick("asked"), Line("Umoja"), No]).await
}

fn others(number: &str) -> Vec<(&'static str, &'static str, &'static str)> {
    PEOPLE.into_iter().filter(|(other, _, _)| *other != number).collect()
}

/// A group of these people, founded by the first; each has put in so many shillings.
pub async fn umoja(world: &World, rota: &str, amount: &str, number: usize) {
    let (founder, pin, _) = PEOPLE[0];
    let phone = world.phone(founder);
    found(&phone, rota, pin).await;
    for (other, _, words) in &PEOPLE[1..number] {
        invite(&phone, other, pin).await;
        world.phone(other).write(words).await;
    }
    let begun = begin(&phone, pin).await;
    assert!(begun.contains("Umoja has begun"), "{begun}");
    for (who, pin, _) in &PEOPLE[..number] {
        if amount != "0" {
            world.give(who, 50_000).await;
            give(&world.phone(who), amount, pin).await;
        }
    }
    world.deliver().await;
}

/// Founded, invited into by text and by dialling, put into, asked, agreed to by three of four, and
/// paid.
async fn three_of_five(number: &str, pin: &str) -> String {
    let world = World::new().await;
    let phone = world.phone(number);
    let others = others(number);
    let phones: Vec<Phone> = others.iter().map(|(other, _, _)| world.phone(other)).collect();
    found(&phone, "free", pin).await;
    phone.messages().await;
    for (other, _, _) in &others {
        invite(&phone, other, pin).await;
    }
    phones[0].messages().await;
    phones[1].messages().await;
    phones[0].write(others[0].2).await;
    accept(&phones[1]).await;
    phones[2].write(others[2].2).await;
    accept(&phones[3]).await;
    phones[0].messages().await;
    phones[1].messages().await;
    phone.messages().await;
    begin(&phone, pin).await;
    phone.messages().await;
    phones[1].messages().await;
    give(&phone, "200", pin).await;
    give(&phones[0], "150.05", others[0].1).await;
    phone.messages().await;
    phones[0].messages().await;
    phones[1].messages().await;
    let before = world.balance(number).await;
    ask(&phone, number, "300", pin).await;
    phones[0].messages().await;
    phones[1].messages().await;
    agree(&phones[0], others[0].1).await;
    decline(&phones[1]).await;
    agree(&phones[2], others[2].1).await;
    assert_eq!(world.balance(number).await, before);
    let done = agree(&phones[3], others[3].1).await;
    assert_eq!(world.balance(number).await, before + 30_000, "{done}");
    phone.messages().await;
    phones[0].messages().await;
    let words = [(AMINA, "GROUP"), (BARAKA, "KIKUNDI"), (CLAIRE, "Groupe")];
    phone.write(words.iter().find(|(who, _)| *who == number).unwrap().1).await;
    phone.messages().await;
    groups(&phone, &[Pick("mine"), Line("Umoja"), Pick("statement")]).await;
    groups(&phone, &[Pick("mine"), Line("Umoja"), Pick("info")]).await;
    groups(&phone, &[Pick("mine"), Line("Umoja"), Pick("more"), Pick("members")]).await;
    world.check();
    let theirs: Vec<String> = phones.iter().take(2).map(Phone::transcript).collect();
    format!("{}\n\n{}", phone.transcript(), theirs.join("\n\n"))
}

#[tokio::test(flavor = "multi_thread")]
async fn three_of_five_agree_in_three_languages() {
    for (language, seen) in in_three_languages(three_of_five).await {
        insta::assert_snapshot!(format!("five_in_{language}"), seen);
    }
}

/// Each week what is in it goes to the next, when the others agree.
async fn turns(number: &str, pin: &str) -> String {
    let world = World::new().await;
    let phone = world.phone(number);
    let others = others(number);
    found(&phone, "turns", pin).await;
    for (other, _, words) in &others[..2] {
        invite(&phone, other, pin).await;
        world.phone(other).write(words).await;
    }
    begin(&phone, pin).await;
    phone.messages().await;
    give(&phone, "100", pin).await;
    groups(&phone, &[Pick("mine"), Line("Umoja"), Pick("info")]).await;
    phone.messages().await;
    comes(&world, 30, 7).await;
    assert!(phone.messages().await.is_empty());
    comes(&world, 30, 8).await;
    phone.messages().await;
    let second = world.phone(others[0].0);
    let third = world.phone(others[1].0);
    let before = world.balance(number).await;
    second.messages().await;
    agree(&second, others[0].1).await;
    agree(&third, others[1].1).await;
    assert_eq!(world.balance(number).await, before + 10_000);
    phone.messages().await;
    second.messages().await;
    groups(&phone, &[Pick("mine"), Line("Umoja"), Pick("info")]).await;
    // nothing was put in: the turn waits until something is
    comes(&world, 37, 8).await;
    give(&phone, "60", pin).await;
    let before = world.balance(others[0].0).await;
    comes(&world, 38, 8).await;
    // whose turn it is does not agree to it themselves
    assert!(groups(&second, &[Pick("asked")]).await.lines().all(|line| !line.contains("60")));
    agree(&phone, pin).await;
    // one of the two others says no: it is not agreed to, and the same turn comes a week later
    decline(&third).await;
    assert_eq!(world.balance(others[0].0).await, before);
    phone.messages().await;
    second.messages().await;
    comes(&world, 44, 8).await;
    agree(&phone, pin).await;
    agree(&third, others[1].1).await;
    assert_eq!(world.balance(others[0].0).await, before + 6_000);
    phone.messages().await;
    second.messages().await;
    world.check();
    format!("{}\n\n{}", phone.transcript(), second.transcript())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_has_a_turn_in_three_languages() {
    for (language, seen) in in_three_languages(turns).await {
        insta::assert_snapshot!(format!("turns_in_{language}"), seen);
    }
}

/// A standing order and a text put money in; what is left is shared out when the others agree to
/// the end.
async fn to_the_end(number: &str, pin: &str) -> String {
    let world = World::new().await;
    let phone = world.phone(number);
    let others = others(number);
    found(&phone, "free", pin).await;
    for (other, _, words) in &others[..2] {
        invite(&phone, other, pin).await;
        world.phone(other).write(words).await;
    }
    begin(&phone, pin).await;
    phone.messages().await;
    let words = [
        (AMINA, ["CONTRIBUTE", "CONTRIBUTE 20 to umo"]),
        (BARAKA, ["CHANGA", "Changa 20 kwa umo"]),
        (CLAIRE, ["COTISER", "Cotiser 20 pour umo"]),
    ];
    let [agreed, some] = words.iter().find(|(who, _)| *who == number).unwrap().1;
    phone.write(agreed).await;
    phone.messages().await;
    phone.write(some).await;
    let before = world.balance(number).await;
    dial_afresh(&phone).await;
    phone.go(&[Pick("orders"), Line("KES 100"), Yes, Type(pin)]).await;
    phone.messages().await;
    assert_eq!(world.balance(number).await, before - 10_000);
    let standing = [
        Pick("standing"),
        Line("Umoja"),
        Type("50"),
        Pick("day"),
        Type("24/11/26"),
        Type("2"),
        Yes,
        Type(pin),
    ];
    groups(&phone, &standing).await;
    phone.messages().await;
    comes(&world, 24, 8).await;
    phone.messages().await;
    comes(&world, 25, 8).await;
    phone.messages().await;
    assert_eq!(world.balance(number).await, before - 20_000);
    let way = [Pick("mine"), Line("Umoja"), Pick("more"), Pick("close"), Yes, Type(pin)];
    groups(&phone, &way).await;
    for (other, pin, _) in &others[..2] {
        agree(&world.phone(other), pin).await;
    }
    settle(&world).await;
    phone.messages().await;
    // KES 200 in three parts: the first two get the cents that cannot be divided
    assert_eq!(world.balance(number).await, before - 20_000 + 6_667);
    groups(&phone, &[Pick("mine")]).await;
    dial_afresh(&phone).await;
    phone.go(&[Pick("account"), Pick("statement")]).await;
    world.check();
    phone.transcript()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_ends_with_equal_shares_in_three_languages() {
    for (language, seen) in in_three_languages(to_the_end).await {
        insta::assert_snapshot!(format!("end_in_{language}"), seen);
    }
}
