//! `kadogo staff` and `kadogo approve`: who works here, and what takes two of them.

use crate::cli::{ApproveAct, OfficeArgs, StaffAct};
use crate::config::menus_folder;
use crate::console_url::ConsoleUrl;
use crate::market_files;
use crate::menu_folder::Folder;
use crate::phone::Msisdn;
use crate::printing::say;
use crate::request::Fields;
use crate::requested;
use crate::seal::from_hex;
use crate::signed_in::{Office, line, secret_line};
use crate::staff::role::Right;
use crate::staff::{password, role, second_factor};
use crate::store::arrangement_rows::{self as rows, ArrangementRow, Search, Side};
use crate::store::staff_rows::{self, StaffState};
use crate::wallet::office::sign_in::OnDuty;
use crate::wallet::office::two_people::{self, Wish};
use crate::wallet::office::{by_phone, staff_list};
use crate::wallet::{Service, service};
use anyhow::{anyhow, bail};
use secrecy::{ExposeSecret, SecretString};
use std::process::ExitCode;

/// Requests that are listed.
const LISTED_MAX: i64 = 1_000;

/// `kadogo staff`
pub async fn staff(args: OfficeArgs, act: StaffAct) -> anyhow::Result<ExitCode> {
    if matches!(act, StaffAct::Rights) {
        let folder = Folder::open(menus_folder(args.menus).as_deref())?;
        let market = args.market.unwrap_or_else(|| market_files::DEFAULT.to_owned());
        let (rulebook, _summary) =
            folder.check(&market).map_err(|problems| anyhow!(problems.join("\n")))?;
        say!("{}", role::table(|right| rulebook.policy.bands.said(right)));
        return Ok(ExitCode::SUCCESS);
    }
    let office = Office::open(args).await?;
    let done = of_staff(&office, act).await;
    office.close().await?;
    done.map(|()| ExitCode::SUCCESS)
}

/// `kadogo approve`
pub async fn approve(args: OfficeArgs, act: ApproveAct) -> anyhow::Result<ExitCode> {
    let office = Office::open(args).await?;
    let done = of_requests(&office, act).await;
    office.close().await?;
    done.map(|()| ExitCode::SUCCESS)
}

/// Inputs by their names.
pub fn fields<const N: usize>(named: [(&str, &str); N]) -> Fields {
    named.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// What can be done about the staff.
pub async fn of_staff(office: &Office, act: StaffAct) -> anyhow::Result<()> {
    match act {
        StaffAct::Invite { name, phone, roles, why, console_url } => {
            let invited = (name.as_str(), phone.as_str(), roles.as_str());
            invite(office, invited, &why, console_url.as_ref()).await
        }
        StaffAct::Join { link, factor } => join(office, &link, factor.as_deref()).await,
        StaffAct::SignIn { name } => sign_in(office, &name).await,
        StaffAct::SignOut => {
            let duty = office.duty().await?;
            office.app.wallet.sign_out(&duty).await.map_err(|no| office.refused(&no))?;
            office.forget();
            say!("{} is signed out", duty.staff.name);
            Ok(())
        }
        StaffAct::List => list(office).await,
        StaffAct::Roles { name, roles, why } => {
            let duty = office.duty().await?;
            let typed = fields([("name", &name), ("roles", &roles), ("why", &why)]);
            office.act(&duty, staff_list::ROLES.name, typed).await
        }
        StaffAct::Dismiss { name, why } => {
            let duty = office.duty().await?;
            office
                .act(&duty, staff_list::LEAVE.name, fields([("name", &name), ("why", &why)]))
                .await
        }
        StaffAct::Pin { code } => {
            office.signs(Right::Second).await?;
            let duty = office.proved(office.duty().await?, code.as_deref()).await?;
            choose_pin(office, &duty).await
        }
        StaffAct::EndSessions { name, why } => {
            let duty = office.duty().await?;
            let typed = fields([("name", &name), ("why", &why)]);
            office.act(&duty, staff_list::END_SESSIONS.name, typed).await
        }
        StaffAct::Rights => Ok(()),
    }
}

async fn invite(
    office: &Office,
    (name, phone, roles): (&str, &str, &str),
    why: &str,
    pages: Option<&ConsoleUrl>,
) -> anyhow::Result<()> {
    let wallet = &office.app.wallet;
    let msisdn = Msisdn::parse(phone, &wallet.config.market)
        .map_err(|reason| office.mistyped(phone, reason))?;
    if wallet.has_staff().await.map_err(|refusal| office.refused(&refusal))? {
        let duty = office.duty().await?;
        let typed =
            fields([("name", name), ("phone", msisdn.e164()), ("roles", roles), ("why", why)]);
        return office.act(&duty, staff_list::INVITE.name, typed).await;
    }
    let found = wallet.found_staff(&name.to_lowercase(), &msisdn).await;
    let link = found.map_err(|refusal| office.refused(&refusal))?;
    say!("{name} is the first, as admin: kadogo staff join {link}");
    match pages {
        Some(pages) => say!("  or in a browser: {}", pages.join(&link)),
        None => say!("  or in a browser, behind the console's address: /console/join/{link}"),
    }
    Ok(())
}

async fn join(office: &Office, link: &str, factor: Option<&str>) -> anyhow::Result<()> {
    let wallet = &office.app.wallet;
    let row = wallet.invited_by(link).await.map_err(|_gone| {
        anyhow!("that link is not good, or not any more: ask an admin for another one")
    })?;
    eprintln!("{}, {}: welcome", row.name, row.roles.replace(' ', ", "));
    let chosen = SecretString::from(secret_line("A password of at least ten letters: ")?.trim());
    password::check(&chosen, &row.name, &wallet.config.brand)?;
    let secret = match factor {
        Some(hex) => from_hex(hex)
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or_else(|| anyhow!("--factor: 40 hexadecimal digits"))?,
        None => wallet.factor_secret(),
    };
    let (typed, link_for_app) = second_factor::for_app(&secret, &row.name, &wallet.config.brand);
    eprintln!("Put this secret into the app that shows your codes: {typed}\n  {link_for_app}");
    let code = line("A code of the app: ")?;
    let joined = wallet.join_staff(link, chosen, &secret, code.trim()).await;
    let joined = joined.map_err(|refusal| match refusal.code() {
        "code_wrong" => anyhow!("that code is not right: is the clock of your phone?"),
        _ => office.refused(&refusal),
    })?;
    say!("{} may sign in", joined.name);
    Ok(())
}

async fn sign_in(office: &Office, name: &str) -> anyhow::Result<()> {
    let typed = SecretString::from(secret_line("Password: ")?.trim_end_matches(['\r', '\n']));
    let code = line("A code of your app: ")?;
    let secret = office.app.wallet.sign_in(name, typed, code.trim()).await;
    office.remember(&secret.map_err(|refusal| office.refused(&refusal))?)?;
    say!("{name} is signed in, for ten hours at most");
    Ok(())
}

async fn choose_pin(office: &Office, duty: &OnDuty) -> anyhow::Result<()> {
    let chosen = SecretString::from(secret_line("A PIN of four to six digits: ")?.trim());
    let again = SecretString::from(secret_line("The same again: ")?.trim());
    if chosen.expose_secret() != again.expose_secret() {
        bail!("the two are not the same");
    }
    office.act_with(duty, by_phone::CHOOSE.name, Fields::new(), Some(chosen)).await
}

async fn list(office: &Office) -> anyhow::Result<()> {
    office.signs_one_of(&[Right::Staff, Right::Audit]).await?;
    let wallet = &office.app.wallet;
    for row in wallet.store.read(staff_rows::all).await? {
        let state = match row.state {
            StaffState::Active => "",
            StaffState::Invited => " (invited)",
            StaffState::Left => " (left)",
        };
        let seen = crate::time::Timestamp::from_micros(row.seen_at);
        let day = seen.day(&wallet.config.market.zone);
        say!("{}{state}: {}; last seen {day}", row.name, row.roles.replace(' ', ", "));
    }
    Ok(())
}

/// What can be done about what waits for a second person.
pub async fn of_requests(office: &Office, act: ApproveAct) -> anyhow::Result<()> {
    let duty = office.signs_one_of(&[Right::Second, Right::Audit]).await?;
    match act {
        ApproveAct::List => requests(office, &duty).await,
        ApproveAct::Show { request } => {
            let number = request.to_string();
            let slots =
                office.look(&duty, two_people::APPROVE.name, fields([("approval", &number)]));
            let slots = slots.await?;
            let wish =
                Wish::of(&waiting(office, request).await?).map_err(|_damaged| anyhow!("?"))?;
            let mut slots = slots;
            for (name, before) in &wish.shown {
                let now = slots.get(name).map(ToString::to_string).unwrap_or_default();
                if now != before.to_string() {
                    let was = crate::value::Value::Text(before.to_string());
                    slots.insert(format!("{name}_when_asked"), was);
                }
            }
            office.say(&wish.service, &slots);
            Ok(())
        }
        ApproveAct::Yes { request, seen, code } => {
            let duty = office.proved(duty, code.as_deref()).await?;
            let number = request.to_string();
            let typed = fields([("approval", &number), ("seen", &seen)]);
            office.act(&duty, two_people::APPROVE.name, typed).await
        }
        ApproveAct::No { request, why } => {
            let number = request.to_string();
            let typed = fields([("approval", &number), ("why", &why)]);
            office.act(&duty, two_people::DECLINE.name, typed).await
        }
        ApproveAct::TakeBack { request, why } => {
            let number = request.to_string();
            let typed = fields([("approval", &number), ("why", &why)]);
            office.act(&duty, two_people::TAKE_BACK.name, typed).await
        }
    }
}

async fn waiting(office: &Office, request: i64) -> anyhow::Result<ArrangementRow> {
    let id = crate::id::ArrangementId::of(request);
    let row = office.app.wallet.store.read(move |conn| rows::by_id(conn, id)).await?;
    match row.filter(|row| row.kind == two_people::KIND.name) {
        Some(row) => Ok(row),
        None => bail!("there is no request {request}"),
    }
}

/// Those that whoever asks may see, the oldest first.
async fn requests(office: &Office, duty: &OnDuty) -> anyhow::Result<()> {
    let kind = two_people::KIND.name;
    let open = Search { side: Side::Anybody, kind, open: true, since: 0, limit: LISTED_MAX };
    let read = move |conn: &mut crate::store::Conn| {
        conn.wait(async |asked| rows::find(asked, &open).await)
    };
    let found = office.app.wallet.store.read(read).await?;
    let mut is_empty = true;
    for row in found.iter().rev() {
        let wish = Wish::of(row).map_err(|_damaged| anyhow!("request {} is damaged", row.id))?;
        let right = service(&wish.service).and_then(Service::right);
        if Wish::is_for(&duty.staff, row, right) {
            is_empty = false;
            say!("{} {} by {}: {}", row.id, requested::in_words(&wish), wish.by, wish.why);
        }
    }
    office.say_if_none(is_empty, "request waits");
    Ok(())
}
