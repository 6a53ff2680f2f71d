//! Statements of a bank in stories: a file that was read beside the book, as a command or a page
//! leaves it there, without a file.

use super::world::World;
use kadogo::id::StatementId;
use kadogo::store::Conn;
use kadogo::store::bank_rows::{self, BankAccountRow, BankFileRow, BankLine};
use kadogo::wallet::office::sign_in::OnDuty;

/// The account at a bank that staff call this.
pub async fn bank(world: &World, name: &str) -> BankAccountRow {
    let read = |conn: &mut Conn| bank_rows::accounts_after(conn, None, 100);
    let all = world.app.wallet.store.read(read).await.unwrap();
    all.into_iter().find(|row| row.name == name).unwrap()
}

/// Two of them open one.
pub async fn opened(world: &World, [asks, says_yes]: [&OnDuty; 2], name: &str, number: &str) {
    let typed = [("name", name), ("number", number), ("why", "money is kept there")];
    let asked = world.staff_requests(asks, "open_bank_account", &typed).await.unwrap();
    world.staff_approves(says_yes, asked).await.unwrap();
}

/// A file that was read: what the bank says was there before and after, and its lines, each an
/// amount and what it was for.
pub async fn read(
    world: &World,
    bank: &BankAccountRow,
    (opening_minor, closing_minor): (i64, i64),
    day: &str,
    lines: &[(i64, String)],
) -> StatementId {
    let wallet = &world.app.wallet;
    let id = StatementId::of(wallet.book.fresh_id().await.unwrap());
    let head = BankFileRow {
        id,
        bank: bank.id,
        read_at: wallet.clock.now().micros(),
        digest: format!("{} {day} {opening_minor} {lines:?}", bank.name).into_bytes(),
        number: None,
        opened_on: day.to_owned(),
        closed_on: day.to_owned(),
        opening_minor,
        closing_minor,
        lines: lines.len().try_into().unwrap(),
    };
    let line = |(place, (amount_minor, said)): (i64, &(i64, String))| BankLine {
        statement: id,
        place,
        booked_on: day.to_owned(),
        amount_minor: *amount_minor,
        reference: format!("FT{place}"),
        said: said.clone(),
        counterparty: String::new(),
        is_return: 0,
    };
    let lines: Vec<BankLine> = (1..).zip(lines).map(line).collect();
    let stored = move |conn: &mut Conn| {
        bank_rows::begin_file(conn, &head)?;
        if lines.is_empty() { Ok(()) } else { bank_rows::add_lines(conn, &lines) }
    };
    wallet.book.write(stored).await.unwrap();
    id
}
