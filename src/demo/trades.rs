//! The deals that a demo shows: one for each state that a deal can be in, so that everybody finds
//! some under *My deals*: what waits for a yes, for money, for goods, for a decision, and what is
//! over. Nothing but data.

use super::residents::{AMINA, BARAKA, CLAIRE, DAUDI, ESTHER};
use crate::wallet::deals::arbiters::Cause;
use crate::wallet::deals::{answering, appealing, delivery, funding, problems};
use crate::wallet::deals::{releasing, returning, settling};
use Step::{Buyer, Confirms, Proposes, Seller};

/// A deal, and how far it has come.
pub(super) struct Trade {
    pub(super) goods: &'static str,
    pub(super) minor: i64,
    pub(super) buyer: u64,
    pub(super) seller: u64,
    pub(super) begins: Begins,
    pub(super) steps: &'static [Step],
}

/// Who has begun it, and how.
pub(super) enum Begins {
    /// The buyer, by a text.
    Text,
    /// The buyer,
    Buyer,
    /// or the seller by dialling, with nothing but what is usual.
    Seller,
    /// The buyer, and the code travels with the parcel,
    Parcel,
    /// or there is none.
    Hand,
    /// A market, which keeps a tenth.
    Market,
}

/// What happens to it. Each is one version of its row.
pub(super) enum Step {
    Buyer(&'static str, &'static [(&'static str, &'static str)]),
    Seller(&'static str, &'static [(&'static str, &'static str)]),
    /// One of the staff proposes that so much goes back, minor units.
    Proposes(&'static str, i64, Cause, &'static str),
    /// Another confirms it.
    Confirms(&'static str),
}
const ACCEPTED: Step = Seller(answering::ACCEPT.name, &[]);
const PAID: Step = Buyer(funding::FUND.name, &[]);
const DELIVERED: Step = Seller(delivery::DELIVER.name, &[]);

/// What nobody answered in time, days ago.
pub(super) const UNANSWERED: Trade = Trade {
    goods: "kettle",
    minor: 9_000,
    buyer: CLAIRE,
    seller: BARAKA,
    begins: Begins::Buyer,
    steps: &[],
};

/// What is over comes first: it is what the people know of one another.
pub(super) const TRADES: [Trade; 19] = [
    Trade {
        goods: "beans",
        minor: 40_000,
        buyer: AMINA,
        seller: ESTHER,
        begins: Begins::Buyer,
        steps: &[ACCEPTED, PAID, Buyer(releasing::RELEASE.name, &[])],
    },
    Trade {
        goods: "fan",
        minor: 10_000,
        buyer: BARAKA,
        seller: DAUDI,
        begins: Begins::Buyer,
        steps: &[ACCEPTED, PAID, Seller(settling::REFUND.name, &[])],
    },
    Trade {
        goods: "mats",
        minor: 10_000,
        buyer: CLAIRE,
        seller: ESTHER,
        begins: Begins::Hand,
        steps: &[
            ACCEPTED,
            PAID,
            DELIVERED,
            Buyer(problems::DISPUTE.name, &[("problem", "broken"), ("why", "one has a hole")]),
            Seller(settling::OFFSET.name, &[("amount", "4000")]),
            Buyer(settling::AGREE.name, &[]),
        ],
    },
    Trade {
        goods: "helmet",
        minor: 7_000,
        buyer: DAUDI,
        seller: AMINA,
        begins: Begins::Hand,
        steps: &[
            ACCEPTED,
            PAID,
            DELIVERED,
            Buyer(problems::DISPUTE.name, &[("problem", "not_it"), ("why", "it is too small")]),
            Proposes("wanjiku", 7_000, Cause::NotAsAgreed, "the size was agreed on"),
            Confirms("otieno"),
            Seller(appealing::APPEAL.name, &[("why", "no size was said")]),
            Proposes("achieng", 3_500, Cause::Shared, "the size was not clear"),
            Confirms("mutua"),
        ],
    },
    Trade {
        goods: "dress",
        minor: 20_000,
        buyer: ESTHER,
        seller: BARAKA,
        begins: Begins::Buyer,
        steps: &[Seller(answering::DECLINE.name, &[])],
    },
    Trade {
        goods: "phone",
        minor: 90_000,
        buyer: AMINA,
        seller: CLAIRE,
        begins: Begins::Seller,
        steps: &[Seller(answering::WITHDRAW.name, &[])],
    },
    Trade {
        goods: "radio",
        minor: 25_000,
        buyer: AMINA,
        seller: DAUDI,
        begins: Begins::Text,
        steps: &[],
    },
    Trade {
        goods: "sofa",
        minor: 60_000,
        buyer: AMINA,
        seller: DAUDI,
        begins: Begins::Market,
        steps: &[],
    },
    Trade {
        goods: "bicycle",
        minor: 80_000,
        buyer: AMINA,
        seller: BARAKA,
        begins: Begins::Seller,
        steps: &[],
    },
    Trade {
        goods: "mangoes",
        minor: 15_000,
        buyer: ESTHER,
        seller: CLAIRE,
        begins: Begins::Buyer,
        steps: &[Seller(answering::COUNTER.name, &[("amount", "18000"), ("deliver", "2")])],
    },
    Trade {
        goods: "kitenge",
        minor: 30_000,
        buyer: AMINA,
        seller: CLAIRE,
        begins: Begins::Seller,
        steps: &[Buyer(answering::ACCEPT.name, &[])],
    },
    Trade {
        goods: "charger",
        minor: 15_000,
        buyer: BARAKA,
        seller: AMINA,
        begins: Begins::Buyer,
        steps: &[ACCEPTED, PAID],
    },
    Trade {
        goods: "shoes",
        minor: 35_000,
        buyer: AMINA,
        seller: ESTHER,
        begins: Begins::Parcel,
        steps: &[ACCEPTED, PAID, DELIVERED],
    },
    Trade {
        goods: "solar lamp",
        minor: 12_000,
        buyer: CLAIRE,
        seller: BARAKA,
        begins: Begins::Hand,
        steps: &[
            ACCEPTED,
            PAID,
            DELIVERED,
            Buyer(problems::DISPUTE.name, &[("problem", "broken"), ("why", "it gives no light")]),
            Seller(settling::OFFSET.name, &[("amount", "5000")]),
        ],
    },
    Trade {
        goods: "blanket",
        minor: 10_000,
        buyer: DAUDI,
        seller: ESTHER,
        begins: Begins::Buyer,
        steps: &[
            ACCEPTED,
            PAID,
            Buyer(problems::DISPUTE.name, &[("problem", "not_here"), ("why", "nobody came")]),
            Proposes("wanjiku", 10_000, Cause::NotDelivered, "nothing shows that it came"),
        ],
    },
    Trade {
        goods: "cooking pot",
        minor: 20_000,
        buyer: BARAKA,
        seller: CLAIRE,
        begins: Begins::Hand,
        steps: &[
            ACCEPTED,
            PAID,
            DELIVERED,
            Buyer(problems::DISPUTE.name, &[("problem", "broken"), ("why", "the lid is cracked")]),
            Proposes("wanjiku", 12_000, Cause::Damaged, "the photos show a crack"),
            Confirms("otieno"),
        ],
    },
    Trade {
        goods: "handbag",
        minor: 8_000,
        buyer: AMINA,
        seller: BARAKA,
        begins: Begins::Hand,
        steps: &[
            ACCEPTED,
            PAID,
            DELIVERED,
            Buyer(
                problems::DISPUTE.name,
                &[("problem", "not_it"), ("why", "it is another colour")],
            ),
            Proposes("wanjiku", 8_000, Cause::NotAsAgreed, "red was agreed on"),
            Confirms("otieno"),
            Seller(appealing::APPEAL.name, &[("why", "she saw it before")]),
        ],
    },
    Trade {
        goods: "hens",
        minor: 9_000,
        buyer: CLAIRE,
        seller: DAUDI,
        begins: Begins::Hand,
        steps: &[
            ACCEPTED,
            PAID,
            DELIVERED,
            Buyer(problems::DISPUTE.name, &[("problem", "other"), ("why", "one of them is ill")]),
            Proposes("wanjiku", 0, Cause::Delivered, "they came as agreed"),
            Confirms("otieno"),
            Buyer(appealing::APPEAL.name, &[("why", "the vet says so too")]),
            Proposes("achieng", 3_000, Cause::Shared, "one of three was ill"),
        ],
    },
    Trade {
        goods: "jacket",
        minor: 18_000,
        buyer: BARAKA,
        seller: DAUDI,
        begins: Begins::Parcel,
        steps: &[ACCEPTED, PAID, DELIVERED, Seller(returning::TAKE_BACK.name, &[])],
    },
];
