//! Amounts of money, percentages, codes, and all other numbers with what they count.
//!
//! | file | what it finds |
//! |---|---|
//! | `code` | digits and letters that name something: "INV-2026-118", "Gate B" |
//! | `amount` | a number with what it counts: "€20", "three and a half years" |
//! | `vague` | what says a number without one: "half", "a couple", "weekly" |
//! | `unit` | what a number is the number of: money, per cent, a measure |
//! | `money` | currencies by their sign, code and name |

mod amount;
mod code;
mod money;
mod unit;
mod vague;

use self::{
    amount::amount,
    code::{code, lettered},
    vague::{fraction, vague},
};
pub(super) use self::{money::is_franc, unit::is_unit};
use super::Scan;

/// Finds them all.
pub(super) fn find(scan: &mut Scan<'_>) {
    let mut i = 0;
    while i < scan.tokens.len() {
        i = lettered(scan, i)
            .or_else(|| code(scan, i))
            .or_else(|| fraction(scan, i))
            .or_else(|| amount(scan, i))
            .or_else(|| vague(scan, i))
            .unwrap_or(i + 1);
    }
}
