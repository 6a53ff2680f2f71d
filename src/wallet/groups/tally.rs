//! Who may say yes or no to what is asked of a group, how many must say yes, and whether it is
//! decided. Pure: who is a member and who has voted comes in.
//!
//! * Who asks does not count, and who gets the money, or is to be removed, neither: so it takes one
//!   more person than are counted. Of two people the other one always counts.
//! * More than half of all members must agree, and two at least; to a payout as many as the group
//!   chose when it was founded, where it chose so. Who comes and goes, the rule, and the end are
//!   never decided by fewer than more than half: else two could bring in their friends.
//! * Whose wallet the operator has stopped cannot agree, and is not waited for. Who has locked
//!   their own PIN is: else whoever holds a phone for a minute takes its owner out of the count.

use crate::id::AccountId;

/// Fewer do not decide on what others have put in, where there are as many.
const LEAST: usize = 2;

/// Who is a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat {
    /// Whose wallet.
    pub member: AccountId,
    /// Whether they can agree to anything now.
    pub able: bool,
}

/// What is asked, as far as it matters who may vote on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    /// Who asks, where it is one of them.
    pub asker: Option<AccountId>,
    /// Who gets the money, or is to be removed.
    pub concerned: Option<AccountId>,
    /// What sort of thing it is.
    pub matter: Matter,
}

/// What sort of thing is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matter {
    /// Money goes out.
    Payout,
    /// A member is to be removed.
    Removal,
    /// Somebody is to be invited, or the rule changed.
    Order,
    /// Each gets back an equal share.
    End,
}

/// Whether it is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Not yet.
    Open,
    /// So many have agreed.
    Carried,
    /// So many have not that it cannot be agreed to any more.
    Lost,
}

/// All members, in the order in which they joined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roll(pub Vec<Seat>);

impl Roll {
    /// Who may vote, whether they can now or not.
    pub fn voters(&self, question: &Question) -> Vec<Seat> {
        let asker = question.asker;
        let others = || self.0.iter().copied().filter(move |seat| Some(seat.member) != asker);
        let free: Vec<Seat> =
            others().filter(|seat| Some(seat.member) != question.concerned).collect();
        match question.matter {
            // of two, the one who gets it agrees with the one who asks; nobody does with themselves
            Matter::Payout if free.is_empty() && asker.is_some() => others().collect(),
            Matter::Payout | Matter::Removal | Matter::Order | Matter::End => free,
        }
    }

    /// Those of them who can.
    pub fn able_voters(&self, question: &Question) -> Vec<AccountId> {
        let voters = self.voters(question);
        voters.into_iter().filter(|seat| seat.able).map(|seat| seat.member).collect()
    }

    /// How many must agree: never more than can.
    pub fn needed(&self, question: &Question, chosen: Option<usize>) -> usize {
        let half = self.majority();
        let wanted = match question.matter {
            Matter::Payout => chosen.unwrap_or(half),
            Matter::Removal | Matter::Order | Matter::End => chosen.unwrap_or(half).max(half),
        };
        wanted.max(LEAST).min(self.able_voters(question).len())
    }

    /// More than half of those who can.
    pub fn majority(&self) -> usize {
        let able = self.0.iter().filter(|seat| seat.able).count();
        able.div_euclid(2).saturating_add(1)
    }

    /// Whether it can be asked at all. Where nobody else can agree, only the end needs nobody, as
    /// it gives each their own; and who is alone decides on their own group.
    pub fn may_ask(&self, question: &Question) -> bool {
        let others = !self.able_voters(question).is_empty();
        let alone = self.0.len() <= 1;
        match question.matter {
            Matter::Payout | Matter::Removal => others,
            Matter::Order => others || alone,
            Matter::End => true,
        }
    }

    /// What came of it so far. Who has left since does not count, whatever they said.
    pub fn outcome(
        &self,
        question: &Question,
        chosen: Option<usize>,
        yes: &[AccountId],
        no: &[AccountId],
    ) -> Outcome {
        let able = self.able_voters(question);
        let needed = self.needed(question, chosen);
        let against = able.iter().filter(|voter| no.contains(voter)).count();
        if self.agreed(question, yes) >= needed {
            Outcome::Carried
        } else if able.len().saturating_sub(against) < needed {
            Outcome::Lost
        } else {
            Outcome::Open
        }
    }

    /// How many have agreed who count.
    pub fn agreed(&self, question: &Question, yes: &[AccountId]) -> usize {
        self.able_voters(question).iter().filter(|voter| yes.contains(voter)).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;

    fn roll(able: &[bool]) -> Roll {
        let seats = (1..).zip(able).map(|(n, able)| Seat { member: Id::of(n), able: *able });
        Roll(seats.collect())
    }

    fn ask(asker: i64, concerned: Option<i64>, matter: Matter) -> Question {
        Question { asker: Some(Id::of(asker)), concerned: concerned.map(Id::of), matter }
    }

    fn numbers(voters: &[Seat]) -> Vec<i64> {
        voters.iter().map(|seat| seat.member.number()).collect()
    }

    #[test]
    fn neither_who_asks_nor_who_gets_it_is_counted() {
        let five = roll(&[true; 5]);
        let voters = |asker, to| numbers(&five.voters(&ask(asker, to, Matter::Payout)));
        assert_eq!(voters(1, Some(1)), [2, 3, 4, 5]);
        assert_eq!(voters(1, Some(2)), [3, 4, 5]);
        assert_eq!(voters(1, Some(99)), [2, 3, 4, 5], "somebody outside");
        let turn = Question { asker: None, ..ask(1, Some(2), Matter::Payout) };
        assert_eq!(numbers(&five.voters(&turn)), [1, 3, 4, 5]);
        let two = roll(&[true; 2]);
        assert_eq!(numbers(&two.voters(&ask(1, Some(2), Matter::Payout))), [2]);
        assert_eq!(numbers(&two.voters(&ask(1, Some(2), Matter::Removal))), [0; 0]);
        let own = Question { asker: None, ..ask(1, Some(1), Matter::Payout) };
        assert_eq!(numbers(&roll(&[true]).voters(&own)), [0; 0], "a turn of who is alone");
    }

    #[test]
    fn more_than_half_must_agree_and_two_and_never_more_than_can() {
        let needed = |members: usize, to, matter, chosen| {
            roll(&vec![true; members]).needed(&ask(1, Some(to), matter), chosen)
        };
        let to_oneself: Vec<usize> = (2..=7).map(|n| needed(n, 1, Matter::Payout, None)).collect();
        assert_eq!(to_oneself, [1, 2, 3, 3, 4, 4]);
        let to_another: Vec<usize> = (2..=7).map(|n| needed(n, 2, Matter::Payout, None)).collect();
        assert_eq!(to_another, [1, 1, 2, 3, 4, 4]);
        assert_eq!(needed(9, 1, Matter::Payout, Some(2)), 2, "chosen when it was founded");
        assert_eq!(needed(9, 1, Matter::Payout, Some(1)), 2, "never one");
        for matter in [Matter::Removal, Matter::Order, Matter::End] {
            assert_eq!(needed(9, 1, matter, Some(2)), 5, "{matter:?}");
            assert_eq!(needed(9, 1, matter, Some(7)), 7, "{matter:?}");
        }
    }

    /// Whatever the size, somebody with three phones of five or more, or of a bigger group, gets
    /// nothing that the others do not agree to.
    #[test]
    fn nobody_gets_it_with_the_phones_of_two_others() {
        for members in 4..=30_i64 {
            let everybody = roll(&vec![true; usize::try_from(members).unwrap()]);
            for to in [1, 2, 99] {
                let question = ask(1, Some(to), Matter::Payout);
                let yes = [Id::of(2), Id::of(3)];
                let outcome = everybody.outcome(&question, None, &yes, &[]);
                assert_eq!(outcome, Outcome::Open, "{members} to {to}");
            }
        }
    }

    #[test]
    fn who_is_stopped_is_not_waited_for_and_does_not_agree() {
        let some = roll(&[true, true, true, false, false]);
        let question = ask(1, Some(1), Matter::Payout);
        assert_eq!(some.needed(&question, None), 2);
        let outcome = |yes: &[i64], no: &[i64]| {
            let ids = |of: &[i64]| of.iter().map(|id| Id::of(*id)).collect::<Vec<_>>();
            some.outcome(&question, None, &ids(yes), &ids(no))
        };
        assert_eq!(outcome(&[2, 4, 5], &[]), Outcome::Open);
        assert_eq!(outcome(&[2, 3], &[]), Outcome::Carried);
        assert_eq!(outcome(&[2], &[3]), Outcome::Lost);
        assert_eq!(outcome(&[], &[4, 5]), Outcome::Open);
        assert_eq!(outcome(&[2, 77], &[]), Outcome::Open, "somebody who has left");
    }

    #[test]
    fn where_nobody_else_can_agree_only_the_end_is_left() {
        let may = |able: &[bool], matter| roll(able).may_ask(&ask(1, Some(1), matter));
        let all = [Matter::Payout, Matter::Removal, Matter::Order, Matter::End];
        assert_eq!(all.map(|matter| may(&[true], matter)), [false, false, true, true]);
        assert_eq!(all.map(|matter| may(&[true, false], matter)), [false, false, false, true]);
        assert_eq!(all.map(|matter| may(&[true, true], matter)), [true; 4]);
    }
}
