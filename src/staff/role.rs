//! Roles, and the rights that come with them: who may ask for an act, and who may approve what
//! somebody else asked for. That the two are never the same person is a matter of the act, and not
//! known here.

use strum::{EnumString, IntoStaticStr, VariantArray};

/// What somebody works as. One person may have several roles.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum Role {
    /// Who answers when somebody calls.
    Care,
    /// Who decides what care may not.
    CareLead,
    /// Who reads the bank's statements, and asks for money to be issued and redeemed.
    Finance,
    /// Who approves that, and closes the day.
    FinanceLead,
    /// Who looks after agents.
    Agents,
    /// Who looks for fraud.
    Risk,
    /// Who says who works here; no money, no customers.
    Admin,
    /// Who reads everything and does nothing.
    Auditor,
}

/// What may be done.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum Right {
    /// Saying who works here, and as what.
    Staff,
    /// Deciding what another one asked for, and taking back one's own; which, the act says.
    Second,
    /// Looking at a person, with a reason.
    Look,
    /// Stopping what may do harm: an account, an outlet.
    Protect,
    /// Undoing that,
    Restore,
    /// and lifting the lock of a PIN.
    Unlock,
    /// Saying how well somebody is known.
    Tier,
    /// Deciding deals that the two sides cannot settle.
    Deals,
    /// Deciding wrong sends that the receiver objects to.
    Reversals,
    /// Opening outlets, and saying who serves there.
    Outlets,
    /// Paying commission, and taking back what was too much.
    Commission,
    /// Bank accounts and their statements.
    Bank,
    /// Bringing money into being against a line of a statement.
    Issue,
    /// Paying it out at the bank.
    Redeem,
    /// Closing the day.
    Close,
    /// Reading what was done by whom.
    Audit,
}

/// Who may use a right: ask for an act of its kind, and approve what another has asked for.
struct Use {
    right: Right,
    asks: &'static [Role],
    approves: &'static [Role],
}

const USES: &[Use] = {
    use Role::{Admin, Agents, Auditor, Care, CareLead, Finance, FinanceLead, Risk};
    &[
        Use { right: Right::Staff, asks: &[Admin], approves: &[Admin] },
        Use {
            right: Right::Second,
            asks: &[Care, CareLead, Finance, FinanceLead, Agents, Risk, Admin],
            approves: &[],
        },
        Use {
            right: Right::Look,
            asks: &[Care, CareLead, Finance, FinanceLead, Agents, Risk, Auditor],
            approves: &[],
        },
        Use {
            right: Right::Protect,
            asks: &[Care, CareLead, FinanceLead, Agents, Risk],
            approves: &[],
        },
        Use { right: Right::Restore, asks: &[Care, CareLead, Risk], approves: &[CareLead, Risk] },
        Use { right: Right::Unlock, asks: &[Care, CareLead], approves: &[CareLead] },
        Use { right: Right::Tier, asks: &[Care, CareLead], approves: &[CareLead] },
        Use { right: Right::Deals, asks: &[Care, CareLead], approves: &[CareLead] },
        Use { right: Right::Reversals, asks: &[Care, CareLead], approves: &[CareLead] },
        Use { right: Right::Outlets, asks: &[Agents], approves: &[Agents, FinanceLead] },
        Use { right: Right::Commission, asks: &[Finance, Agents], approves: &[FinanceLead] },
        Use { right: Right::Bank, asks: &[Finance, FinanceLead], approves: &[FinanceLead] },
        Use { right: Right::Issue, asks: &[Finance, FinanceLead], approves: &[FinanceLead] },
        Use { right: Right::Redeem, asks: &[Finance, FinanceLead], approves: &[FinanceLead] },
        Use { right: Right::Close, asks: &[Finance, FinanceLead], approves: &[FinanceLead] },
        Use { right: Right::Audit, asks: &[Auditor, Admin, FinanceLead], approves: &[] },
    ]
};

impl Right {
    fn of(self, pick: fn(&Use) -> &'static [Role]) -> impl Iterator<Item = Role> {
        USES.iter().filter(move |each| each.right == self).flat_map(pick).copied()
    }

    /// Whether somebody with these roles may ask for an act of this kind; where it needs one
    /// person, do it.
    pub fn may_ask(self, roles: &[Role]) -> bool {
        self.of(|each| each.asks).any(|role| roles.contains(&role))
    }

    /// Whether they may approve it when somebody else asked.
    pub fn may_approve(self, roles: &[Role]) -> bool {
        self.of(|each| each.approves).any(|role| roles.contains(&role))
    }
}

/// Roles as they are stored and typed: words, with a space or a comma between.
pub fn parse(words: &str) -> Option<Vec<Role>> {
    let each = words.split([' ', ',']).filter(|word| !word.is_empty());
    let mut roles: Vec<Role> = each.map(|word| word.parse().ok()).collect::<Option<_>>()?;
    roles.sort_unstable();
    roles.dedup();
    (!roles.is_empty()).then_some(roles)
}

/// The same in one form.
pub fn written(roles: &[Role]) -> String {
    roles.iter().map(|role| <&str>::from(*role)).collect::<Vec<_>>().join(" ")
}

/// Who may do what, for people: a line for each right, and below it what else is said of it.
pub fn table(more: impl Fn(Right) -> Vec<String>) -> String {
    let names = |roles: &[Role]| match roles {
        [] => "nobody".to_owned(),
        roles => written(roles).replace(' ', ", "),
    };
    let line = |each: &Use| {
        let right: &str = each.right.into();
        let mut lines =
            format!("{right}: asked by {}; approved by {}", names(each.asks), names(each.approves));
        for line in more(each.right) {
            lines.push_str("\n    ");
            lines.push_str(&line);
        }
        lines
    };
    USES.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// All roles, for who mistypes one.
pub fn all() -> String {
    written(Role::VARIANTS).replace(' ', ", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_right_stands_once_and_somebody_has_it() {
        for right in Right::VARIANTS {
            assert_eq!(USES.iter().filter(|each| each.right == *right).count(), 1, "{right:?}");
            assert!(right.may_ask(Role::VARIANTS), "{right:?}");
        }
    }

    #[test]
    fn who_says_who_works_here_touches_no_money_and_no_customers() {
        let may =
            |right: &&Right| right.may_ask(&[Role::Admin]) || right.may_approve(&[Role::Admin]);
        let rights: Vec<&Right> = Right::VARIANTS.iter().filter(may).collect();
        assert_eq!(rights, [&Right::Staff, &Right::Second, &Right::Audit]);
    }

    #[test]
    fn an_auditor_reads_and_approves_nothing() {
        for right in Right::VARIANTS {
            assert!(!right.may_approve(&[Role::Auditor]), "{right:?}");
        }
        let reads = |right: &&Right| right.may_ask(&[Role::Auditor]);
        let rights: Vec<&Right> = Right::VARIANTS.iter().filter(reads).collect();
        assert_eq!(rights, [&Right::Look, &Right::Audit]);
    }

    #[test]
    fn finance_asks_and_only_its_lead_approves() {
        for right in [Right::Issue, Right::Redeem] {
            let approves: Vec<&Role> =
                Role::VARIANTS.iter().filter(|role| right.may_approve(&[**role])).collect();
            assert_eq!(approves, [&Role::FinanceLead], "{right:?}");
        }
    }

    #[test]
    fn roles_read_as_they_are_written() {
        let roles = parse("finance_lead,care  finance care").unwrap();
        assert_eq!(roles, [Role::Care, Role::Finance, Role::FinanceLead]);
        assert_eq!(written(&roles), "care finance finance_lead");
        assert_eq!(parse(&written(&roles)), Some(roles));
        for wrong in ["", " ", "boss", "care;admin"] {
            assert_eq!(parse(wrong), None, "{wrong:?}");
        }
    }
}
