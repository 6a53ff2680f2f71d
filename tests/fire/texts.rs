//! Two nodes hand texts to a gateway that takes a second for each, and one of them is killed again
//! and again. No text is lost, none is sent twice without need: only those that a killed node had
//! in hand, whose answer it did not hear or could not write down any more. To one receiver they
//! leave in their order.

use super::cluster::{psql, wait_until};
use super::running_node::Node;
use super::texts_gateway::{Gateway, Heard};
use super::{chance, cluster_or_say, rounds};
use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

/// Texts that are written between two kills, to so many receivers.
const EACH: usize = 30;
const RECEIVERS: usize = 900;
/// What was heard is written down within that time, on a machine that is busy.
const WRITES_WITHIN: Duration = Duration::from_secs(1);
/// How long a text stays with whoever is killed: longer than nodes hold what they have in hand.
const HELD: Duration = Duration::from_secs(120);

/// What happened, for the report.
#[derive(Debug, Default)]
struct Figures {
    kills: usize,
    texts: usize,
    /// Texts in the hands of nodes that were killed.
    in_hand: usize,
    /// Sent once more, since the first time was cut before its answer.
    cut: usize,
    /// Sent once more, since the answer was there and not written down yet.
    unwritten: usize,
}

/// A node that was killed.
struct Kill {
    node: usize,
    at: Instant,
}

/// Texts, each to the next receiver: its words say which it is.
fn tell(url: &str, first: usize) {
    let template = "INSERT INTO outbox (id, channel, address, order_key, language, template, \
                    slots, created_at, due_at) SELECT 1000000 + n, 'text', '+2547' || \
                    lpad((n % RECEIVERS)::text, 8, '0'), n % RECEIVERS, 'en', \
                    'sms.standing_over', json_build_object('amount', json_build_object('text', \
                    'KES 5'), 'name', json_build_object('name', 'T' || n)), now.at, now.at FROM \
                    generate_series(FIRST, LAST) AS n, (SELECT (extract(epoch FROM now()) * \
                    1000000)::bigint AS at) AS now";
    let sql = template
        .replace("RECEIVERS", &RECEIVERS.to_string())
        .replace("FIRST", &first.to_string())
        .replace("LAST", &(first + EACH - 1).to_string());
    psql(url, &sql);
}

/// Which text it was.
fn number(heard: &Heard) -> usize {
    let (_, rest) = heard.words.split_once(" to T").unwrap();
    rest.split('.').next().unwrap().parse().unwrap()
}

#[test]
fn texts_leave_once_whoever_is_killed() {
    let Some(cluster) = cluster_or_say("texts leave once whoever is killed") else { return };
    let (url, folder, gateway) =
        (cluster.database(), tempfile::tempdir().unwrap(), Gateway::start());
    let start = |node: usize| Node::serve(&url, folder.path(), &gateway.url(node));
    let mut nodes = [Some(start(0)), Some(start(1))];
    let mut kills = Vec::new();
    let mut figures = Figures::default();
    for round in 0..rounds(4) {
        tell(&url, figures.texts);
        figures.texts += EACH;
        std::thread::sleep(Duration::from_millis(200 + chance(2_300)));
        let node = usize::try_from(chance(2)).unwrap();
        kills.push(Kill { node, at: Instant::now() });
        drop(nodes[node].take());
        if round % 3 > 0 {
            // for a while there is one
            tell(&url, figures.texts);
            figures.texts += EACH;
            std::thread::sleep(Duration::from_millis(chance(1_500)));
        }
        nodes[node] = Some(start(node));
    }
    figures.kills = kills.len();
    let given_up = Instant::now() + HELD;
    while psql(&url, "SELECT count(*) FROM outbox WHERE state = 'queued'") != "0" {
        assert!(Instant::now() < given_up, "some texts do not leave");
        std::thread::sleep(Duration::from_millis(200));
    }
    let sent = || psql(&url, "SELECT count(*) FROM outbox WHERE state = 'sent'");
    wait_until("all are sent", || sent() == figures.texts.to_string());
    judge(&gateway.heard(), &kills, &mut figures);
    println!("two nodes with texts in hand killed: {figures:?}");
    // of a few kills none may have met one
    assert!(figures.kills < 20 || figures.in_hand > 0, "killed too late: {figures:?}");
}

fn judge(heard: &[Heard], kills: &[Kill], figures: &mut Figures) {
    let mut by_text: BTreeMap<usize, Vec<&Heard>> = BTreeMap::new();
    for heard in heard {
        by_text.entry(number(heard)).or_default().push(heard);
    }
    assert_eq!(by_text.len(), figures.texts, "texts were lost");
    let mut newest: HashMap<&str, (usize, Instant)> = HashMap::new();
    for (number, times) in &by_text {
        if let Some((before, since)) = newest.insert(&times[0].to, (*number, times[0].at)) {
            assert!(since <= times[0].at, "{number} left before {before}");
        }
        let (last, earlier) = times.split_last().unwrap();
        figures.in_hand += usize::from(killed(last, kills).is_some());
        for time in earlier {
            figures.in_hand += 1;
            let kill = killed(time, kills).unwrap_or_else(|| panic!("sent twice: {times:?}"));
            match time.answered.filter(|answered| *answered < kill.at) {
                None => figures.cut += 1,
                Some(_) => figures.unwritten += 1,
            }
        }
    }
}

/// The kill that took a text out of the hands of the node that had it.
fn killed<'a>(heard: &Heard, kills: &'a [Kill]) -> Option<&'a Kill> {
    let written = heard.answered.map(|answered| answered + WRITES_WITHIN);
    kills.iter().find(|kill| {
        let in_hand = heard.at <= kill.at && written.is_none_or(|written| kill.at <= written);
        kill.node == heard.node && in_hand
    })
}
