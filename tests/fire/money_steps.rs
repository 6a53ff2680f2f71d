//! The steps by which staff bring money in and out and close days, the scripts made of them, and
//! what stands in the books after each: reckoned by a few sums, for the judge. How a step is taken
//! is not known here.

const DEPOSIT: i64 = 50_000;

/// Something that one of the staff does.
#[derive(Debug, Clone, Copy)]
pub enum Step {
    /// A file with these lines is read into rows beside the book, one after the other,
    Read(&'static [i64]),
    /// and taken: the statement that was read last.
    Take,
    /// E-money is asked for, against the first line of the first statement,
    Issue(i64),
    /// and goes out at the bank.
    Redeem(i64),
    /// The last one is called off.
    CallOff,
    /// The first line of the last statement is this; what came back takes two.
    Explain(&'static str),
    /// What was asked for last: another one says yes,
    Yes,
    /// or no,
    No,
    /// or who asked takes it back.
    Back,
    /// The sheet of the next day is made, and its close asked for.
    Close,
}

use Step::{Back, CallOff, Close, Explain, Issue, No, Read, Redeem, Take, Yes};

/// What comes in has a line that the bank takes back at once: half of the file would prove itself
/// too.
const IN: &[i64] = &[DEPOSIT, 300, -300];
const OUT: &[i64] = &[-DEPOSIT];

/// The ways that money goes here; each leaves the wallet as it was.
pub const SCRIPTS: [&[Step]; 5] = [
    &[
        Read(IN),
        Take,
        Issue(DEPOSIT),
        Yes,
        Redeem(DEPOSIT),
        Yes,
        Read(OUT),
        Take,
        Explain("redemption"),
    ],
    &[
        Read(IN),
        Take,
        Issue(30_000),
        Yes,
        Issue(20_000),
        Yes,
        Redeem(DEPOSIT),
        Yes,
        CallOff,
        Yes,
        Redeem(DEPOSIT),
        Yes,
        Read(OUT),
        Take,
        Explain("redemption"),
    ],
    &[
        Read(IN),
        Take,
        Issue(DEPOSIT),
        Yes,
        Redeem(DEPOSIT),
        Yes,
        Read(OUT),
        Take,
        Explain("redemption"),
        Read(&[DEPOSIT]),
        Take,
        Explain("returned"),
        Yes,
        Redeem(DEPOSIT),
        Yes,
        Read(OUT),
        Take,
        Explain("redemption"),
    ],
    &[
        Read(&[DEPOSIT]),
        Take,
        Issue(DEPOSIT),
        No,
        Issue(DEPOSIT),
        Back,
        Read(&[-700]),
        Take,
        Explain("charge"),
        Read(&[900]),
        Take,
        Explain("interest"),
    ],
    &[Close, No, Read(&[-700]), Take, Close, Yes, Explain("charge")],
];

/// The script of a round.
pub fn script(number: usize) -> &'static [Step] {
    SCRIPTS[number % SCRIPTS.len()]
}

/// What stands in the books: amounts in minor units, and how many there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Picture {
    pub at_bank: i64,
    pub suspense: i64,
    pub outgoing: i64,
    pub charges: i64,
    pub interest: i64,
    pub wallet: i64,
    /// Left of lines that were used in part, and on its way out.
    pub parts: i64,
    pub on_its_way: i64,
    pub statements: i64,
    /// Redemptions: seen at the bank, and called off.
    pub seen: i64,
    pub called_off: i64,
    /// Requests that wait, and that were approved, declined, taken back.
    pub asked: i64,
    pub approved: i64,
    pub declined: i64,
    pub taken_back: i64,
    /// Days that are closed.
    pub closed: i64,
}

impl Picture {
    /// What stands in the books before each step of a script, and after the last.
    pub fn of(&self, script: &[Step]) -> Vec<Picture> {
        let mut all = vec![self.clone()];
        let (mut file, mut line, mut asked): (&[i64], i64, Option<Step>) = (&[], 0, None);
        for step in script {
            let mut next = all.last().unwrap().clone();
            match *step {
                Read(lines) => file = lines,
                Take => {
                    next.statements += 1;
                    line = file[0];
                    for minor in file {
                        next.at_bank += minor;
                        let way = if *minor > 0 { &mut next.suspense } else { &mut next.outgoing };
                        *way += minor;
                    }
                }
                Explain("charge") => {
                    next.outgoing -= line;
                    next.charges += line;
                }
                Explain("interest") => {
                    next.suspense -= line;
                    next.interest += line;
                }
                Explain("redemption") => {
                    next.outgoing -= line;
                    next.on_its_way += line;
                    next.seen += 1;
                }
                Issue(_) | Redeem(_) | CallOff | Close | Explain(_) => {
                    asked = Some(*step);
                    next.asked += 1;
                }
                No => next.declined += 1,
                Back => next.taken_back += 1,
                Yes => next.approved += 1,
            }
            if matches!(step, Yes | No | Back) {
                next.asked -= 1;
            }
            match (step, asked) {
                (Yes, Some(Issue(minor))) => {
                    // the first part takes the whole line out of what is nobody's
                    if next.parts == 0 {
                        next.suspense -= DEPOSIT;
                        next.parts += DEPOSIT;
                    }
                    next.parts -= minor;
                    next.wallet += minor;
                }
                (Yes, Some(Redeem(minor))) => {
                    next.wallet -= minor;
                    next.on_its_way += minor;
                }
                (Yes, Some(CallOff)) => {
                    next.wallet += next.on_its_way;
                    next.on_its_way = 0;
                    next.called_off += 1;
                }
                (Yes, Some(Close)) => next.closed += 1,
                (Yes, Some(_returned)) => {
                    next.suspense -= line;
                    next.wallet += line;
                }
                _ => {}
            }
            all.push(next);
        }
        all
    }
}
