//! The folder `menus/` as a whole: screens, words, SMS grammar, how lines of bank statements are
//! matched, and for each market the country, tariff and limits. Read together, checked together, so
//! that a service never runs on files that do not fit each other.

use crate::catalogue::Problem;
use crate::closing::chart::Chart;
use crate::limits::Limits;
use crate::market::Market;
use crate::market_file;
use crate::market_files::{self, MarketFiles};
use crate::market_texts;
use crate::matching::Rules;
use crate::money::Currency;
use crate::refusal::Reason;
use crate::service_names::ServiceNames;
use crate::sms::grammar::Grammar;
use crate::source::Source;
use crate::staff::bands::Bands;
use crate::table::{Complaints, Table};
use crate::tariff::Tariff;
use crate::ussd::{Files, Menus, Vocabulary};
use crate::wallet::agents::{cash_in, cash_out};
use crate::wallet::collections::giving;
use crate::wallet::deals::offering;
use crate::wallet::groups::contributing;
use crate::wallet::people::send;
use crate::wallet::policy::Policy;
use crate::wallet::service::ByText;
use crate::wallet::{Rule, SERVICES, priced};
use anyhow::{Context, anyhow};
use sha2::{Digest, Sha256};
use std::io;
use std::path::Path;
use std::sync::Arc;

/// The files, as text.
#[derive(Debug, Clone)]
pub struct Folder {
    /// Screens and words.
    pub screens: Files,
    /// How texts are read.
    pub sms: Source,
    /// The countries that it can run in, by their codes.
    pub markets: Vec<MarketFiles>,
    /// How lines of bank statements are matched.
    pub matching: Source,
    /// Under which number accounts stand in the general ledger.
    pub chart: Source,
    /// What stands in all texts.
    pub names: ServiceNames,
}

/// What the files say, once they were found good: replaced as one value, so that no screen names a
/// price that does not count.
#[derive(Debug, Clone)]
pub struct Rulebook {
    /// The country.
    pub market: Arc<Market>,
    /// Screens and words.
    pub menus: Arc<Menus>,
    /// How texts are read.
    pub grammar: Arc<Grammar>,
    /// What services cost, what people may move, who approves, and how statements are matched.
    pub policy: Arc<Policy>,
    /// Under which number accounts stand in the general ledger.
    pub chart: Chart,
    /// Which of all these it is.
    pub rules: Vec<Rule>,
}

impl Rulebook {
    /// What a folder says of a market, or the files that are compiled in. Everything that is wrong
    /// with it is in the error.
    pub fn load(
        folder: Option<&Path>,
        market: &str,
        names: &ServiceNames,
    ) -> anyhow::Result<Rulebook> {
        let mut folder = Folder::open(folder).context("the menus cannot be read")?;
        folder.names = names.clone();
        let (rulebook, _summary) = folder
            .check(market)
            .map_err(|found| anyhow!("the menus are not good:\n  {}", found.join("\n  ")))?;
        Ok(rulebook)
    }
}

impl Folder {
    /// The files that Kadogo comes with.
    pub fn embedded() -> Folder {
        Folder {
            screens: Files::embedded(),
            sms: Source::new("menus/sms.toml", include_str!("../menus/sms.toml")),
            markets: market_files::embedded(),
            matching: embedded_matching(),
            chart: Source::new("menus/chart.toml", include_str!("../menus/chart.toml")),
            names: ServiceNames::default(),
        }
    }

    /// The files of a folder, or the ones compiled in when none is named.
    pub fn open(folder: Option<&Path>) -> io::Result<Folder> {
        let Some(folder) = folder else { return Ok(Folder::embedded()) };
        let read = |name: &str| -> io::Result<Source> {
            let path = folder.join(name);
            let text = std::fs::read_to_string(&path);
            let text =
                text.map_err(|e| io::Error::new(e.kind(), format!("{}: {e}", path.display())))?;
            Ok(Source::new(path.display().to_string(), text))
        };
        let sms = read("sms.toml")?;
        let markets = market_files::read(folder)?;
        let matching = read("matching.toml")?;
        // who has no chart of their own keeps their books by the one that it comes with
        let chart = match folder.join("chart.toml").exists() {
            true => read("chart.toml")?,
            false => Folder::embedded().chart,
        };
        let screens = Files::read(folder)?;
        let names = ServiceNames::default();
        Ok(Folder { screens, sms, markets, matching, chart, names })
    }

    /// All of them by where they are in it.
    pub fn files(&self) -> Vec<(&str, &str)> {
        let Folder { screens, sms, markets, matching, chart, .. } = self;
        let of_markets = markets.iter().flat_map(MarketFiles::sources);
        let all = [&screens.customer, sms, matching, chart].into_iter().chain(&screens.texts);
        let of_all = all.chain(of_markets);
        of_all.map(|file| (file.name.trim_start_matches("menus/"), &*file.text)).collect()
    }

    /// The files of a market.
    pub fn market(&self, code: &str) -> Result<&MarketFiles, String> {
        self.markets.iter().find(|files| files.code == code).ok_or_else(|| {
            let known: Vec<&str> = self.markets.iter().map(|files| files.code.as_str()).collect();
            format!("there is no market `{code}`: those in menus/markets are {}", known.join(", "))
        })
    }

    /// Reads and checks everything that counts in a market: what it says, or everything that is
    /// wrong with it, each with file and line.
    pub fn check(&self, code: &str) -> Result<(Rulebook, String), Vec<String>> {
        let files = self.market(code).map_err(|unknown| vec![unknown])?;
        // all else is measured by it
        let market = market_file::parse(code, &files.market).map_err(in_words)?;
        let market = Arc::new(market);
        let mut problems = Vec::new();
        let (menus, summary) = self.screens(&market, &mut problems);
        let grammar = self.grammar(&market, &mut problems);
        let tariff = tariff(&files.tariff, market.currency);
        problems.extend(tariff.as_ref().err().into_iter().flatten().map(Problem::to_string));
        let limits = Limits::parse(&files.limits);
        problems.extend(limits.as_ref().err().into_iter().flatten().map(Problem::to_string));
        let bands = Bands::parse(&files.approvals);
        problems.extend(bands.as_ref().err().into_iter().flatten().map(Problem::to_string));
        let others = [&files.limits, &files.approvals].map(|file| in_others(file, market.currency));
        problems.extend(others.iter().flatten().map(Problem::to_string));
        let matching = Rules::parse(&self.matching);
        problems.extend(matching.as_ref().err().into_iter().flatten().map(Problem::to_string));
        let chart = Chart::parse(&self.chart);
        problems.extend(chart.as_ref().err().into_iter().flatten().map(Problem::to_string));
        match (menus, grammar, tariff, limits, bands, matching, chart) {
            (
                Some(menus),
                Some(grammar),
                Ok(tariff),
                Ok(limits),
                Ok(bands),
                Ok(matching),
                Ok(chart),
            ) if problems.is_empty() => {
                let rulebook = Rulebook {
                    market,
                    menus: Arc::new(menus),
                    grammar: Arc::new(grammar),
                    policy: Arc::new(Policy { tariff, limits, bands, matching }),
                    chart,
                    rules: self.rules(files),
                };
                Ok((rulebook, summary))
            }
            (_, _, _, _, _, _, _) => Err(problems),
        }
    }

    /// What counts, each by a digest of what its files say.
    fn rules(&self, market: &MarketFiles) -> Vec<Rule> {
        let of = |name, sources: &[&Source]| {
            let mut hash = Sha256::new();
            for source in sources {
                hash.update(&source.text);
            }
            Rule { name, digest: hash.finalize().to_vec() }
        };
        // whatever order they were found in
        let mut texts: Vec<&Source> = self.screens.texts.iter().collect();
        texts.sort_by(|one, other| one.text.cmp(&other.text));
        let menus: Vec<&Source> =
            [&self.screens.customer, &self.sms].into_iter().chain(texts).collect();
        vec![
            of("tariff", &[&market.tariff]),
            of("limits", &[&market.limits]),
            of("approvals", &[&market.approvals]),
            of("matching", &[&self.matching]),
            of("menus", &menus),
        ]
    }

    fn screens(&self, market: &Arc<Market>, problems: &mut Vec<String>) -> (Option<Menus>, String) {
        let named = filled(&self.screens, &self.names, market);
        let report = crate::ussd::check(&named, &vocabulary(), market);
        problems.extend(report.problems.iter().map(Problem::to_string));
        (report.menus, report.summary)
    }

    fn grammar(&self, market: &Market, problems: &mut Vec<String>) -> Option<Grammar> {
        match Grammar::named(&self.sms, market, &self.names.brand) {
            Ok(grammar) => {
                self.examples(&grammar, market, problems);
                let by_text = SERVICES.iter().filter(|service| service.by_text().is_some());
                problems.extend(
                    grammar.beyond(&by_text.map(|service| service.name).collect::<Vec<_>>()),
                );
                Some(grammar)
            }
            Err(found) => {
                problems.extend(found);
                None
            }
        }
    }
}

impl Folder {
    /// Tries the examples of the grammar, in the market that they were written for.
    fn examples(&self, grammar: &Grammar, market: &Market, problems: &mut Vec<String>) {
        if [market.code.as_str(), ""].contains(&grammar.examples.as_str()) {
            problems.extend(grammar.check(market));
            return;
        }
        let theirs = self.market(&grammar.examples).map_err(|unknown| vec![unknown]);
        let theirs = theirs
            .and_then(|files| market_file::parse(&files.code, &files.market).map_err(in_words));
        let tried = theirs.and_then(|market| {
            let grammar = Grammar::named(&self.sms, &market, &self.names.brand);
            grammar.map(|grammar| grammar.check(&market))
        });
        problems.extend(tried.unwrap_or_else(|wrong| wrong));
    }
}

/// The screens, and the words with what the service and the country are called in their places.
pub fn filled(screens: &Files, names: &ServiceNames, market: &Market) -> Files {
    let named = screens.named(names);
    let texts = named.texts.iter().map(|texts| market_texts::put_into(market, texts)).collect();
    Files { texts, ..named }
}

/// The market of who names none, as Kadogo comes with it.
pub fn default_market() -> Result<Market, Vec<String>> {
    let folder = Folder::embedded();
    let files = folder.market(market_files::DEFAULT).map_err(|unknown| vec![unknown])?;
    market_file::parse(&files.code, &files.market).map_err(in_words)
}

fn in_words(problems: Vec<Problem>) -> Vec<String> {
    problems.iter().map(Problem::to_string).collect()
}

/// A file that counts in other money than the market.
fn in_others(source: &Source, currency: Currency) -> Option<Problem> {
    let mut complaints = Complaints::new(source);
    let name = Table::parse(source).ok()?.name("currency", &mut complaints)?;
    let counts = Currency::parse(&name.text).is_none_or(|found| found == currency);
    let said = || source.problem(name.line, format!("currency: the market counts in {currency}"));
    (!counts).then(said)
}

fn embedded_matching() -> Source {
    Source::new("menus/matching.toml", include_str!("../menus/matching.toml"))
}

/// What screens, texts and letters may speak of: what the whole house says, what the services say
/// of themselves, and the channels.
pub fn vocabulary() -> Vocabulary {
    let mut vocabulary = Vocabulary { reasons: Reason::COMMON.to_vec(), ..Vocabulary::default() };
    for service in SERVICES {
        vocabulary.services.push(service.name);
        vocabulary.shows.insert(service.name, service.shows);
        vocabulary.learn(service.shows.iter().copied());
        vocabulary.tell(service.messages.iter().copied());
        vocabulary.tell(service.text.iter().flat_map(ByText::messages));
        vocabulary.reasons.extend(service.refusals);
    }
    for messages in [
        crate::wallet::MESSAGES,
        crate::sms::replying::MESSAGES,
        crate::ussd::deadline::MESSAGES,
        crate::notify::MESSAGES,
    ] {
        vocabulary.tell(messages.iter().copied());
    }
    vocabulary.learn(crate::ussd::CALLER_SLOTS.iter().copied());
    vocabulary.learn(crate::wallet::pricing::RANGE.iter().copied());
    vocabulary.texts.extend(crate::console::wording::keys());
    vocabulary.reasons.sort_unstable();
    vocabulary.reasons.dedup();
    vocabulary
}

/// Reads a tariff that the services can keep to: what is charged is what the file shows, or the
/// file is refused.
pub fn tariff(source: &Source, currency: Currency) -> Result<Tariff, Vec<Problem>> {
    let tariff = Tariff::parse(source, &priced())?;
    let problems = out_of_reach(&tariff, source, currency);
    if problems.is_empty() { Ok(tariff) } else { Err(problems) }
}

/// What a tariff asks for that the services, or the market, cannot do.
pub fn out_of_reach(tariff: &Tariff, source: &Source, currency: Currency) -> Vec<Problem> {
    let mut problems = Vec::new();
    for service in SERVICES {
        let Some(able) = service.priced else { continue };
        problems.extend(tariff.beyond(service.name, able));
        // what can be had in place of another must not be cheaper
        problems
            .extend(able.stands_for.iter().flat_map(|other| tariff.undercuts(service.name, other)));
    }
    problems.extend(in_others(source, currency));
    problems
}

/// Where an agent earns by money that is paid in and taken out again.
pub fn circles(tariff: &Tariff) -> Vec<Problem> {
    tariff.circles(cash_in::SERVICE.name, cash_out::SERVICE.name)
}

/// What would be earned so if a recheck did not count as one what ends in one wallet.
pub fn circle_apart(tariff: &Tariff) -> Option<String> {
    let [deposit, send, withdrawal] = [&cash_in::SERVICE, &send::SERVICE, &cash_out::SERVICE];
    let circle = tariff.circle_apart(deposit.name, send.name, withdrawal.name)?;
    Some(tariff.circle_text(&circle))
}

/// Services of their own use by which the price of a send can be gone round, where they cost less.
pub fn detours(tariff: &Tariff) -> Vec<String> {
    let ways = [&giving::GIVE, &contributing::CONTRIBUTE, &offering::OPEN];
    ways.iter().filter_map(|way| tariff.detour(way.name, send::SERVICE.name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Kind, Slot};

    /// A slot that was an amount here and a text there could not be measured, nor told to a
    /// program.
    #[test]
    fn a_slot_has_one_kind_whoever_shows_it() {
        let mut known = Vocabulary::default();
        for service in SERVICES {
            assert_eq!(known.learn(service.shows.iter().copied()), None, "{}", service.name);
            for message in service.messages {
                assert_eq!(
                    known.learn(message.slots.iter().copied()),
                    None,
                    "{}",
                    message.template
                );
            }
        }
        assert_eq!(known.learn([Slot("amount", Kind::Text)]), Some("amount"));
    }

    #[test]
    fn no_two_services_have_one_name() {
        let names: std::collections::BTreeSet<&str> =
            SERVICES.iter().map(|service| service.name).collect();
        assert_eq!(names.len(), SERVICES.len());
    }
}
