//! What the commands do, one function each. What people read goes to standard output, trouble to
//! standard error.

use crate::app::{self, App};
use crate::calendar::Day;
use crate::catalogue::Catalogue;
use crate::cli::{TariffAct, TariffQuoteArgs};
use crate::config::{LogFormat, ServeArgs, ServerArgs, ServerUrl, Settings, menus_folder};
use crate::demo::{fresh, showcase, terminal, world};
use crate::market::Market;
use crate::market_file;
use crate::market_files;
use crate::menu_folder::{self, Folder, Rulebook};
use crate::money::Money;
use crate::printing::{counted, say, say_on};
use crate::reason::Reason;
use crate::seal::Randomness;
use crate::source::Source;
use crate::store::{Store, times};
use crate::tariff::{PriceCase, Tariff};
use crate::terminal_words;
use crate::time::Clock;
use crate::tls;
use crate::wallet::pricing::no_price;
use anyhow::{Context, anyhow, bail};
use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// `kadogo demo`
pub async fn demo(args: ServerArgs, bare: bool, anew: bool) -> anyhow::Result<ExitCode> {
    start_log(&args)?;
    if !args.listen.ip().is_loopback() {
        tracing::warn!(listen = %args.listen, "the demo's PINs are public, and others can reach it \
                                               here");
    }
    let settings = args.demo(!bare).map_err(|problems| wrong_settings(&problems))?;
    if anew {
        let url = settings.database_url.expose().to_owned();
        if tokio::task::spawn_blocking(move || fresh::take_away(&url)).await?? {
            tracing::info!(database = %settings.database_url, "the demo before is gone");
        }
    }
    let dial = settings.service_code.clone();
    if settings.showcase {
        earlier(&settings).await?;
    }
    let goes_on = if bare { "" } else { showcase::GOES_ON };
    run(settings, move |address, people, market| {
        say_on!("{}", world::welcome(&address, (&dial, market), people, goes_on));
    })
    .await
}

/// What a demo shows of the days before it was first started happens then, on a clock of its own:
/// nothing is posted behind what is there already.
async fn earlier(settings: &Settings) -> anyhow::Result<()> {
    let url = settings.database_url.expose().to_owned();
    let store = tokio::task::spawn_blocking(move || Store::open(&url)).await??;
    let (newest, _) = store.read(times::read).await?;
    tokio::task::spawn_blocking(move || store.close()).await?;
    if newest.is_some() {
        return Ok(());
    }
    let market = settings.market.as_deref().unwrap_or(market_files::DEFAULT);
    let folder = settings.menus.as_deref();
    let rulebook = Rulebook::load(folder, market, &settings.names)?;
    let zone = &rulebook.market.zone;
    let today = Day::of(Clock::System.now(), zone);
    let begins = Day::new(today.number().saturating_sub(showcase::DAYS_BEFORE));
    let clock = Clock::manual(begins.at_hour(showcase::HOUR, zone));
    let (app, committer) = App::with(settings, rulebook, clock, Randomness::os()?).await?;
    showcase::earlier(&app.wallet).await?;
    drop(app);
    app::ended(committer).await
}

/// `kadogo serve`
pub async fn serve(args: ServeArgs) -> anyhow::Result<ExitCode> {
    start_log(&args.server)?;
    let settings = args.settings().map_err(|problems| wrong_settings(&problems))?;
    run(settings, |_address, _people, _market| ()).await
}

async fn run(
    settings: Settings,
    welcome: impl FnOnce(String, &[world::PersonView], &Market),
) -> anyhow::Result<ExitCode> {
    let menus = settings
        .menus
        .as_ref()
        .map_or("compiled in".to_owned(), |folder| folder.display().to_string());
    let database = settings.database_url.clone();
    app::run(settings, |app, address, people| {
        let market = &app.wallet.config.market;
        tracing::info!(%address, %database, menus, market = market.code, "listening");
        welcome(address.to_string(), people, market);
    })
    .await?;
    Ok(ExitCode::SUCCESS)
}

fn wrong_settings(problems: &[String]) -> anyhow::Error {
    anyhow!("cannot start:\n  {}\n(`--help` explains every setting)", problems.join("\n  "))
}

fn start_log(args: &ServerArgs) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&args.log)
        .with_context(|| format!("KADOGO_LOG: {:?} is not a log level", args.log))?;
    // colours are for people who look on, not for files
    let colours = std::io::stderr().is_terminal();
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(colours)
        .with_writer(std::io::stderr);
    let started = match args.log_format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().try_init(),
    };
    started.map_err(|error| anyhow!("the log cannot be started: {error}"))
}

/// `kadogo phone`
pub async fn phone(url: &ServerUrl, person: Option<String>) -> anyhow::Result<ExitCode> {
    let clock = Clock::System;
    let randomness = Randomness::os()?;
    let input = std::io::BufReader::new(std::io::stdin());
    let mut output = std::io::stdout();
    let redraws = output.is_terminal();
    let paper = terminal::Paper::new(&mut output, redraws);
    terminal::run(url.as_str(), person, (&clock, &randomness), input, paper).await?;
    Ok(ExitCode::SUCCESS)
}

/// Each problem on a line, then their number.
pub fn complain(problems: &[impl std::fmt::Display]) -> ExitCode {
    problems.iter().for_each(|problem| say!("{problem}"));
    say!("{}", counted(problems.len(), "problem"));
    ExitCode::FAILURE
}

/// `kadogo tariff`
pub fn tariff(
    file: Option<PathBuf>,
    folder: Option<PathBuf>,
    market: &str,
    act: &TariffAct,
) -> anyhow::Result<ExitCode> {
    let folder = Folder::open(menus_folder(folder).as_deref())?;
    let files = folder.market(market).map_err(|unknown| anyhow!(unknown))?;
    let country = match market_file::parse(&files.code, &files.market) {
        Ok(country) => country,
        Err(problems) => return Ok(complain(&problems)),
    };
    let source = match file {
        Some(file) => {
            let text =
                std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
            Source::new(file.display().to_string(), text)
        }
        None => files.tariff.clone(),
    };
    let tariff = match Tariff::parse(&source, &crate::wallet::priced()) {
        Ok(tariff) => tariff,
        Err(problems) => return Ok(complain(&problems)),
    };
    let words = terminal_words::of_folder(&folder, &country)?;
    match act {
        TariffAct::Check => {
            say_on!("{}", tariff.text());
            let circles = menu_folder::circles(&tariff);
            if let Some(circle) = menu_folder::circle_apart(&tariff).filter(|_| circles.is_empty())
            {
                say!(
                    "\nif each deposit counted alone, {circle}: `kadogo agent recheck` counts as \
                     one what ends in one wallet"
                );
            }
            for detour in menu_folder::detours(&tariff) {
                say!("\n{detour}: whoever goes the longer way saves that");
            }
            let mut problems = tariff.splits_beyond();
            problems.extend(circles);
            problems.extend(menu_folder::out_of_reach(&tariff, &source, country.currency));
            Ok(if problems.is_empty() { ExitCode::SUCCESS } else { complain(&problems) })
        }
        TariffAct::Quote(args) => quote(&tariff, args, &country, &words),
    }
}

/// `kadogo tariff quote`
fn quote(
    tariff: &Tariff,
    args: &TariffQuoteArgs,
    market: &Market,
    words: &Catalogue,
) -> anyhow::Result<ExitCode> {
    let service = args.service.as_str();
    if !crate::wallet::priced().contains(&service) {
        bail!("{service} has no price: what has one is {}", crate::wallet::priced().join(", "));
    }
    if let Some(tier) = args.tier.as_ref().filter(|tier| !tariff.has_tier(tier)) {
        bail!("the tariff has no tier {tier}");
    }
    if let Some(channel) = args.channel.as_ref().filter(|channel| !tariff.has_channel(channel)) {
        bail!("the tariff has no channel {channel}");
    }
    let amount = |text: &str| match Money::parse(text, tariff.currency(), &market.currency_names) {
        Ok(amount) => Ok(amount),
        Err(Reason::AMOUNT_ZERO) => Ok(Money::new(0, tariff.currency())),
        Err(reason) => Err(terminal_words::mistyped(words, text, reason)),
    };
    let month_minor =
        args.month_volume.as_deref().map_or(Ok(0), |text| amount(text).map(|money| money.minor))?;
    let today = || Clock::System.now().day(&market.zone);
    let case = PriceCase {
        service,
        amount: amount(&args.amount)?,
        tier: args.tier.as_deref(),
        channel: args.channel.as_deref(),
        date: args.on.unwrap_or_else(today),
        month_minor,
    };
    let text = tariff.quote_text(&case).map_err(|reason| {
        let why = terminal_words::refused(words, &no_price(tariff, &case, reason));
        why.context(format!("{service} {} is not moved", case.amount))
    });
    say_on!("{}", text?);
    Ok(ExitCode::SUCCESS)
}

/// `kadogo health`
pub async fn health(url: Option<ServerUrl>, listen: SocketAddr) -> anyhow::Result<ExitCode> {
    // a server that listens on every address is asked on this machine's own
    let here = || format!("http://127.0.0.1:{}", listen.port());
    let url = url.map_or_else(here, |url| url.as_str().to_owned());
    let client = tls::client().timeout(std::time::Duration::from_secs(5)).build()?;
    let answer = client.get(format!("{url}/readyz")).send().await;
    let answer = answer.with_context(|| format!("{url} does not answer"))?;
    let status = answer.status();
    // the answer says why it is not ready
    say!("{status}: {}", answer.text().await?);
    Ok(if status.is_success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
