//! One service, another country: what is particular to it stands in `menus/markets` alone. Goal:
//! people of each pay, in their money, their numbers and their language, and whoever is not of the
//! country is told so. Method: the same service over the files of another market; the program's
//! checks on each of them.

use super::aids::{dial_afresh, last};
use super::program::Place;
use super::world::*;
use kadogo::language::Language;
use kadogo::market::Market;
use kadogo::market_file;
use kadogo::market_files::{self, MarketFiles};
use kadogo::menu_folder;
use kadogo::money::Money;
use kadogo::phone::Msisdn;
use kadogo::reason::Reason;
use std::sync::LazyLock;

const AMA: &str = "+233200000001";
const KOFI: &str = "+233200000002";
const AWA: &str = "+2250100000001";
const IBRAHIM: &str = "+2250100000002";

/// The market that most stories take place in.
pub fn kenya() -> Market {
    static READ: LazyLock<Market> = LazyLock::new(|| menu_folder::default_market().unwrap());
    READ.clone()
}

fn market(code: &str) -> Market {
    let files = market_files::embedded();
    let files = files.iter().find(|files| files.code == code).unwrap();
    market_file::parse(code, &files.market).unwrap()
}

fn codes() -> Vec<String> {
    market_files::embedded().into_iter().map(|MarketFiles { code, .. }| code).collect()
}

async fn world_in(market: &'static str) -> World {
    World::with(Twist { market: Some(market), ..Twist::default() }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn in_ghana_a_payment_has_pesewas() {
    let world = world_in("gh").await;
    let (ama, kofi) = (world.phone(AMA), world.phone(KOFI));
    ama.dial().await;
    ama.go(&[Pick("send"), Type("020 000 0002"), Type("20.50"), Yes, Type("7361")]).await;
    ama.messages().await;
    kofi.messages().await;
    insta::assert_snapshot!(format!("{}\n== Kofi ==\n{}", ama.transcript(), kofi.transcript()));
    // a payment of 20.50 costs 0.30
    assert_eq!((world.balance(AMA).await, world.balance(KOFI).await), (497_920, 252_050));
    ama.write("SEND GHS 7.50 to 0200000002").await;
    let told = ama.messages().await.pop().unwrap();
    assert!(told.contains("GHS 7.50") && told.contains("0200***002"), "{told}");
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn in_the_franc_zone_nothing_is_smaller_than_a_franc() {
    let world = world_in("ci").await;
    let (awa, ibrahim) = (world.phone(AWA), world.phone(IBRAHIM));
    awa.dial().await;
    awa.go(&[Pick("send"), Type("01 00 00 00 02"), Type("1500.50")]).await;
    let refused = last(&awa);
    assert!(refused.contains("Pas de centimes ici"), "{refused}");
    awa.go(&[Type("1 500 F"), Yes, Type("7361")]).await;
    awa.messages().await;
    ibrahim.messages().await;
    insta::assert_snapshot!(format!(
        "{}\n== Ibrahim ==\n{}",
        awa.transcript(),
        ibrahim.transcript()
    ));
    // a hundredth is the price
    assert_eq!((world.balance(AWA).await, world.balance(IBRAHIM).await), (498_485, 251_500));
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_of_the_country_is_told_so_at_the_first_screen() {
    for (code, foreign, words) in [
        (
            "gh",
            AMINA,
            "Kadogo is for mobile numbers of Ghana. Yours is of another country, so you cannot \
             join.",
        ),
        (
            "ci",
            AMA,
            "Kadogo est pour les mobiles de ce pays : Cote d'Ivoire. Le numéro que vous avez est \
             d'un autre pays.",
        ),
        (
            "tz",
            AMINA,
            "Kadogo ni kwa nambari za simu za Tanzania. Yako ni ya nchi nyingine, kwa hiyo huwezi \
             kujiunga.",
        ),
    ] {
        let world = world_in(code).await;
        let phone = world.phone(foreign);
        assert_eq!(phone.dial().await, words, "{code}");
        assert!(phone.transcript().ends_with("(end)\n"), "{}", phone.transcript());
        assert_eq!(
            world.app.wallet.caller(Msisdn::from_e164(foreign).unwrap()).await.unwrap().person,
            None
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_country_is_asked_in_its_languages_alone() {
    for (code, newcomer, choices) in [
        ("gh", "+233201111111", "1 English"),
        ("ci", "+2250101111111", "1 Francais"),
        ("tz", "+255611111111", "1 English\n2 Kiswahili"),
    ] {
        let world = world_in(code).await;
        let screen = world.phone(newcomer).dial().await;
        assert!(screen.ends_with(choices), "{code}: {screen}");
    }
}

/// In each country one ID opens one wallet, and what is none there is told with an example.
#[tokio::test(flavor = "multi_thread")]
async fn one_id_opens_one_wallet_in_each_country() {
    for (code, one, alike, none, sample) in [
        ("tz", "19850612-14122-00001-23", "NIDA 19850612141220000123", "12345678", "19850612-1"),
        ("ug", "CM85061200ABCD", "nin cm85061200abcd", "12345678", "CM85061200ABCD"),
        ("gh", "GHA-723456789-0", "7234567890", "GHA-723456789-01", "GHA-723456789-0"),
        ("ci", "CI001234567", "cni ci 001234567", "CI0012345678", "CI001234567"),
    ] {
        let world = world_in(code).await;
        let market = market(code);
        let njeri = world.phone(&market.made_up(12));
        for (place, id) in [one, alike, none].into_iter().enumerate() {
            let to = market.made_up(1_234_500 + place as u64);
            dial_afresh(&njeri).await;
            let way = [Pick("agent"), Pick("register"), Type(&to), Type("Fatuma Ali"), Type(id)];
            let screen = njeri.go(&way).await;
            if id == none {
                assert!(screen.lines().next().unwrap().contains(sample), "{code}: {screen}");
            } else {
                njeri.go(&[Yes, Type("8417")]).await;
            }
            let number = Msisdn::from_e164(&to).unwrap();
            let person = world.app.wallet.caller(number).await.unwrap().person;
            assert_eq!(person.is_some(), id == one, "{code} {id}: {}", last(&njeri));
        }
        world.check();
    }
}

#[test]
fn amounts_are_read_as_people_write_them_there() {
    for (code, texts, minor) in [
        ("ke", vec!["200 bob", "Ksh 200", "200/=", "KES 200.00", "mia mbili"], 20_000),
        ("tz", vec!["TSh 200", "200/=", "shilingi 200", "TZS 200"], 20_000),
        ("ug", vec!["UGX 200", "200 shs", "ush 200", "200/="], 200),
        ("gh", vec!["GHS 20.50", "gh₵20.50", "20.50 cedis", "GHC 20.5", "₵20.50"], 2_050),
        (
            "ci",
            vec!["1500 F", "1 500 FCFA", "1500 F CFA", "XOF 1500", "1,500", "1500 francs"],
            1_500,
        ),
    ] {
        let market = market(code);
        for text in texts {
            let money = Money::new(minor, market.currency);
            assert_eq!(market.amount(text), Ok(money), "{code}: {text}");
        }
    }
    for (code, text, reason) in [
        ("ci", "1500,50", Reason::AMOUNT_WHOLE),
        ("ci", "0.5", Reason::AMOUNT_WHOLE),
        ("ug", "200.50", Reason::AMOUNT_WHOLE),
        ("gh", "20.505", Reason::AMOUNT_AMBIGUOUS),
        ("gh", "0.005", Reason::AMOUNT_FRACTION),
        ("gh", "200 bob", Reason::AMOUNT_FORMAT),
        ("ke", "200 cedis", Reason::AMOUNT_FORMAT),
    ] {
        assert_eq!(market(code).amount(text), Err(reason), "{code}: {text}");
    }
}

#[test]
fn numbers_are_shown_as_people_dial_them_and_those_of_others_whole() {
    for (code, full, dialled) in [
        ("ke", "+254712345678", "0712345678"),
        ("tz", "+255712345678", "0712345678"),
        ("ug", "+256772345678", "0772345678"),
        ("gh", "+233241234567", "0241234567"),
        ("ci", "+2250712345678", "0712345678"),
    ] {
        let number = Msisdn::from_e164(full).unwrap();
        let market = market(code);
        assert_eq!(number.local(&market), dialled, "{code}");
        assert_eq!(Msisdn::parse(dialled, &market).as_ref(), Ok(&number), "{code}");
        for other in codes().iter().filter(|other| *other != code) {
            assert_eq!(number.local(&self::market(other)), full, "{code} in {other}");
        }
    }
}

/// Where the library that follows all numbering plans has mobiles and the market has none, or the
/// other way round, by the first three digits of a national number.
fn differing(market: &Market) -> Vec<String> {
    let database = &phonenumber::metadata::DATABASE;
    let plan = database.by_id(market.code.to_uppercase().as_str()).unwrap();
    assert_eq!(plan.country_code().to_string(), market.country_code);
    assert_eq!(plan.national_prefix().unwrap_or_default(), market.trunk, "{}", market.code);
    let mobile = plan.descriptors().mobile().unwrap();
    let differs = |front: &String| {
        let national = format!("{front}4567894567");
        let national = &national[..market.national_digits];
        market.is_mobile(national) != mobile.is_match(national)
    };
    (0..1_000).map(|front| format!("{front:03}")).filter(differs).collect()
}

/// What was handed out lately, or is not yet, stands in some list sooner than in others.
#[test]
fn mobile_numbers_are_those_of_the_numbering_plan() {
    for code in codes() {
        let expected: &[&str] = match code.as_str() {
            "ke" => &["109", "120", "121", "124", "130", "140", "141", "142", "143", "144", "145"],
            _ => &[],
        };
        assert_eq!(differing(&market(&code)), expected, "{code}");
    }
}

#[test]
fn nobody_goes_by_the_name_of_who_runs_money_there() {
    for (code, name) in [
        ("ke", "M-PESA"),
        ("tz", "Tigo Pesa"),
        ("ug", "MTN MoMo"),
        ("gh", "Telecel"),
        ("ci", "Orange Money"),
    ] {
        let sounds = kadogo::official_words::sounds_official(name, "Kadogo", &market(code));
        assert!(sounds, "{code}: {name}");
    }
    let plain = kadogo::official_words::sounds_official("Telecel", "Kadogo", &kenya());
    assert!(!plain, "elsewhere it is a name like any other");
}

#[test]
fn every_market_is_checked_with_the_menus_and_its_tariff_is_proved() {
    let place = Place::new();
    let said = place.run(&["menus", "check"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    for code in codes() {
        assert!(
            said.out.lines().any(|line| line.starts_with(&format!("{code}: "))),
            "{}",
            said.out
        );
        let tariff = place.run(&["tariff", "check", "--market", &code]);
        assert_eq!(tariff.code, Some(0), "{code}: {tariff:?}");
    }
    let menus = place.menus();
    let file = menus.join("markets/gh/market.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replacen("decimals = 2", "decimals = 0", 1)).unwrap();
    let said = place.run(&["menus", "check"]);
    let line = text.lines().position(|line| line == "decimals = 2").unwrap() + 1;
    let told = format!(
        "menus/markets/gh/market.toml:{line}: money: decimals: by ISO 4217 GHS has 2, not 0"
    );
    assert!(said.code == Some(1) && said.out.contains(&told), "{said:?}");
    let said = place.run(&["tariff", "check", "--market", "xx"]);
    assert!(
        said.err.contains("there is no market `xx`: those in menus/markets are ci, gh"),
        "{said:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demo_of_another_country_keeps_it() {
    let place = Place::new();
    for args in [&["demo", "--bare", "--market", "gh"][..], &["demo", "--bare"]] {
        let mut server = place.start(args, &[]).await;
        let people = server.get("/demo/people").await.1;
        assert!(people.contains("Ama Mensah") && people.contains(AMA), "{people}");
        let page = server.get("/phone").await.1;
        assert!(
            page.contains("country: \"233\", trunk: \"0\", digits: 9, money: \"GHS\", decimals: 2")
        );
        for left in [
            "NATIONAL_DIGITS",
            "SAMPLE_NUMBER",
            "CURRENCY_",
            "TRUNK_SIGN",
            "COUNTRY_CODE",
            "MISSING_",
        ] {
            assert!(!page.contains(left), "{left}");
        }
        server.signal("TERM");
        server.ends().await;
    }
    let other = place.run(&["demo", "--bare", "--market", "ci"]);
    assert!(other.code != Some(0) && other.err.contains("begun with the market `gh`"), "{other:?}");
}

#[test]
fn each_language_of_a_market_has_texts() {
    for code in codes() {
        let market = market(&code);
        let spoken = ["en", "sw", "fr"].map(|code| Language::parse(code).unwrap());
        assert!(market.languages.iter().all(|language| spoken.contains(language)), "{code}");
        assert!(
            market.languages.iter().all(|language| !market.name(*language).is_empty()),
            "{code}"
        );
    }
}
