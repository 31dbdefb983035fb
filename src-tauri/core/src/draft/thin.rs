//! Which versions are no longer needed as they grow old.
//!
//! Every state is kept for an hour; then the last one of each minute, for a day; then the last
//! one of each hour. What was made by polish, generate, restore or send, or is kept because
//! somebody may look for just that text, is never touched.
//!
//! Minutes and hours are those of the calendar (of UTC), not counted from the newest version: the
//! last state of an hour is also the last of its minute, so nothing that is kept now was needed
//! by something dropped before, and it makes no difference how often this is done.

use std::collections::HashMap;

use crate::UnixMillis;

/// So long every version is kept.
pub const UNTOUCHED_SECONDS: i64 = 60 * 60;
/// So long one a minute is kept.
const BY_MINUTE_SECONDS: i64 = 24 * 60 * 60;
const MINUTE_MILLIS: i64 = 60 * 1000;
const HOUR_MILLIS: i64 = 60 * MINUTE_MILLIS;

/// A version, as far as thinning needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Aged {
    /// When its text was saved.
    pub at: UnixMillis,
    /// It is never thinned away.
    pub for_good: bool,
}

/// What is to be thinned.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Thinned {
    /// Places in the list of those that may go.
    pub drop: Vec<usize>,
    /// When there will be more to do, if nothing is added.
    pub next: Option<UnixMillis>,
}

/// What of a draft's versions may go at `now`. The list is in the order in which they were kept.
///
/// A version from the future (the clock was set back since) is as good as new, and is thinned
/// when its time has come.
pub fn thin(now: UnixMillis, versions: &[Aged]) -> Thinned {
    let last_of_minutes = last_of_each(versions, MINUTE_MILLIS);
    let last_of_hours = last_of_each(versions, HOUR_MILLIS);
    let mut thinned = Thinned::default();
    for (place, version) in versions.iter().enumerate() {
        let is_last_of = |lasts: &HashMap<i64, usize>, span: i64| {
            lasts.get(&version.at.0.div_euclid(span)) == Some(&place)
        };
        let due = if version.for_good {
            None
        } else if !is_last_of(&last_of_minutes, MINUTE_MILLIS) {
            Some(version.at.plus_seconds(UNTOUCHED_SECONDS))
        } else if !is_last_of(&last_of_hours, HOUR_MILLIS) {
            Some(version.at.plus_seconds(BY_MINUTE_SECONDS))
        } else {
            None
        };
        match due {
            Some(due) if due <= now => thinned.drop.push(place),
            Some(due) => thinned.next = Some(thinned.next.map_or(due, |next| next.min(due))),
            None => {}
        }
    }
    thinned
}

/// The place of the last version in each span of time; of equal times, the one kept last.
fn last_of_each(versions: &[Aged], span: i64) -> HashMap<i64, usize> {
    let mut lasts: HashMap<i64, usize> = HashMap::new();
    for (place, version) in versions.iter().enumerate() {
        if version.for_good {
            continue;
        }
        let last = lasts.entry(version.at.0.div_euclid(span)).or_insert(place);
        if version.at >= versions[*last].at {
            *last = place;
        }
    }
    lasts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DAY: i64 = BY_MINUTE_SECONDS;
    const HOUR: i64 = UNTOUCHED_SECONDS;
    /// The beginning of an hour.
    const START: i64 = 1_767_225_600;

    fn typed(seconds: i64) -> Aged {
        Aged {
            at: UnixMillis((START + seconds) * 1000),
            for_good: false,
        }
    }

    fn at(seconds: i64) -> UnixMillis {
        typed(seconds).at
    }

    /// What is left of `versions`, in seconds from the start.
    fn left(now: UnixMillis, versions: &[Aged]) -> Vec<i64> {
        let drop = thin(now, versions).drop;
        (0..versions.len())
            .filter(|place| !drop.contains(place))
            .map(|place| versions[place].at.0 / 1000 - START)
            .collect()
    }

    #[test]
    fn an_afternoon_of_typing_grows_thin() {
        // A save each ten seconds, for two hours.
        let all: Vec<Aged> = (0..720).map(|n| typed(n * 10)).collect();
        let seconds: Vec<i64> = (0..720).map(|n| n * 10).collect();
        assert_eq!(left(at(HOUR - 1), &all[..361]), seconds[..361]);
        let left_after_an_hour = left(at(HOUR), &all[..361]);
        assert_eq!(
            left_after_an_hour,
            seconds[1..361],
            "the first is an hour old"
        );
        let by_minute: Vec<i64> = (0..120).map(|n| n * 60 + 50).collect();
        assert_eq!(left(at(2 * HOUR + HOUR), &all), by_minute);
        assert_eq!(
            left(at(2 * HOUR + 2 * DAY), &all),
            [HOUR - 10, 2 * HOUR - 10]
        );
        assert_eq!(left(at(1000 * DAY), &all), [HOUR - 10, 2 * HOUR - 10]);
    }

    #[test]
    fn what_is_for_good_stays_and_stands_for_nobody_else() {
        let good = Aged {
            for_good: true,
            ..typed(30)
        };
        let all = [typed(10), typed(20), good];
        assert_eq!(left(at(5 * DAY), &all), [20, 30]);
    }

    #[test]
    fn a_clock_that_was_set_back_drops_nothing_too_early() {
        // Kept while the clock was a year ahead, and then at the right time.
        let all = [typed(365 * DAY), typed(365 * DAY + 1), typed(0), typed(1)];
        assert_eq!(left(at(2), &all).len(), 4);
        assert_eq!(left(at(2 * HOUR), &all), [365 * DAY, 365 * DAY + 1, 1]);
        assert_eq!(left(at(366 * DAY), &all), [365 * DAY + 1, 1]);
    }

    #[test]
    fn of_equal_times_the_one_kept_last_stays() {
        assert_eq!(thin(at(2 * HOUR), &[typed(5), typed(5)]).drop, [0]);
    }

    #[test]
    fn the_ends_of_time_are_times_too() {
        let ends = [i64::MIN, -1, 0, i64::MAX].map(|millis| Aged {
            at: UnixMillis(millis),
            for_good: false,
        });
        for now in [i64::MIN, 0, i64::MAX] {
            let thinned = thin(UnixMillis(now), &ends);
            assert!(thinned.drop.is_empty(), "each is the last of its hour");
        }
    }

    /// Versions of up to three days, in any order, close together and far apart.
    fn some() -> impl Strategy<Value = Vec<Aged>> {
        let one = (0..3 * DAY, 0..600i64, any::<bool>(), 0..10u8).prop_map(
            |(far, near, is_near, dice)| Aged {
                for_good: dice == 0,
                ..typed(if is_near { near } else { far })
            },
        );
        prop::collection::vec(one, 0..60)
    }

    fn without(versions: &[Aged], drop: &[usize]) -> Vec<Aged> {
        (0..versions.len())
            .filter(|place| !drop.contains(place))
            .map(|place| versions[place])
            .collect()
    }

    proptest! {
        #[test]
        fn only_what_has_a_later_one_beside_it_goes(all in some(), now in 0..5 * DAY) {
            let now = at(now);
            let drop = thin(now, &all).drop;
            let kept = without(&all, &drop);
            for place in &drop {
                let gone = all[*place];
                prop_assert!(!gone.for_good);
                let age = now.0 - gone.at.0;
                prop_assert!(age >= HOUR * 1000, "young: {age}");
                let span = if age >= DAY * 1000 { HOUR_MILLIS } else { MINUTE_MILLIS };
                let stands_for_it = kept.iter().any(|other| {
                    other.at >= gone.at
                        && other.at.0.div_euclid(span) == gone.at.0.div_euclid(span)
                });
                prop_assert!(stands_for_it, "its {span} ms are empty");
            }
            // And what is left is as thin as it should be.
            for (place, one) in kept.iter().enumerate() {
                let age = now.0 - one.at.0;
                let span = match age {
                    age if age >= DAY * 1000 => HOUR_MILLIS,
                    age if age >= HOUR * 1000 => MINUTE_MILLIS,
                    _ => continue,
                };
                let later = kept[place + 1..].iter().filter(|other| {
                    !one.for_good && !other.for_good && other.at >= one.at
                        && other.at.0.div_euclid(span) == one.at.0.div_euclid(span)
                });
                prop_assert_eq!(later.count(), 0, "{:?} is one too many", one);
            }
        }

        #[test]
        fn how_often_it_is_done_makes_no_difference(
            all in some(),
            mut stops in prop::collection::vec(0..6 * DAY, 0..6),
        ) {
            stops.sort_unstable();
            let last = at(6 * DAY);
            let mut rest = all.clone();
            for stop in stops {
                rest = without(&rest, &thin(at(stop), &rest).drop);
            }
            rest = without(&rest, &thin(last, &rest).drop);
            prop_assert_eq!(rest, without(&all, &thin(last, &all).drop));
        }

        #[test]
        fn until_the_next_time_there_is_nothing_to_do(all in some(), now in 0..5 * DAY) {
            let thinned = thin(at(now), &all);
            let rest = without(&all, &thinned.drop);
            match thinned.next {
                Some(next) => {
                    prop_assert!(next > at(now));
                    let before = UnixMillis(next.0 - 1);
                    prop_assert_eq!(thin(before, &rest).drop, Vec::<usize>::new());
                    prop_assert!(!thin(next, &rest).drop.is_empty());
                }
                None => {
                    let never = thin(at(10_000 * DAY), &rest);
                    prop_assert_eq!(never.drop, Vec::<usize>::new());
                }
            }
        }
    }
}
