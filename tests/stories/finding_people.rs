//! Who calls is found by whatever they can say, and nobody is looked at unseen. Goal: each way of
//! looking finds who is meant, masked, and not more than a page; what is shown was recorded before,
//! with who, as what, and why, in the chain. Method: people of the demo and some hundred more,
//! staff at the wallet's own door, by command, and in a browser.

use super::aids::*;
use super::console::Browser;
use super::world::*;
use kadogo::book::{Change, Key};
use kadogo::id::AccountId;
use kadogo::money::Currency;
use kadogo::phone::Msisdn;
use kadogo::reference::Reference;
use kadogo::refusal::Reason;
use kadogo::request::{Item, Slots};
use kadogo::store::looks::LookRow;
use kadogo::store::people::{self, PersonRow};
use kadogo::store::records::Record;
use kadogo::store::{Conn, book_rows, looks, trail_rows};
use kadogo::wallet::care::account_view::SEE;
use kadogo::wallet::care::finding::{FIND, FIND_WORDS, MORE};
use kadogo::wallet::care::freezing::FREEZE;
use kadogo::wallet::care::payments_at;
use kadogo::wallet::care::unlocking::UNLOCK;
use kadogo::wallet::join;
use kadogo::wallet::office::sign_in::OnDuty;

const WHY: &str = "she calls about a payment";

/// Opens a wallet for somebody, as joining does.
async fn joins(world: &World, msisdn: &str, name: &str) -> AccountId {
    let wallet = &world.app.wallet;
    let id = AccountId::of(wallet.book.fresh_id().await.unwrap());
    let person = PersonRow {
        account_id: id,
        version: 1,
        last_posting: Default::default(),
        msisdn: msisdn.to_owned(),
        name: name.to_owned(),
        language: "en".to_owned(),
        joined_at: wallet.clock.now().micros(),
        tier: "sim".to_owned(),
    };
    let account = join::empty_wallet(id, Currency::parse("KES").unwrap().as_str());
    kept(world, person, Some(account), msisdn).await;
    id
}

/// Stores a person as they are from now on.
async fn kept(
    world: &World,
    person: PersonRow,
    account: Option<kadogo::store::book_rows::Account>,
    name: &str,
) {
    let wallet = &world.app.wallet;
    let key = Key::new(wallet.clock.now(), "story", name.as_bytes());
    let kept = Change::keep(Record::Person(person), "join");
    let changes = [kept].into_iter().chain(account.map(Change::OpenAccount)).collect();
    wallet.book.post(wallet.note(key, changes)).await.unwrap();
}

async fn find(world: &World, duty: &OnDuty, words: &str) -> (Slots, Vec<Item>) {
    world.staff_looks(duty, FIND.name, &[("words", words), ("why", WHY)]).await.unwrap()
}

/// Who is found, as they are shown.
async fn names(world: &World, duty: &OnDuty, words: &str) -> Vec<String> {
    let (_, items) = find(world, duty, words).await;
    items.iter().map(|item| item.slots["name"].to_string()).collect()
}

async fn all_looks(world: &World) -> Vec<LookRow> {
    let read = |conn: &mut Conn| looks::page_after(conn, None, 1_000);
    world.app.wallet.store.read(read).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_way_of_looking_finds_who_is_meant() {
    let world = World::new().await;
    let asha = world.hires("asha", "care").await;
    joins(&world, "+254711000001", "Zuhura Ng'ang'a Wanjiru").await;
    joins(&world, "+254711000002", "Aïcha N'Diaye").await;
    assert!(world.app.keep_people_keys().await.unwrap() >= 7);
    for (words, who) in [
        ("0700000001", vec!["Amina W"]),
        ("+254 700 000 001", vec!["Amina W"]),
        ("071100", vec!["Zuhura W", "Aicha N"]),
        ("phone:0002", vec!["Aicha N", "Baraka O"]),
        ("amina", vec!["Amina W"]),
        ("AMI wan", vec!["Amina W"]),
        ("wanj", vec!["Amina W", "Zuhura W"]),
        ("wanj zu", vec!["Zuhura W"]),
        ("nganga wanjiru zuh", vec!["Zuhura W"]),
        ("zuhura ng'ang'a", vec!["Zuhura W"]),
        ("aicha ndi", vec!["Aicha N"]),
        ("N'diaye aïcha", vec!["Aicha N"]),
        ("amina otieno", vec![]),
        ("name:0711000001x amina", vec![]),
        ("nobody", vec![]),
    ] {
        let found = world.staff_looks(&asha, FIND.name, &[("words", words), ("why", WHY)]).await;
        let Ok((_, items)) = found else {
            assert!(who.is_empty(), "{words}");
            continue;
        };
        let mut names: Vec<String> =
            items.iter().map(|item| item.slots["name"].to_string()).collect();
        names.sort_unstable();
        let mut who: Vec<String> = who.into_iter().map(str::to_owned).collect();
        who.sort_unstable();
        assert_eq!(names, who, "{words}");
    }
    let nothing = [("words", "??"), ("why", WHY)];
    let refused = world.staff_looks(&asha, FIND.name, &nothing).await.unwrap_err();
    assert_eq!((refused.reason, refused.field), (FIND_WORDS, Some("words")));
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_an_outlet_and_an_id_lead_to_people() {
    let world = World::new().await;
    let asha = world.hires("asha", "care").await;
    let amina = world.phone(AMINA);
    dial_afresh(&amina).await;
    let way = [Pick("send"), Type("0700000002"), Type("200"), Yes, Type("7361")];
    let said = amina.go(&way).await;
    assert!(said.contains("Confirmed."), "{said}");
    let account = people_account(&world, AMINA).await;
    let newest = move |conn: &mut Conn| book_rows::account(conn, account);
    let newest = world.app.wallet.store.read(newest).await.unwrap().unwrap().last_posting.unwrap();
    let code = Reference::of(newest, &world.app.wallet.config.reference_key).to_string();
    let (slots, items) = find(&world, &asha, &code.to_lowercase()).await;
    assert_eq!(
        (slots["amount"].to_string(), slots["payment"].to_string()),
        ("KES 200".to_owned(), "send".to_owned())
    );
    let mut who: Vec<String> = items.iter().map(|item| item.slots["name"].to_string()).collect();
    who.sort_unstable();
    assert_eq!(who, ["Amina W", "Baraka O"]);
    assert!(items.iter().all(|item| item.slots["found_by"].to_string() == "code"));
    // an outlet of the demo, with who serves there
    let read = |conn: &mut Conn| kadogo::store::agent_rows::outlets(conn, 10);
    let outlet = world.app.wallet.store.read(read).await.unwrap().remove(0);
    let number = kadogo::agent_number::AgentNumber::of(outlet.float_account).to_string();
    let (_, items) = find(&world, &asha, &format!("agent:{number}")).await;
    assert_eq!(items[0].slots["name"].to_string(), outlet.name);
    assert!(items.len() > 1, "nobody serves there");
    // an ID: what is kept of it is a digest
    let seen = kadogo::store::identities::IdentityRow {
        account_id: account,
        version: 1,
        last_posting: Default::default(),
        digest: world.app.wallet.config.id_key.digest("12345678"),
        assistant: kadogo::id::Id::of(1),
        at: 0,
    };
    let key = Key::new(world.clock.now(), "story", b"id");
    let seen = vec![Change::keep(Record::Identity(seen), "see_id")];
    world.app.wallet.book.post(world.app.wallet.note(key, seen)).await.unwrap();
    assert_eq!(names(&world, &asha, "id: 012-345-678").await, ["Amina W"]);
    let kept = all_looks(&world).await.pop().unwrap();
    assert_eq!(kept.words, "id: ***678", "the number of an ID is nowhere");
    world.check();
}

async fn people_account(world: &World, msisdn: &'static str) -> AccountId {
    let read = move |conn: &mut Conn| people::by_msisdn(conn, msisdn);
    world.app.wallet.store.read(read).await.unwrap().unwrap().account_id
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_fit_a_page_is_shown_and_that_there_are_more() {
    let world = World::new().await;
    let asha = world.hires("asha", "care").await;
    let last = ["Kamau", "Otieno", "Mwangi", "Njoroge", "Achieng"];
    for number in 0..120 {
        let msisdn = format!("+2547330{number:05}");
        joins(&world, &msisdn, &format!("Fatuma {}", last[number % last.len()])).await;
    }
    world.app.keep_people_keys().await.unwrap();
    for words in ["fatuma", "fat", "kamau fat", "fatuma k", "073300"] {
        let (slots, items) = find(&world, &asha, words).await;
        assert_eq!((items.len(), slots["found"].to_string()), (20, "20".to_owned()), "{words}");
        assert_eq!(slots.get(MORE).map(ToString::to_string).as_deref(), Some(MORE), "{words}");
        let mut ids: Vec<&str> = items.iter().map(|item| item.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 20, "somebody is there twice");
    }
    let (slots, items) = find(&world, &asha, "0733000009").await;
    assert_eq!((items.len(), slots.get(MORE)), (1, None));
    let (slots, items) = find(&world, &asha, "3000119").await;
    assert_eq!((items.len(), slots.get(MORE)), (1, None));
    let masked = items[0].slots["phone"].to_string();
    assert_eq!(masked, "0733***119");
}

/// An old book has no keys; a name that is changed is found, and the one before is not.
#[tokio::test(flavor = "multi_thread")]
async fn what_people_are_found_by_follows_the_book_also_one_that_was_there_before() {
    let world = World::new().await;
    let asha = world.hires("asha", "care").await;
    assert!(names(&world, &asha, "amina").await.is_empty(), "nobody has made her keys yet");
    assert_eq!(names(&world, &asha, "0700000001").await, ["Amina W"], "her number needs none");
    let made = world.app.keep_people_keys().await.unwrap();
    assert!(made >= 5, "{made}");
    assert_eq!(world.app.keep_people_keys().await.unwrap(), 0, "nothing is new");
    assert_eq!(names(&world, &asha, "amina").await, ["Amina W"]);
    let read = |conn: &mut Conn| people::by_msisdn(conn, AMINA);
    let amina = world.app.wallet.store.read(read).await.unwrap().unwrap();
    let renamed = PersonRow { name: "Halima Wanjiru".to_owned(), ..amina.next() };
    kept(&world, renamed, None, "renamed").await;
    assert_eq!(world.app.keep_people_keys().await.unwrap(), 1);
    assert_eq!(names(&world, &asha, "halima wan").await, ["Halima W"]);
    assert!(names(&world, &asha, "amina").await.is_empty());
    assert!(names(&world, &asha, "amina wanjiru").await.is_empty());
    assert_eq!(names(&world, &asha, "wanjiru").await, ["Halima W"]);
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_says_all_that_care_needs_and_masks_what_others_do_not() {
    let world = World::new().await;
    let asha = world.hires("asha", "care").await;
    let otis = world.hires("otis", "care_lead").await;
    let zawadi = world.hires("zawadi", "auditor").await;
    let amina = world.phone(AMINA);
    dial_afresh(&amina).await;
    amina.go(&[Pick("send"), Type("0700000002"), Type("200"), Yes, Type("7361")]).await;
    dial_afresh(&amina).await;
    amina.go(&[Pick("send"), Type("0700000002"), Type("300"), Yes]).await;
    amina.press_all(&["1111", "2222", "3333", "4444", "5555"]).await;
    let order = [
        ("phone", AMINA),
        ("way", "out"),
        ("basis", "customer"),
        ("until", "24/11/26"),
        ("why", "her phone was stolen"),
    ];
    world.staff_does(&otis, FREEZE.name, &order).await.unwrap();
    let unlock = [("phone", AMINA), ("why", "she came by with her ID")];
    let waits = world.staff_requests(&asha, UNLOCK.name, &unlock).await.unwrap();
    let person = people_account(&world, AMINA).await.to_string();
    let look = [("person", &*person), ("why", WHY)];
    let (slots, lines) = world.staff_looks(&asha, SEE.name, &look).await.unwrap();
    for (slot, said) in [
        ("name", "Amina Wanjiru"),
        ("phone", "0700000001"),
        ("account_is", "stop_debit"),
        ("id_seen", "no"),
    ] {
        assert_eq!(slots[slot].to_string(), said);
    }
    let of = |slot: &str| -> Vec<String> {
        lines.iter().filter_map(|line| line.slots.get(slot)).map(ToString::to_string).collect()
    };
    assert_eq!((of("basis"), of("last_day")), (vec!["customer".into()], vec!["24/11/26".into()]));
    assert_eq!(of("approval"), [waits.to_string()]);
    assert_eq!(of("other_side")[0], "Baraka O");
    // who may do nothing about it sees the number masked
    let (slots, _) = world.staff_looks(&zawadi, SEE.name, &look).await.unwrap();
    assert_eq!(slots["phone"].to_string(), "0700***001");
    let nobody = world.staff_looks(&asha, SEE.name, &[("person", "7"), ("why", WHY)]).await;
    assert_eq!(nobody.unwrap_err().reason, Reason::PAYEE_UNKNOWN);
    // in this record alone by amount and day
    let day = world.clock.now().date_text(&world.app.wallet.config.market.zone);
    for (more, found) in [
        (vec![("amount", "20000")], 1),
        (vec![("day", &*day)], 2),
        (vec![("amount", "20000"), ("day", &*day)], 1),
        (vec![("amount", "20001")], 0),
        (vec![("day", "22/11/26")], 0),
    ] {
        let asked = [&look[..], &more].concat();
        let (_, lines) = world.staff_looks(&asha, payments_at::FIND.name, &asked).await.unwrap();
        assert_eq!(lines.len(), found, "{more:?}");
    }
    world.check();
}

/// Nothing is shown that is not recorded, and who may not look leaves no record of a look.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_looked_at_unseen() {
    let world = World::new().await;
    let asha = world.hires("asha", "care").await;
    let admin = world.hires("juma", "admin").await;
    world.app.keep_people_keys().await.unwrap();
    let searches = [
        (FIND.name, vec![("words", "amina"), ("why", WHY)]),
        (SEE.name, vec![("phone", AMINA), ("why", WHY)]),
    ];
    for (service, asked) in &searches {
        let (slots, items) = world.staff_sees(&asha, service, asked).await.unwrap();
        assert!(slots.is_empty() && items.is_empty(), "{service} shows {slots:?} {items:?}");
        let other = world.staff_looks(&admin, service, asked).await.unwrap_err();
        assert_eq!(other.reason, Reason::NOT_ALLOWED);
        let without = &asked[..1];
        let refused = world.staff_looks(&asha, service, without).await.unwrap_err();
        assert_eq!(refused.field, Some("why"), "{service}");
    }
    assert!(all_looks(&world).await.is_empty());
    for (service, asked) in &searches {
        world.staff_looks(&asha, service, asked).await.unwrap();
    }
    let looked = all_looks(&world).await;
    let account = people_account(&world, AMINA).await;
    let told: Vec<_> = looked
        .iter()
        .map(|look| (&*look.service, look.account, &*look.words, look.found))
        .collect();
    assert_eq!(told, [(FIND.name, None, "amina", 1), (SEE.name, Some(account), "", 1)]);
    assert!(looked.iter().all(|look| look.roles == "care" && look.staff == asha.staff.id));
    let last = looked.last().unwrap().last_posting;
    let read = move |conn: &mut Conn| trail_rows::of_posting(conn, last);
    let trail = world.app.wallet.store.read(read).await.unwrap();
    assert_eq!((&*trail[0].actor, &*trail[0].note, &*trail[0].kind), ("staff asha", WHY, "look"));
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_by_command() {
    let world = World::real().await;
    world.hires("asha", "care").await;
    let phone = Msisdn::from_e164(AMINA).unwrap().local(&super::countries::kenya());
    let said = world.run_as("asha", &["customer", "find", "amina", "wan", "--why", WHY]).out;
    assert!(said.contains("name: Amina W;") && said.contains("phone: 0700***001"), "{said}");
    let said = world.run_as("asha", &["account", &phone, "--why", WHY]).out;
    assert!(said.contains("name: Amina Wanjiru") && said.contains("balance: KES 5,000"), "{said}");
    let number = people_account(&world, AMINA).await.to_string();
    let said = world.run_as("asha", &["customer", "show", &number, "--why", WHY, "--json"]).out;
    assert!(said.contains("\"name\":\"Amina Wanjiru\""), "{said}");
    let said =
        world.run_as("asha", &["customer", "payments", &number, "--amount", "5000", "--why", WHY]);
    assert!(said.out.contains("amount: KES 5,000"));
    let day = world.clock.now().day(&world.app.wallet.config.market.zone).to_string();
    let report = ["customer", "report", "5000", "--first", &day, "--why", WHY];
    let said = world.run_as("asha", &report);
    assert!(said.out.contains("amount: KES 5,000"));
    assert_eq!(all_looks(&world).await.len(), 5);
    world.hires("zawadi", "auditor").await;
    // commands go by the clock of the machine
    let zone = &world.app.wallet.config.market.zone;
    let today = kadogo::time::Clock::System.now().day(zone).to_string();
    let said = world.run_as("zawadi", &["audit", "--day", &today]).out;
    let search = " for \"amina wan\", 1 found (as care): she calls about a payment";
    assert!(said.contains(search), "{said}");
    assert!(said.contains(&format!(" of {number} (as care)")), "{said}");
    world.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_browser_the_reason_is_typed_once_and_is_good_in_no_other_session() {
    let (world, browser, _) = super::console::office().await;
    let wanjiru = super::console::at_work(&world, &browser, "wanjiru").await;
    let otieno = super::console::at_work(&world, &browser, "otieno").await;
    world.app.keep_people_keys().await.unwrap();
    let before = all_looks(&world).await.len();
    let page = wanjiru.get("/console/people").await;
    assert_eq!(page.status, 200);
    assert!(page.page.contains("is recorded before anything is shown"), "{}", page.page);
    let send = async |browser: &Browser, path: &str, more: &[(&str, &str)]| {
        let drawn = super::console::form_on(&browser.get(path).await.page, path);
        browser.post(path, &super::console::typed(drawn, more)).await
    };
    let short = send(&wanjiru, "/console/people", &[("q", "amina"), ("why", "x")]).await;
    assert_eq!(short.status, 422);
    assert!(short.page.contains("value=\"amina\""), "what was typed is lost");
    let seen = send(&wanjiru, "/console/people", &[("q", "amina"), ("why", WHY)]).await;
    assert_eq!(seen.status, 303);
    assert!(!seen.goes_to().contains("payment"), "the reason is read in the address");
    assert_eq!(all_looks(&world).await.len(), before, "nothing was shown yet");
    let list = wanjiru.get(seen.goes_to()).await;
    assert!(list.page.contains("Amina W") && list.page.contains("0700***001"), "{}", list.page);
    assert!(!list.page.contains("0700000001"), "a whole number in a list");
    assert_eq!(all_looks(&world).await.len(), before + 1);
    let person = people_account(&world, AMINA).await;
    let link = list.page.split(&format!("/console/people/{person}")).nth(1).unwrap();
    let link = format!("/console/people/{person}{}", link.split('"').next().unwrap());
    let record = wanjiru.get(&link).await;
    assert_eq!(record.status, 200);
    for said in ["Amina Wanjiru", "0700000001", "KES 5,000", WHY] {
        assert!(record.page.contains(said), "{said}: {}", record.page);
    }
    assert_eq!(all_looks(&world).await.len(), before + 2);
    // who comes back to it is not asked again, and an act on it begins with the same reason
    let back = wanjiru.get(&format!("/console/people/{person}")).await;
    assert!(back.status == 303 && back.goes_to().contains("?for="), "{}", back.page);
    let links = record.page.split("href=\"").skip(1).filter_map(|link| link.split('"').next());
    let act = links.into_iter().find(|link| link.contains("?phone=")).unwrap();
    let form = wanjiru.get(act).await.page;
    assert!(form.contains(&format!(">{WHY}</textarea>")), "{form}");
    assert_eq!(all_looks(&world).await.len(), before + 2);
    let found = wanjiru.get(&format!("{link}&amount=5000")).await;
    assert!(found.page.contains("KES 5,000"), "{}", found.page);
    assert_eq!(all_looks(&world).await.len(), before + 3);
    // in other hands the same link asks why, and shows nobody
    let other = otieno.get(&link).await;
    assert!(!other.page.contains("Amina") && other.page.contains("Why you look"), "{}", other.page);
    let other = otieno.get(seen.goes_to()).await;
    assert!(!other.page.contains("Amina W"), "{}", other.page);
    // an errand does not last for ever
    for _minute in 0..7 {
        world.clock.advance(std::time::Duration::from_secs(600));
        wanjiru.get("/console").await;
    }
    let late = wanjiru.get(&link).await;
    assert!(!late.page.contains("Amina"), "{}", late.page);
    let by_hand = wanjiru.get(&format!("/console/people/{person}?for=00")).await;
    assert!(!by_hand.page.contains("Amina"), "{}", by_hand.page);
    assert_eq!(all_looks(&world).await.len(), before + 3);
    world.check();
}
