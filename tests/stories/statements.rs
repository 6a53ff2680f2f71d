//! Statements by e-mail: to an address that its owner proved, of the days they asked for, as pages
//! and as a table. What others could try with it is tried.

use super::aids::*;
use super::letters::{Post, files};

use super::world::*;
use kadogo::gateway::smtp::Letter;
use kadogo::store::outbox::Channel;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);

/// The letters that left, the oldest first.
pub async fn letters(world: &World) -> Vec<Letter> {
    world.deliver().await;
    let mut letters: Vec<Letter> =
        world.app.notify.letters().await.unwrap().into_iter().map(|(_, letter)| letter).collect();
    letters.reverse();
    letters
}

/// The six digits on a line of their own.
fn code_in(text: &str) -> String {
    let alone = |line: &&str| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit());
    text.lines()
        .map(str::trim)
        .find(alone)
        .unwrap_or_else(|| panic!("no code in\n{text}"))
        .to_owned()
}

pub fn table(letter: &Letter) -> String {
    let csv = letter.files.iter().find(|file| file.name.ends_with(".csv")).unwrap();
    String::from_utf8(csv.bytes.clone()).unwrap()
}

/// Somebody proves an address that they type.
pub async fn prove(phone: &Phone<'_>, world: &World, address: &str, pin: &str) -> String {
    dial_afresh(phone).await;
    phone.go(&[Pick("account"), Pick("mail"), Pick("address"), Type(address)]).await;
    let code = code_in(&letters(world).await.last().unwrap().text);
    phone.press_all(&[&code, pin]).await;
    code
}

/// A payment, an address, a statement; everything seen, and what was mailed.
async fn whole(number: &str, pin: &str) -> String {
    let world = World::new().await;
    let phone = world.phone(number);
    phone.dial().await;
    phone.go(&[Pick("send"), Type("0700000004"), Type("200"), Yes, Type(pin)]).await;
    let payer = world.phone(DAUDI);
    payer.dial().await;
    payer
        .go(&[Pick("send"), Type(&number.replace("+254", "0")), Type("20.50"), Yes, Type("8053")])
        .await;
    phone.messages().await;
    let code = prove(&phone, &world, "someone@example.org", pin).await;
    phone.messages().await;
    phone.dial().await;
    phone
        .go(&[Pick("account"), Pick("mail"), Pick("statement"), Pick("this_month"), Yes, Type(pin)])
        .await;
    phone.messages().await;
    let mailed: Vec<String> = letters(&world)
        .await
        .iter()
        .map(|letter| {
            let named: Vec<&str> = letter.files.iter().map(|file| file.name.as_str()).collect();
            format!(
                "== {} ==\nTo {}\n{}\n{named:?}",
                letter.subject,
                letter.to.address(),
                letter.text
            )
        })
        .collect();
    let table = table(letters(&world).await.last().unwrap()).replace("\r\n", "\n");
    let told = format!("{}\n{}\n\n{table}", phone.transcript(), mailed.join("\n"));
    assert!(!holds(&world.stored_bytes(), &code), "the code lies in the database");
    told.replace(&code, "######")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_is_mailed_in_three_languages() {
    for (language, seen) in in_three_languages(whole).await {
        insta::assert_snapshot!(format!("in_{language}"), seen);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_was_asked_for_says_what_it_was_for() {
    let world = World::new().await;
    let (amina, baraka) = (world.phone(AMINA), world.phone(BARAKA));
    let asks = [Pick("people"), Pick("requests"), Pick("ask"), Type("0700000002")];
    amina.dial().await;
    amina.go(&asks).await;
    amina.go(&[Type("300"), Type("Rent Nov"), Yes]).await;
    baraka.dial().await;
    baraka.go(&[Pick("orders"), Line("KES 300"), Yes, Type("4826")]).await;
    for (phone, pin, words) in
        [(&amina, "7361", "From Baraka O: Rent Nov,"), (&baraka, "4826", "Kwa Amina W: Rent Nov,")]
    {
        prove(phone, &world, "someone@example.org", pin).await;
        phone.messages().await;
        dial_afresh(phone).await;
        let screen = phone.go(&[Pick("account"), Pick("statement")]).await;
        assert!(screen.contains(&words[..words.len() - 1][words.find(' ').unwrap()..]), "{screen}");
        dial_afresh(phone).await;
        let ask = [Pick("account"), Pick("mail"), Pick("statement"), Pick("this_month"), Yes];
        phone.go(&ask).await;
        phone.press(pin).await;
        let table = table(letters(&world).await.last().unwrap());
        assert!(table.contains(words), "{table}");
    }
}

/// By SMS the address is only named: what proves it is typed with the PIN.
#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_texted_counts_only_once_its_code_was_typed() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    amina.write("EMAIL Amina.Otieno@Example.ORG").await;
    amina.messages().await;
    amina.dial().await;
    let early =
        amina.go(&[Pick("account"), Pick("mail"), Pick("statement"), Pick("this_month")]).await;
    assert!(early.contains("First give your e-mail address"), "{early}");
    let code = code_in(&letters(&world).await[0].text);
    amina.dial().await;
    let done =
        amina.go(&[Pick("account"), Pick("mail"), Pick("code"), Type(&code), Type("7361")]).await;
    assert!(done.contains("a***@example.org"), "{done}");
    amina.messages().await;
    amina.write("EMAIL amina@localhost").await;
    amina.write("EMAIL amina.otieno@example.org").await;
    amina.messages().await;
    insta::assert_snapshot!(amina.transcript().replace(&code, "######"));
    // a code serves once
    amina.dial().await;
    let again =
        amina.go(&[Pick("account"), Pick("mail"), Pick("code"), Type(&code), Type("7361")]).await;
    assert!(again.contains("no such code"), "{again}");
}

#[tokio::test(flavor = "multi_thread")]
async fn five_wrong_codes_or_half_an_hour_end_a_code() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    let begin = async || {
        dial_afresh(&amina).await;
        amina
            .go(&[Pick("account"), Pick("mail"), Pick("address"), Type("amina@example.org")])
            .await;
        code_in(&letters(&world).await.last().unwrap().text)
    };
    let enter = async |code: &str| {
        dial_afresh(&amina).await;
        amina.go(&[Pick("account"), Pick("mail"), Pick("code"), Type(code), Type("7361")]).await
    };
    let code = begin().await;
    let wrong = if code == "000000" { "111111" } else { "000000" };
    for left in ["left: 4", "left: 3", "left: 2", "left: 1", "no such code"] {
        let screen = enter(wrong).await;
        assert!(screen.contains(left), "{screen}");
    }
    assert!(enter(&code).await.contains("no such code"));
    // five more tries are not one mail away: on this day there is no other code
    dial_afresh(&amina).await;
    let full = amina
        .go(&[Pick("account"), Pick("mail"), Pick("address"), Type("amina@example.org")])
        .await;
    assert!(full.contains("enough mail for today"), "{full}");
    assert_eq!(letters(&world).await.len(), 1);
    world.clock.advance(DAY);
    let code = begin().await;
    assert!(enter(wrong).await.contains("left: 4"));
    begin().await;
    assert!(enter(wrong).await.contains("left: 3"), "a new code has the tries of the day");
    minutes(&world, 31);
    assert!(enter(&code).await.contains("no such code"));
    dial_afresh(&amina).await;
    let none =
        amina.go(&[Pick("account"), Pick("mail"), Pick("statement"), Pick("this_month")]).await;
    assert!(none.contains("First give your e-mail address"), "{none}");
}

/// Whoever holds the phone but not the PIN cannot lead statements elsewhere.
#[tokio::test(flavor = "multi_thread")]
async fn a_thief_with_the_phone_does_not_lead_statements_to_themselves() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    prove(&amina, &world, "amina@example.org", "7361").await;
    prove(&amina, &world, "thief@example.org", "1111").await;
    assert!(last(&amina).contains("Wrong PIN"), "{}", amina.transcript());
    dial_afresh(&amina).await;
    let confirm =
        amina.go(&[Pick("account"), Pick("mail"), Pick("statement"), Pick("this_month")]).await;
    assert!(confirm.contains("a***@example.org"), "{confirm}");
    amina.go(&[Yes, Type("7361")]).await;
    assert_eq!(letters(&world).await.last().unwrap().to.address(), "amina@example.org");
    // nobody's mailbox is flooded, by whatever way and however fast it is asked for
    let names: Vec<String> = (0..20).map(|number| format!("flood-{number}")).collect();
    all(names.iter().map(|name| world.text(BARAKA, name, "EMAIL a@b.org"))).await;
    assert!(
        letters(&world).await.iter().filter(|letter| letter.to.address() == "a@b.org").count() <= 5
    );
    for number in 0..12 {
        world.text(BARAKA, &format!("slow-{number}"), "EMAIL a@b.org").await;
    }
    let flood =
        letters(&world).await.iter().filter(|letter| letter.to.address() == "a@b.org").count();
    assert_eq!(flood, 5);
    assert!(world.inbox(BARAKA).await.last().unwrap().contains("kesho"));
    // nor by several who take turns, or by a note behind the name
    for (number, to) in [(CLAIRE, "a@b.org"), (DAUDI, "a+x@b.org"), (ESTHER, "A@B.org")] {
        world.text(number, &format!("turn-{number}"), &format!("EMAIL {to}")).await;
    }
    let flood = letters(&world)
        .await
        .iter()
        .filter(|letter| letter.to.address().ends_with("@b.org"))
        .count();
    assert_eq!(flood, 5);
    // one person's own part of a day stays: other addresses get what is left of it
    for number in 0..8 {
        world.text(BARAKA, &format!("other-{number}"), &format!("EMAIL c{number}@b.org")).await;
    }
    let others =
        letters(&world).await.iter().filter(|letter| letter.to.address().starts_with('c')).count();
    assert_eq!(others, 5);
}

/// Of days that are typed: only what happened on them, and the balances lead from one to the next.
#[tokio::test(flavor = "multi_thread")]
async fn a_statement_shows_its_days_and_no_others() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    prove(&amina, &world, "amina@example.org", "7361").await;
    for amount in [100_u64, 200, 300, 400] {
        amina.dial().await;
        amina
            .go(&[Pick("send"), Type("0700000002"), Type(&amount.to_string()), Yes, Type("7361")])
            .await;
        world.clock.advance(DAY);
    }
    for (typed, words) in [("32/11/26", "not a day"), ("28/11/26", "not possible")] {
        dial_afresh(&amina).await;
        let screen = amina
            .go(&[Pick("account"), Pick("mail"), Pick("statement"), Pick("dates"), Type(typed)])
            .await;
        assert!(screen.contains(words), "{screen}");
        amina.home().await;
    }
    amina.dial().await;
    let early = amina
        .go(&[
            Pick("account"),
            Pick("mail"),
            Pick("statement"),
            Pick("dates"),
            Type("25/11/26"),
            Type("24/11/26"),
        ])
        .await;
    assert!(early.contains("not possible"), "{early}");
    amina.go(&[Type("251126"), Yes, Type("7361")]).await;
    amina.dial().await;
    amina.go(&[Pick("account"), Pick("mail"), Pick("statement"), Pick("dates")]).await;
    amina.go(&[Type("24/11/26"), Type("25/11/2026"), Yes, Type("7361")]).await;
    let mailed = letters(&world).await;
    let lines = |letter: &Letter| table(letter).lines().map(str::to_owned).collect::<Vec<_>>();
    let one = lines(&mailed[1]);
    let two = lines(&mailed[2]);
    assert_eq!((one.len(), two.len()), (3, 4), "{one:#?} {two:#?}");
    assert!(one[2].contains("300.00,7.00") && two[2].contains("200.00,7.00"), "{two:#?}");
    let balance = |line: &str| line.rsplit(',').next().unwrap().to_owned();
    assert_eq!(balance(&one[1]), balance(&two[2]), "opening is the balance of the evening before");
}

/// A mail server that is away or busy: texts do not wait for it, the letter is tried again as the
/// same letter, and one that will never be taken is given up.
#[tokio::test(flavor = "multi_thread")]
async fn a_letter_is_delivered_by_smtp_when_the_server_is_back() {
    let post = Post::open().await;
    let world = World::with(Twist { mail: Some(post.account()), ..Twist::default() }).await;
    let amina = world.phone(AMINA);
    post.will(&["451 try later"]);
    amina.dial().await;
    amina.go(&[Pick("account"), Pick("mail"), Pick("address"), Type("amina@example.org")]).await;
    assert_eq!(amina.messages().await.len(), 1, "the text did not wait");
    assert!(post.letters().is_empty());
    world.clock.advance(Duration::from_secs(10));
    world.deliver().await;
    let code = code_in(&post.letters()[0].replace("=\n", ""));
    amina.press_all(&[&code, "7361"]).await;
    amina.dial().await;
    amina
        .go(&[
            Pick("account"),
            Pick("mail"),
            Pick("statement"),
            Pick("this_month"),
            Yes,
            Type("7361"),
        ])
        .await;
    world.deliver().await;
    let letter = post.letters()[1].clone();
    assert!(
        letter.contains("To: amina@example.org") && letter.contains("<statements@kadogo.example>"),
        "{letter}"
    );
    assert_eq!(letter.matches("Message-ID: <kadogo-").count(), 1, "{letter}");
    let found = files(&letter);
    let [(pdf, pages), (csv, rows)] = found.as_slice() else { panic!("{:?}", found.len()) };
    assert_eq!(
        (pdf.as_str(), csv.as_str()),
        ("Kadogo-01-11-26-23-11-26.pdf", "Kadogo-01-11-26-23-11-26.csv")
    );
    assert!(pages.starts_with(b"%PDF-") && pages.trim_ascii_end().ends_with(b"%%EOF"));
    assert!(
        String::from_utf8_lossy(rows).starts_with("\u{feff}Date,Time,Receipt,"),
        "{}",
        String::from_utf8_lossy(rows)
    );
    post.will(&["550 no such mailbox"]);
    amina.dial().await;
    amina
        .go(&[
            Pick("account"),
            Pick("mail"),
            Pick("statement"),
            Pick("this_month"),
            Yes,
            Type("7361"),
        ])
        .await;
    world.deliver().await;
    world.clock.advance(DAY);
    assert_eq!(world.app.notify.send_due(Channel::Mail).await.unwrap(), 0, "given up is given up");
    assert_eq!(post.letters().len(), 2);
    // who waits for it hears that it will not come, once
    let told = amina.messages().await;
    let lost = "Your mail to a***@example.org could not be delivered. Check the address: dial \
                *384*1234#, My account, E-mail.";
    assert_eq!(told.iter().filter(|text| *text == lost).count(), 1, "{told:#?}");
}

/// A long statement, to be looked at: it is left in the folder for what tests make.
#[tokio::test(flavor = "multi_thread")]
async fn a_long_statement_has_pages() {
    // one is long, in the others are the words
    for (number, pin, language, days) in
        [(AMINA, "7361", "en", 60), (BARAKA, "4826", "sw", 16), (CLAIRE, "9274", "fr", 16)]
    {
        let world = World::new().await;
        renamed(&world, number, "Wilhelmina Wanjirû-Mwangi wa Kamau").await;
        let phone = world.phone(number);
        prove(&phone, &world, "someone@example.org", pin).await;
        for amount in 1..=days {
            world.give(number, 1_000 * amount + 5).await;
            world.clock.advance(Duration::from_secs(1_800));
            pays(&world, (DAUDI, "8053"), number, 150).await;
            pays(&world, (number, pin), DAUDI, 10_100).await;
        }
        phone.dial().await;
        phone
            .go(&[
                Pick("account"),
                Pick("mail"),
                Pick("statement"),
                Pick("three_months"),
                Yes,
                Type(pin),
            ])
            .await;
        let mailed = letters(&world).await;
        let pages = &mailed.last().unwrap().files[0].bytes;
        std::fs::write(format!("{}/statement-{language}.pdf", env!("CARGO_TARGET_TMPDIR")), pages)
            .unwrap();
        let text = String::from_utf8_lossy(pages);
        let counts = if days == 60 { ["/Count 4", "/Count 5"] } else { ["/Count 2"; 2] };
        assert!(counts.iter().any(|count| text.contains(count)), "pages are missing");
        assert!(!text.contains("words.statement"), "a word is missing");
        let rows = table(mailed.last().unwrap());
        assert_eq!(rows.lines().count(), 2 + 1 + 3 * usize::try_from(days).unwrap(), "{rows}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_lists_its_mail_with_its_files() {
    let world = World::new().await;
    let amina = world.phone(AMINA);
    prove(&amina, &world, "amina@example.org", "7361").await;
    amina.dial().await;
    amina
        .go(&[
            Pick("account"),
            Pick("mail"),
            Pick("statement"),
            Pick("last_month"),
            Yes,
            Type("7361"),
        ])
        .await;
    world.deliver().await;
    let get = async |path: &str| {
        let answer = world.client.get(format!("{}{path}", world.url)).send().await.unwrap();
        (answer.status().as_u16(), answer.bytes().await.unwrap())
    };
    let (status, page) = get("/demo/mail").await;
    let page = String::from_utf8_lossy(&page).into_owned();
    assert!(status == 200 && page.contains("amina@example.org"), "{page}");
    let link = page.split("href=\"").nth(1).unwrap().split('"').next().unwrap();
    let (status, pdf) = get(link).await;
    assert!(status == 200 && pdf.starts_with(b"%PDF-"));
    assert_eq!(get("/demo/mail/999999/0").await.0, 404);
}
