//! A tariff, and the answer to "what would it cost", as people read them in a terminal. It decides
//! nothing.

use super::earning::Earning;
use super::rate::Rate;
use super::sheet::{Base, PaidBy, Sheet};
use super::split::{self, Parts, Split};
use super::{Commission, Fee, PriceCase, Tariff};
use crate::money::{Currency, Money};
use crate::reason::Reason;
use std::fmt::Write;

impl Tariff {
    /// Every table, one under the other.
    pub fn text(&self) -> String {
        let mut text = format!("All amounts in {}.\n", self.currency);
        for (service, sheet) in
            self.sheets.iter().flat_map(|(name, all)| all.iter().map(move |sheet| (name, sheet)))
        {
            text.push_str(&self.sheet_text(service, sheet));
        }
        for (service, earning) in
            self.earnings.iter().flat_map(|(name, all)| all.iter().map(move |one| (name, one)))
        {
            text.push_str(&self.earning_text(service, earning));
        }
        text
    }

    /// What it would cost, line by line, and what an agent's people would earn by it.
    pub fn quote_text(&self, case: &PriceCase<'_>) -> Result<String, Reason> {
        let fee = self.quote(case)?;
        let money = |minor| Money::new(minor, self.currency);
        let mut text = format!("{} {}\n", case.service, case.amount);
        let lines = fee.lines.iter().map(|line| {
            let paid_by = match (line.payer_minor, line.payee_minor) {
                (_, 0) => "paid by the payer".to_owned(),
                (0, _) => "paid by the payee".to_owned(),
                (payer, payee) => {
                    format!("{} paid by the payer, {} by the payee", money(payer), money(payee))
                }
            };
            [
                line.name.clone(),
                money(line.minor).to_string(),
                format!("to {}, {paid_by}", line.place.name()),
            ]
        });
        for [name, amount, rest] in lines {
            push_line(&mut text, format_args!("  {name:<12} {amount:>12}  {rest}"));
        }
        let total = money(fee.total_minor()).to_string();
        push_line(&mut text, format_args!("  {:<12} {total:>12}", "together"));
        text.push_str(&ends(case, &fee));
        let commission = self.commission(case.service, case.amount, case.date)?;
        if commission.whole_minor() > 0 {
            text.push_str(&commission_text(&commission, money));
        }
        Ok(text)
    }

    fn sheet_text(&self, service: &str, sheet: &Sheet) -> String {
        let mut text = format!("\n{service}{}\n", applies(sheet));
        push_line(
            &mut text,
            format_args!("  {}, rounded {}", paid_by(sheet.paid_by), sheet.rounding.name()),
        );
        if sheet.minimum_minor > 1 {
            push_line(&mut text, format_args!("  not below {}", self.plain(sheet.minimum_minor)));
        }
        for monthly in &sheet.monthly {
            let up_to = self.plain(monthly.up_to_minor);
            let rate = self.rate_text(&monthly.rate);
            push_line(
                &mut text,
                format_args!("  while the month's volume is at most {up_to}: {rate}"),
            );
        }
        if let Some(micro) = &sheet.micro {
            let below = self.plain(micro.below_minor);
            let rate = self.rate_text(&micro.rate);
            push_line(&mut text, format_args!("  below {below}: {rate}"));
        }
        for extra in &sheet.extras {
            let of = match extra.of {
                Base::Fee => " of the fee",
                Base::Amount => " of the amount",
            };
            let rate = self.rate_of(&extra.rate, of);
            let payer = paid_by(extra.paid_by);
            let place = extra.place.name();
            push_line(&mut text, format_args!("  {}: {rate}, {payer}, to {place}", extra.name));
        }
        let grows = !sheet.extras.is_empty()
            || sheet.bands.iter().any(|band| band.rate != Rate::flat(band.rate.flat_minor));
        let mut rows =
            vec![["from", "to", "fee", if grows { "in all" } else { "" }].map(str::to_owned)];
        for band in &sheet.bands {
            let ends = [band.from_minor.max(sheet.minimum_minor), band.to_minor];
            let [first, last] =
                ends.map(|end| sheet.fee(end, None).map(|fee| self.plain(fee.total_minor())));
            let in_all = match (first, last) {
                (Ok(first), Ok(last)) if first == last => first,
                (Ok(first), Ok(last)) => format!("{first} to {last}"),
                (Err(_), Ok(last)) => format!("up to {last}"),
                (Ok(_) | Err(_), Err(_)) => "-".to_owned(),
            };
            let in_all = if grows { in_all } else { String::new() };
            rows.push([
                self.plain(band.from_minor),
                self.plain(band.to_minor),
                self.rate_text(&band.rate),
                in_all,
            ]);
        }
        text.push_str(&aligned(&rows));
        let allowed = self.plain(sheet.splitting_allowed_minor);
        match split::greatest(sheet) {
            Some(split) => {
                let most = split_text(&split, self.currency);
                push_line(
                    &mut text,
                    format_args!("  {most}, more than any other split; the file allows {allowed}"),
                );
            }
            None => push_line(&mut text, format_args!("  paying in parts never saves anything")),
        }
        text
    }

    fn earning_text(&self, service: &str, earning: &Earning) -> String {
        let from = earning.from_date.map(|date| format!(", from {date}")).unwrap_or_default();
        let mut text = format!("\ncommission {service}{from}\n");
        let tax = earning.withheld_tax;
        let head = earning.head_office;
        let rounding = earning.rounding.name();
        push_line(
            &mut text,
            format_args!(
                "  {tax} withheld for tax, {head} of the rest to the head office, rounded \
                 {rounding}"
            ),
        );
        let mut rows =
            vec![["from", "to", "commission", "outlet", "head office", "tax"].map(str::to_owned)];
        for band in &earning.bands {
            // of a band that grows, what its greatest amount earns
            let parts = earning.commission(band.to_minor).unwrap_or_default();
            let parts = [parts.outlet_minor, parts.head_office_minor, parts.withheld_tax_minor]
                .map(|m| self.plain(m));
            let [outlet, head, tax] = parts;
            let (from, to) = (self.plain(band.from_minor), self.plain(band.to_minor));
            rows.push([from, to, self.rate_text(&band.rate), outlet, head, tax]);
        }
        text.push_str(&aligned(&rows));
        text
    }

    /// An amount without its currency.
    fn plain(&self, minor: i64) -> String {
        let shown = Money::new(minor, self.currency).to_string();
        shown.trim_start_matches(self.currency.as_str()).trim_start().to_owned()
    }

    fn rate_text(&self, rate: &Rate) -> String {
        self.rate_of(rate, "")
    }

    /// The rate, with what its percentage is taken of.
    fn rate_of(&self, rate: &Rate, of: &str) -> String {
        let percent =
            (rate.percent != super::Percent::ZERO).then(|| format!("{}{of}", rate.percent));
        let sum = match (rate.flat_minor, percent) {
            (0, Some(percent)) => percent,
            (flat, Some(percent)) => format!("{} + {percent}", self.plain(flat)),
            (flat, None) => self.plain(flat),
        };
        let least = rate.min_minor.map(|minor| format!(", at least {}", self.plain(minor)));
        let most = rate.max_minor.map(|minor| format!(", at most {}", self.plain(minor)));
        sum + &least.unwrap_or_default() + &most.unwrap_or_default()
    }
}

/// What saves most, in words.
pub(super) fn split_text(split: &Split, currency: Currency) -> String {
    let money = |minor| Money::new(minor, currency);
    let Parts { whole_minor, times, each_minor, rest_minor } = split.parts;
    let (whole, gain) = (money(whole_minor), money(split.gain_minor));
    let parts = if times == 1 {
        let (larger, smaller) = (each_minor.max(rest_minor), each_minor.min(rest_minor));
        format!("{} and {}", money(larger), money(smaller))
    } else if each_minor == rest_minor {
        format!("{} times {}", times.saturating_add(1), money(each_minor))
    } else {
        format!("{times} times {} and {}", money(each_minor), money(rest_minor))
    };
    format!("paying {whole} as {parts} saves {gain}")
}

fn ends(case: &PriceCase<'_>, fee: &Fee) -> String {
    let money = |minor| Money::new(minor, case.amount.currency);
    let pays = money(case.amount.minor.saturating_add(fee.payer_minor));
    let gets = money(case.amount.minor.saturating_sub(fee.payee_minor));
    format!("the payer pays {pays}\nthe payee gets {gets}\n")
}

fn commission_text(commission: &Commission, money: impl Fn(i64) -> Money) -> String {
    let Commission { outlet_minor, head_office_minor, withheld_tax_minor } = *commission;
    let whole = money(commission.whole_minor());
    let outlet = money(outlet_minor);
    let head = money(head_office_minor);
    let tax = money(withheld_tax_minor);
    format!(
        "the commission is {whole}: {outlet} to the outlet, {head} to its head office, {tax} \
         withheld for tax\n"
    )
}

fn applies(sheet: &Sheet) -> String {
    let tier = sheet.applies.tier.as_ref().map(|tier| format!(", tier {tier}"));
    let channel = sheet.applies.channel.as_ref().map(|channel| format!(", channel {channel}"));
    let from = sheet.applies.from_date.map(|date| format!(", from {date}"));
    [tier, channel, from].into_iter().flatten().collect()
}

fn paid_by(paid_by: PaidBy) -> String {
    match paid_by {
        PaidBy::Payer => "paid by the payer".to_owned(),
        PaidBy::Payee => "paid by the payee".to_owned(),
        PaidBy::Shared(payer) => format!("{payer} paid by the payer, the rest by the payee"),
    }
}

/// Columns as wide as their widest entry, numbers under numbers.
fn aligned<const N: usize>(rows: &[[String; N]]) -> String {
    let widest = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|entry| entry.len()).max()
    };
    let mut text = String::new();
    for row in rows {
        let entries = row.iter().enumerate().map(|(column, entry)| {
            let width = widest(column).unwrap_or(0);
            format!("{entry:>width$}")
        });
        let line = entries.collect::<Vec<_>>().join("  ");
        push_line(&mut text, format_args!("  {}", line.trim_end()));
    }
    text
}

fn push_line(text: &mut String, line: std::fmt::Arguments<'_>) {
    // writing into a text does not fail
    let _ = writeln!(text, "{line}");
}
