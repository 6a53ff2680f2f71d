//! Proof that a gift is counted: a list of digests that anybody may see, a line for each gift, and
//! a root over all of them with their sum. Who gave one knows the digest of theirs and finds it in
//! the list; who has the list can add it up. It names nobody. Pure.

use crate::id::PostingId;
use crate::reference::Reference;
use crate::store::book_rows::EntryRow;
use sha2::{Digest, Sha256};

use super::lineage::{self, Interval};

/// Digits and letters that are neither misread nor misheard.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Bytes of a digest that people compare: eight letters.
const SHORT_BYTES: usize = 5;

/// A gift among all gifts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaf {
    digest: [u8; 32],
    /// Where it lies among all that came.
    pub interval: Interval,
}

/// What stands above several gifts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    digest: [u8; 32],
    /// What they come to, minor units.
    pub sum_minor: i64,
}

impl Leaf {
    /// A gift, by its code, under the salt of its collection.
    pub fn of(salt: &str, key: &[u8; 16], gift: PostingId, own: &EntryRow) -> Leaf {
        let interval = lineage::of_gift(own);
        let digest = Sha256::new()
            .chain_update([0])
            .chain_update(salt)
            .chain_update(Reference::of(gift, key).as_str())
            .chain_update(interval.minor().to_be_bytes())
            .chain_update(interval.from_minor.to_be_bytes());
        Leaf { digest: digest.finalize().into(), interval }
    }

    /// As people compare it: `7K3M-9QXA`.
    pub fn short(&self) -> String {
        let head = self.digest.iter().take(SHORT_BYTES);
        let bits = head.fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
        let letter = |place: u32| {
            let digit = usize::try_from((bits >> (5_u32.saturating_mul(place))) & 31).unwrap_or(0);
            char::from(ALPHABET.get(digit).copied().unwrap_or(b'0'))
        };
        let letters: String = (0..8).rev().map(letter).collect();
        let (head, tail) = letters.split_at_checked(4).unwrap_or((&letters, ""));
        format!("{head}-{tail}")
    }
}

impl Node {
    /// What stands above two.
    fn over(left: Node, right: Node) -> Node {
        let digest = [left, right].iter().fold(Sha256::new().chain_update([1]), |digest, node| {
            digest.chain_update(node.digest).chain_update(node.sum_minor.to_be_bytes())
        });
        let sum_minor = left.sum_minor.saturating_add(right.sum_minor);
        Node { digest: digest.finalize().into(), sum_minor }
    }

    /// The digest, as it is printed.
    pub fn text(&self) -> String {
        self.digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// What stands above all gifts, in their order: two and two, and the last one alone where it has
/// nobody beside it.
pub fn root(leaves: &[Leaf]) -> Option<Node> {
    let node = |leaf: &Leaf| Node { digest: leaf.digest, sum_minor: leaf.interval.minor() };
    let mut level: Vec<Node> = leaves.iter().map(node).collect();
    while level.len() > 1 {
        let pair = |pair: &[Node]| match pair {
            [left, right] => Some(Node::over(*left, *right)),
            [alone, ..] => Some(*alone),
            [] => None,
        };
        level = level.chunks(2).filter_map(pair).collect();
    }
    level.pop()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;

    fn leaf(salt: &str, gift: i64, amount_minor: i64, balance_minor: i64) -> Leaf {
        let own = EntryRow {
            posting_id: Id::of(gift),
            leg: 1,
            account_id: Id::of(9),
            amount_minor,
            balance_minor,
            held_minor: 0,
            previous: None,
        };
        Leaf::of(salt, &[7; 16], Id::of(gift), &own)
    }

    #[test]
    fn a_digest_is_of_the_code_the_amount_and_the_place_under_the_salt() {
        let one = leaf("s", 1, 500, 500);
        let code = Reference::of(Id::of(1), &[7; 16]).to_string();
        let bytes = [&[0][..], b"s", code.as_bytes(), &500_i64.to_be_bytes(), &[0; 8]].concat();
        assert_eq!(one.digest[..], Sha256::digest(bytes)[..]);
        let short = one.short();
        assert_eq!((short.len(), short.chars().nth(4)), (9, Some('-')));
        for other in [leaf("t", 1, 500, 500), leaf("s", 2, 500, 500), leaf("s", 1, 400, 500)] {
            assert_ne!(other.short(), short);
        }
    }

    #[test]
    fn the_root_adds_up_and_changes_with_each_gift_and_their_order() {
        assert_eq!(root(&[]), None);
        let amounts = [500, 300, 200, 50, 1];
        let mut balance_minor = 0;
        let leaves: Vec<Leaf> = amounts
            .iter()
            .zip(1..)
            .map(|(amount, gift)| {
                balance_minor += amount;
                leaf("s", gift, *amount, balance_minor)
            })
            .collect();
        for many in 1..=leaves.len() {
            let sum: i64 = amounts.iter().take(many).sum();
            assert_eq!(root(&leaves[..many]).unwrap().sum_minor, sum);
        }
        let whole = root(&leaves).unwrap();
        let node = |at: usize| root(&leaves[at..=at]).unwrap();
        let by_hand = Node::over(
            Node::over(Node::over(node(0), node(1)), Node::over(node(2), node(3))),
            node(4),
        );
        assert_eq!(whole, by_hand);
        for at in 0..leaves.len() {
            let mut other = leaves.clone();
            other[at] = leaf("s", 99, amounts[at], leaves[at].interval.to_minor);
            assert_ne!(root(&other), Some(whole), "gift {at}");
        }
        let mut turned = leaves.clone();
        turned.swap(0, 1);
        assert_ne!(root(&turned), Some(whole));
    }
}
