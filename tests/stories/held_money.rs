//! Money that waits for somebody: it is its owner's, and they cannot spend it. What they are told
//! by dialling, by text and in a statement is the same, and adds up.

use super::aids::*;
use super::statements::{letters, prove, table};
use super::vouchers::{market, sends};
use super::world::*;

/// The table that is mailed for this month.
async fn mailed(world: &World, phone: &Phone<'_>) -> String {
    dial_afresh(phone).await;
    let way = [Pick("account"), Pick("mail"), Pick("statement"), Pick("this_month"), Yes];
    phone.go(&way).await;
    phone.press("7361").await;
    table(letters(world).await.last().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn balance_statement_and_what_is_held_agree() {
    let world = market().await;
    let amina = world.phone(AMINA);
    prove(&amina, &world, "amina@example.org", "7361").await;
    amina.messages().await;
    let plain = mailed(&world, &amina).await;
    assert!(!plain.contains("held") && plain.ends_with("5000.00\r\n"), "{plain}");
    // 300 and the fee of 36 wait for a number without a wallet
    sends(&amina, "300", "7361").await;
    amina.messages().await;
    amina.write("BAL").await;
    let told = amina.messages().await.pop().unwrap();
    assert!(told.ends_with("is KES 4,664. Another KES 336 is held."), "{told}");
    dial_afresh(&amina).await;
    let screen = amina.go(&[Pick("account"), Pick("balance")]).await;
    assert!(screen.starts_with("Your balance is KES 4,664. Another KES 336 is held."), "{screen}");
    amina.write("MINI").await;
    let told = amina.messages().await.pop().unwrap();
    assert!(told.ends_with("Balance KES 4,664. Another KES 336 is held."), "{told}");
    let sheet = mailed(&world, &amina).await;
    let end = ",,,Closing balance,,,,5000.00\r\n,,,Of this held,,,,336.00\r\n,,,You can \
               use,,,,4664.00\r\n";
    assert!(sheet.ends_with(end), "{sheet}");
    // and so does a code for cash
    dial_afresh(&amina).await;
    amina.go(&[Pick("cash"), Pick("code"), Type("500"), Yes, Type("7361")]).await;
    amina.messages().await;
    amina.write("BAL").await;
    let told = amina.messages().await.pop().unwrap();
    let held = told.split("Another KES ").nth(1).unwrap().split(" is").next().unwrap().to_owned();
    let free = told.split("is KES ").nth(1).unwrap().split(". Another").next().unwrap().to_owned();
    let sheet = mailed(&world, &amina).await;
    let plain = |amount: &str| amount.replace(',', "");
    let end = format!(
        ",,,Of this held,,,,{}.00\r\n,,,You can use,,,,{}.00\r\n",
        plain(&held),
        plain(&free)
    );
    assert!(sheet.ends_with(&end), "{told}\n{sheet}");
    world.check();
}

/// A receipt says what there is to spend, as the balance does: what is held is not in it, neither
/// on the screen, nor in the text, nor when the same step comes again.
#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_says_what_there_is_to_spend() {
    let world = market().await;
    let amina = world.phone(AMINA);
    amina.dial().await;
    amina.go(&[Pick("cash"), Pick("code"), Type("500"), Yes, Type("7361")]).await;
    amina.messages().await;
    dial_afresh(&amina).await;
    let screen = amina.go(&[Pick("account"), Pick("balance")]).await;
    let held = screen.split("Another KES ").nth(1).unwrap().split(" is").next().unwrap().to_owned();
    let before = 500_000 - held.parse::<i64>().unwrap() * 100;
    let way = [Type("0700000002"), Type("300"), Yes, Type("7361")];
    dial_afresh(&amina).await;
    amina.go(&[Pick("send")]).await;
    let said = amina.go(&way).await;
    let left =
        kadogo::money::Money::new(before - 30_700, kadogo::money::Currency::parse("KES").unwrap());
    let balance = format!("New balance {left}.");
    assert!(said.contains(&balance), "{said}");
    let again = amina.again().await;
    assert!(again.contains(&balance), "{again}");
    let told = amina.messages().await;
    assert!(told.last().unwrap().contains(&balance), "{told:?}");
    dial_afresh(&amina).await;
    let screen = amina.go(&[Pick("account"), Pick("balance")]).await;
    assert!(screen.starts_with(&format!("Your balance is {left}.")), "{screen}");
    world.check();
}

/// Of a month that is over nobody says what is held today.
#[tokio::test(flavor = "multi_thread")]
async fn days_that_are_over_say_nothing_of_what_is_held_now() {
    let world = market().await;
    let amina = world.phone(AMINA);
    prove(&amina, &world, "amina@example.org", "7361").await;
    sends(&amina, "300", "7361").await;
    dial_afresh(&amina).await;
    let way = [Pick("account"), Pick("mail"), Pick("statement"), Pick("last_month"), Yes];
    amina.go(&way).await;
    amina.press("7361").await;
    let sheet = table(letters(&world).await.last().unwrap());
    assert!(!sheet.contains("held"), "{sheet}");
}

/// What it cost stands beside what was paid, and is not added to it.
#[tokio::test(flavor = "multi_thread")]
async fn a_line_says_the_amount_and_the_fee_apart() {
    let world = World::new().await;
    for (number, pin, line) in [
        (AMINA, "7361", "-KES 300 (fee KES 7) Daudi K"),
        (BARAKA, "4826", "-KES 300 (ada KES 7) Daudi K"),
        (CLAIRE, "9274", "-KES 300 (frais KES 7) Daudi K"),
    ] {
        let phone = world.phone(number);
        phone.dial().await;
        phone.go(&[Pick("send"), Type("0700000004"), Type("300"), Yes, Type(pin)]).await;
        dial_afresh(&phone).await;
        let screen = phone.go(&[Pick("account"), Pick("statement")]).await;
        assert!(screen.contains(line), "{screen}");
        phone.messages().await;
        phone.write(if number == CLAIRE { "RELEVE" } else { "MINI" }).await;
        let told = phone.messages().await.pop().unwrap();
        assert!(told.starts_with(line), "{told}");
    }
    // who was paid paid nothing for it
    let daudi = world.phone(DAUDI);
    daudi.dial().await;
    let screen = daudi.go(&[Pick("account"), Pick("statement")]).await;
    assert!(screen.contains("+KES 300 Amina W") && !screen.contains("(ada"), "{screen}");
}
