//! Gives every denial of the one text its counterpart in the other; what stays over was turned.

use std::collections::HashSet;

use super::{
    super::{
        Change, Fact, FactKind, Scan, Value,
        negation::{self, Negation, Strength, base},
        token::Kind,
        words,
    },
    Placed, mark,
    names::by_itself,
    place,
};

/// Sentences of a text, as stems of what they say.
struct Sentences {
    /// For every token, its sentence.
    of: Vec<usize>,
    stems: Vec<HashSet<String>>,
}

impl Sentences {
    fn new(scan: &Scan<'_>) -> Self {
        Self::parted(scan, |_| false)
    }

    /// Clauses rather than sentences.
    fn clauses(scan: &Scan<'_>) -> Self {
        Self::parted(scan, |i| {
            [",", ";", ":", "(", ")"]
                .iter()
                .any(|mark| scan.tokens[i].is(mark))
                || scan.tokens[i].dash() && !scan.touches(i)
                || matches!(
                    scan.any_word(i),
                    "and" | "but" | "because" | "so" | "und" | "aber" | "weil" | "denn" | "sondern"
                )
        })
    }

    /// Sentences, and what else parts them.
    fn parted(scan: &Scan<'_>, parts: impl Fn(usize) -> bool) -> Self {
        let mut of = Vec::with_capacity(scan.tokens.len());
        let mut stems: Vec<HashSet<String>> = Vec::new();
        for (i, token) in scan.tokens.iter().enumerate() {
            // An item or a quotation's beginning may start twice; only words make a sentence.
            if stems.is_empty()
                || (token.starts || parts(i)) && stems.last().is_some_and(|last| !last.is_empty())
            {
                stems.push(HashSet::new());
            }
            let n = stems.len() - 1;
            of.push(n);
            if token.kind != Kind::Mark
                && by_itself(scan, token)
                && (token.kind == Kind::Digits || !words::small(&token.lower))
            {
                let word = base(&token.lower).unwrap_or(&token.lower);
                stems[n].insert(words::stem(word));
            }
        }
        Self { of, stems }
    }

    /// Whether any of them has a stem.
    fn say(&self, stem: &str) -> bool {
        self.stems.iter().any(|stems| stems.contains(stem))
    }

    /// The sentences that speak most of what a negation is about.
    fn speaking_of(&self, negation: &Negation) -> Vec<usize> {
        let shared = |n: usize| {
            negation
                .scope
                .iter()
                .filter(|stem| self.stems[n].contains(*stem))
                .count()
        };
        let counts: Vec<usize> = (0..self.stems.len()).map(shared).collect();
        let most = counts.iter().copied().max().unwrap_or(0);
        if most == 0 {
            return Vec::new();
        }
        (0..counts.len())
            .filter(|&n| counts[n] > 0 && counts[n] * 3 >= most * 2)
            .collect()
    }
}

/// Two texts whose negations are to be paired.
struct Pairing<'a> {
    old: &'a Scan<'a>,
    new: &'a Scan<'a>,
    old_sentences: Sentences,
    new_sentences: Sentences,
    /// For each negation, the other text's sentences that speak of the same.
    there: Vec<Vec<usize>>,
    here: Vec<Vec<usize>>,
    /// For each negation, whether the other text says the same without denying it.
    said_there: Vec<bool>,
    said_here: Vec<bool>,
    left: Vec<usize>,
    right: Vec<usize>,
}

/// Whether a word denies so little that it says nothing of another thing: "unchanged", "remain open".
fn loose(scan: &Scan<'_>, negation: &Negation) -> bool {
    let word = scan.any_word(negation.at);
    base(word).is_some()
        || word.starts_with("remain")
        || matches!(
            word,
            "gone" | "instead" | "leave" | "left" | "outstanding" | "pending" | "wrong"
        )
}

/// Whether a text says plainly, without denying it, what a negation of the other denies.
fn said(negation: &Negation, from: &Sentences, clauses: &Sentences, scan: &Scan<'_>) -> bool {
    (0..clauses.stems.len()).any(|n| {
        let shared = negation
            .scope
            .iter()
            .filter(|stem| clauses.stems[n].contains(*stem))
            .count();
        let head = negation
            .head
            .as_ref()
            .is_some_and(|head| clauses.stems[n].contains(head));
        (shared >= 2 || shared == 1 && (head || negation.scope.len() == 1))
            && !scan.negations.iter().any(|other| {
                let near = clauses.of[other.at] == n
                    || other.scope.iter().any(|stem| negation.scope.contains(stem));
                near && match other.strength {
                    Strength::Firm => true,
                    // "Broken" and "lost" deny nothing where both texts say them.
                    Strength::Meaning => {
                        !negation.scope.contains(&other.lemma) && !from.say(&other.lemma)
                    }
                    Strength::Weak => false,
                }
            })
    })
}

impl Pairing<'_> {
    /// How well one negation stands for another; 0 if it can't.
    fn likeness(&self, i: usize, k: usize) -> i64 {
        let (a, b) = (&self.old.negations[i], &self.new.negations[k]);
        let shared = a.scope.iter().filter(|stem| b.scope.contains(stem)).count();
        let shared = i64::try_from(shared.min(4)).unwrap_or(0);
        let apart = place(self.old, self.old.tokens[a.at].at.start)
            .abs_diff(place(self.new, self.new.tokens[b.at].at.start));
        let (there, here) = (&self.there[i], &self.here[k]);
        let aligned = there.contains(&self.new_sentences.of[b.at])
            || here.contains(&self.old_sentences.of[a.at]);
        let predicate = a.predicate.iter().any(|stem| b.predicate.contains(stem));
        let weak = a.strength == Strength::Weak || b.strength == Strength::Weak;
        let firm = |negation: &Negation| negation.strength == Strength::Firm;
        // Those that speak of the same thing come first, then those that stand at the same place,
        // then what is left over on both sides.
        let tier = if weak {
            let only = |scan: &Scan<'_>, negation: &Negation| {
                matches!(
                    scan.any_word(negation.at),
                    "only" | "nur" | "erst" | "earliest" | "frühestens" | "lediglich" | "last"
                )
            };
            let otherwise = |negation: &Negation| {
                matches!(&*negation.lemma, "otherwis" | "sonst" | "andernfall")
            };
            // "not before 4": "4 at the earliest"
            let limits = only(self.old, a) && b.bounded || only(self.new, b) && a.bounded;
            // "Owen is out": "without Owen"
            let away = |scan: &Scan<'_>, negation: &Negation| {
                matches!(
                    scan.any_word(negation.at),
                    "out" | "away" | "off" | "sick" | "ill" | "krank"
                ) || matches!(
                    scan.any_word(negation.at),
                    "drop" | "dropping" | "dropped" | "pass"
                ) && !matches!(
                    scan.any_word(negation.at + 1),
                    "me" | "us" | "him" | "her" | "them" | "a" | "off" | "in" | "by"
                )
            };
            let away = shared > 0 && (away(self.old, a) || away(self.new, b));
            let may = aligned
                && (predicate || limits || away)
                && (firm(a) || firm(b))
                && (!only(self.old, a) || b.bounded)
                && (!only(self.new, b) || a.bounded)
                && (!otherwise(a) || b.conditional)
                && (!otherwise(b) || a.conditional);
            if may { 800 } else { 0 }
        } else if aligned {
            // The same sentence may say something else, and what the negation denies plainly.
            let plainly = shared == 0 && (self.said_there[i] || self.said_here[k]);
            match (firm(a), firm(b)) {
                (true, true) if plainly => 240,
                (true, true) => 1_000,
                (false, false) => 500,
                // "someone volunteered; the shifts remain open" doesn't say that nobody did.
                (true, false) if self.said_there[i] && loose(self.new, b) => 0,
                (false, true) if self.said_here[k] && loose(self.old, a) => 0,
                _ if shared == 0 => 280,
                _ => 800,
            }
        } else if b.conditional && !a.conditional {
            // "or I'll file a complaint": "if that does not help, I'll ..."
            0
        } else if firm(a) && firm(b) {
            if apart <= 200_000 && !self.said_there[i] && !self.said_here[k] {
                400
            } else if apart <= 200_000 {
                240
            } else if !self.said_there[i] && !self.said_here[k] {
                100
            } else {
                0
            }
        } else if !firm(a) && !firm(b) {
            0
        } else if there.is_empty() && here.is_empty() && apart <= 200_000
            || (there.is_empty() || here.is_empty()) && apart <= 100_000
            || apart <= 60_000
        {
            200
        } else {
            0
        };
        if tier == 0 {
            return 0;
        }
        // Where nothing else tells, the place does.
        let close = 30 - i64::try_from(apart).unwrap_or(1_000_000) / 33_334;
        let same_word = if tier < 800 { 5 } else { 30 };
        let same_head = if a.head.is_some() && a.head == b.head {
            40
        } else {
            0
        };
        tier + 20 * shared
            + same_word * i64::from(a.lemma == b.lemma && a.lemma != "not")
            + same_head
            + close.max(0)
    }

    /// Puts them together so that all in all they fit best, and answers the pairs.
    fn pair(&mut self) -> Vec<(usize, usize)> {
        let weights: Vec<Vec<i64>> = self
            .left
            .iter()
            .map(|&i| self.right.iter().map(|&k| self.likeness(i, k)).collect())
            .collect();
        let pairs = assign(&weights);
        let found = pairs
            .iter()
            .map(|&(i, k)| (self.left[i], self.right[k]))
            .collect();
        let mut n = 0;
        self.left
            .retain(|_| (pairs.iter().all(|&(i, _)| i != n), n += 1).0);
        let mut n = 0;
        self.right
            .retain(|_| (pairs.iter().all(|&(_, k)| k != n), n += 1).0);
        found
    }
}

/// The pairs of rows and columns with the greatest sum of weights, each row and column at most once
/// and none of weight 0: the assignment problem, by the Hungarian method (H. W. Kuhn, 1955) with
/// potentials, in cubic time.
fn assign(weights: &[Vec<i64>]) -> Vec<(usize, usize)> {
    let rows = weights.len();
    let size = rows.max(weights.first().map_or(0, Vec::len));
    let cost = |row: usize, column: usize| -> i64 {
        -weights
            .get(row)
            .and_then(|row| row.get(column))
            .copied()
            .unwrap_or(0)
    };
    // Row and column 0 stand for "none".
    let (mut of_row, mut of_column) = (vec![0; size + 1], vec![0; size + 1]);
    let mut row_at = vec![0; size + 1];
    for row in 1..=size {
        row_at[0] = row;
        let mut column = 0;
        let mut least = vec![i64::MAX; size + 1];
        let mut from = vec![0; size + 1];
        let mut seen = vec![false; size + 1];
        while row_at[column] != 0 {
            seen[column] = true;
            let this = row_at[column];
            let (mut delta, mut next) = (i64::MAX, 0);
            for other in 1..=size {
                if seen[other] {
                    continue;
                }
                let reduced = cost(this - 1, other - 1) - of_row[this] - of_column[other];
                if reduced < least[other] {
                    (least[other], from[other]) = (reduced, column);
                }
                if least[other] < delta {
                    (delta, next) = (least[other], other);
                }
            }
            for other in 0..=size {
                if seen[other] {
                    of_row[row_at[other]] += delta;
                    of_column[other] -= delta;
                } else {
                    least[other] = least[other].saturating_sub(delta);
                }
            }
            column = next;
        }
        while column != 0 {
            row_at[column] = row_at[from[column]];
            column = from[column];
        }
    }
    (1..=size)
        .map(|column| (row_at[column].wrapping_sub(1), column - 1))
        .filter(|&(row, column)| row < rows && cost(row, column) < 0)
        .collect()
}

/// Of a text that does little but deny: whether it has as many as the other.
fn many_negations(old: &Scan<'_>, new: &Scan<'_>, changes: &mut Vec<Placed>) {
    fn firm<'s>(scan: &'s Scan<'_>) -> Vec<&'s Negation> {
        let firm = |negation: &&Negation| negation.strength == Strength::Firm;
        scan.negations.iter().filter(firm).collect()
    }
    let (before, after) = (firm(old), firm(new));
    for negation in before.iter().skip(after.len()) {
        let fact = fact_of(old, negation);
        changes.push(Placed {
            place: place(old, fact.span.start),
            change: Change::Lost {
                original: mark(old, &fact),
            },
        });
    }
    for negation in after.iter().skip(before.len()) {
        let fact = fact_of(new, negation);
        changes.push(Placed {
            place: place(new, fact.span.start),
            change: Change::Invented {
                now: mark(new, &fact),
            },
        });
    }
}

/// Gives every negation of the one text its counterpart in the other.
pub(super) fn negations(old: &Scan<'_>, new: &Scan<'_>, changes: &mut Vec<Placed>) {
    /// More than a letter has; putting them together takes the cube of their number.
    const MOST: usize = 120;
    if old.negations.len().max(new.negations.len()) > MOST {
        many_negations(old, new, changes);
        return;
    }
    let (old_sentences, new_sentences) = (Sentences::new(old), Sentences::new(new));
    let (old_clauses, new_clauses) = (Sentences::clauses(old), Sentences::clauses(new));
    let mut pairing = Pairing {
        old,
        new,
        there: old
            .negations
            .iter()
            .map(|negation| new_sentences.speaking_of(negation))
            .collect(),
        here: new
            .negations
            .iter()
            .map(|negation| old_sentences.speaking_of(negation))
            .collect(),
        said_there: old
            .negations
            .iter()
            .map(|negation| said(negation, &old_sentences, &new_clauses, new))
            .collect(),
        said_here: new
            .negations
            .iter()
            .map(|negation| said(negation, &new_sentences, &old_clauses, old))
            .collect(),
        old_sentences,
        new_sentences,
        left: (0..old.negations.len()).collect(),
        right: (0..new.negations.len()).collect(),
    };
    // Words that deny by their meaning and stand in both texts have each other.
    let right = &mut pairing.right;
    pairing.left.retain(|&i| {
        let a = &old.negations[i];
        let same = |k: usize| {
            let b = &new.negations[k];
            b.strength != Strength::Firm && b.lemma == a.lemma
        };
        // "gluten-free" is not "free of peanuts": of several the one that speaks of the same.
        let shared = |k: usize| {
            let b = &new.negations[k];
            a.scope.iter().filter(|stem| b.scope.contains(stem)).count()
        };
        let best = (0..right.len())
            .filter(|&n| a.strength != Strength::Firm && same(right[n]))
            .max_by_key(|&n| (shared(right[n]), std::cmp::Reverse(n)));
        match best {
            Some(at) => {
                right.remove(at);
                false
            }
            None => true,
        }
    });
    // A word the other text has as well is no denial of its own, however it is inflected there.
    let Pairing {
        left,
        right,
        old_sentences,
        new_sentences,
        ..
    } = &mut pairing;
    let shared = |negation: &Negation, here: &Scan<'_>, there: &Sentences| {
        negation.strength != Strength::Firm
            && !negation::is_strong(&here.tokens[negation.at].lower)
            && !negation::is_firm(&here.tokens[negation.at].lower)
            && here.tokens[negation.at].lower != "no"
            && base(&here.tokens[negation.at].lower).is_none()
            && !negation::is_limit(here, negation)
            && there.say(&negation.lemma)
    };
    left.retain(|&i| !shared(&old.negations[i], old, new_sentences));
    right.retain(|&k| !shared(&new.negations[k], new, old_sentences));
    let firm = |strength: Strength| strength == Strength::Firm;
    let pairs = pairing.pair();
    let Pairing { left, right, .. } = pairing;
    // What is another's counterpart already.
    let (mut used_old, mut used_new) = (HashSet::new(), HashSet::new());
    for (i, k) in pairs {
        let (a, b) = (&old.negations[i], &new.negations[k]);
        if firm(a.strength) {
            used_new.insert(b.at);
        }
        if firm(b.strength) {
            used_old.insert(a.at);
        }
    }
    let excepts = |negation: &Negation| matches!(&*negation.lemma, "without" | "ohn");
    // "neither the invoice nor the receipt" denies what two sentences did. Each covers one more.
    let mut used: Vec<usize> = Vec::new();
    let mut covered = |scan: &Scan<'_>, negation: &Negation, here: &Scan<'_>| {
        // Of "can't work without it" either half turns the whole.
        let twofold = excepts(negation)
            || here
                .negations
                .iter()
                .any(|other| excepts(other) && other.at.abs_diff(negation.at) < 12);
        if twofold {
            return false;
        }
        let covers = |other: &&Negation| {
            let shared = negation
                .scope
                .iter()
                .filter(|stem| other.scope.contains(stem))
                .count();
            let head = negation
                .head
                .as_ref()
                .is_none_or(|head| other.scope.contains(head) && !other.beyond.contains(head));
            firm(other.strength)
                && head
                && !used.contains(&other.at)
                && (shared >= 2 && shared * 2 >= negation.scope.len()
                    || shared == 1 && negation.scope.len() == 1)
        };
        let at = scan.negations.iter().find(covers).map(|other| other.at);
        used.extend(at);
        at.is_some()
    };
    let mut stays = |negation: &Negation, here: &Scan<'_>, there: &Scan<'_>| {
        let strong = std::ptr::eq(here, old)
            && negation::is_strong(&here.tokens[negation.at].lower)
            && !there
                .tokens
                .iter()
                .any(|token| words::stem(&token.lower) == negation.lemma);
        if firm(negation.strength) || strong {
            covered(there, negation, here)
        } else {
            !turned(negation, here, there)
        }
    };
    for &i in &old.idioms {
        if idiom_turned(i, old, new) {
            let fact = fact_at(old, i);
            changes.push(Placed {
                place: place(old, fact.span.start),
                change: Change::Lost {
                    original: mark(old, &fact),
                },
            });
        }
    }
    // "I don't think it's a problem": "I see no problem".
    let by_idiom = |negation: &Negation| {
        new.idioms.len() > old.idioms.len()
            && new.idioms.iter().any(|&i| {
                let word = new.any_word(i + 1);
                !word.is_empty() && negation.scope.contains(&words::stem(word))
            })
    };
    // "It isn't cancelled": "it takes place". Both are gone, and that says the same.
    let goes_ahead = (0..new.tokens.len()).any(|i| {
        matches!(
            (new.any_word(i), new.any_word(i + 1)),
            ("takes" | "take" | "taking", "place")
                | ("goes" | "go" | "going", "ahead")
                | ("as", "planned" | "usual")
                | ("wie", "geplant" | "gehabt")
                | ("findet" | "stattfindet" | "stattfinden", _)
        )
    });
    let cancelled = |i: usize| {
        let a = &old.negations[i];
        goes_ahead
            && left.iter().any(|&other| {
                let b = &old.negations[other];
                b.strength == Strength::Meaning
                    && b.at != a.at
                    && b.at.abs_diff(a.at) <= 4
                    && b.scope.iter().any(|stem| a.scope.contains(stem))
            })
    };
    for &i in &left {
        let a = &old.negations[i];
        if !stays(a, old, new)
            && !by_idiom(a)
            && !cancelled(i)
            && !says_opposite(a, old, new, &used_new)
        {
            let fact = fact_of(old, a);
            changes.push(Placed {
                place: place(old, fact.span.start),
                change: Change::Lost {
                    original: mark(old, &fact),
                },
            });
        }
    }
    for k in right {
        let b = &new.negations[k];
        // "Pay, or I'll close it": "If you don't pay, I'll close it".
        let otherwise = b.conditional
            && (old.negations.iter().any(|a| a.conditional)
                || old.tokens.iter().any(|token| {
                    matches!(
                        &*token.lower,
                        "or" | "otherwise" | "unless" | "else" | "oder" | "sonst" | "andernfalls"
                    )
                }));
        if !otherwise && !stays(b, new, old) && !says_opposite(b, new, old, &used_old) {
            let fact = fact_of(new, b);
            changes.push(Placed {
                place: place(new, fact.span.start),
                change: Change::Invented {
                    now: mark(new, &fact),
                },
            });
        }
    }
}

/// Whether the other text says with another word what is denied here, near the same place: "closed"
/// of what is "not open".
fn says_opposite(
    negation: &Negation,
    here: &Scan<'_>,
    there: &Scan<'_>,
    used: &HashSet<usize>,
) -> bool {
    let at = place(here, here.tokens[negation.at].at.start);
    (negation.strength == Strength::Firm || negation::is_strong(&here.tokens[negation.at].lower))
        && negation::opposites(&negation.scope).iter().any(|word| {
            // "ist aus." and "the kit is out", not "aus Kostengründen" and "out of town".
            let particle = matches!(
                *word,
                "aus" | "zu" | "alle" | "weg" | "raus" | "over" | "off"
            );
            let says = |scan: &Scan<'_>, i: usize| {
                let token = &scan.tokens[i];
                token.kind == Kind::Word
                    && token.lower == *word
                    && by_itself(scan, token)
                    && (!particle
                        || scan
                            .tokens
                            .get(i + 1)
                            .is_none_or(|next| next.kind == Kind::Mark || next.starts))
            };
            !(0..here.tokens.len()).any(|i| says(here, i))
                && (0..there.tokens.len()).any(|i| {
                    // In a short text everything is near.
                    let near = there.tokens.len() < 40
                        || place(there, there.tokens[i].at.start).abs_diff(at) <= 250_000;
                    says(there, i) && !used.contains(&i) && near
                })
        })
}

/// Whether a word like "unavailable" is "available" in the other text.
fn turned(negation: &Negation, here: &Scan<'_>, there: &Scan<'_>) -> bool {
    // "If not, please call": "if so" says the other.
    if negation.lemma == "not" && here.before(negation.at) == "if" {
        let so = |scan: &Scan<'_>| {
            (1..scan.tokens.len())
                .filter(|&i| scan.any_word(i) == "so" && scan.before(i) == "if")
                .count()
        };
        return so(there) > so(here);
    }
    if negation::is_limit(here, negation) {
        return negation::exceeds(there) > negation::exceeds(here);
    }
    let Some(base) = base(&here.tokens[negation.at].lower) else {
        return false;
    };
    let stem = words::stem(base);
    // "not hurt" says no "hurt".
    let says = |scan: &Scan<'_>| {
        (0..scan.tokens.len())
            .filter(|&i| {
                scan.tokens[i].kind == Kind::Word
                    && words::stem(&scan.tokens[i].lower) == stem
                    && (1..=3).all(|back| {
                        i.checked_sub(back)
                            .is_none_or(|at| !negation::is_firm(scan.any_word(at)))
                    })
            })
            .count()
    };
    says(there) > says(here)
}

/// Whether "never forget" became "soon forget" and "don't worry" "do worry": the verb is there, and
/// nothing denies it.
fn idiom_turned(i: usize, old: &Scan<'_>, new: &Scan<'_>) -> bool {
    let verb = old.any_word(i + 1);
    if !matches!(
        verb,
        "forget" | "worry" | "hesitate" | "mind" | "mention" | "problem" | "problems"
    ) {
        return false;
    }
    let bare = |scan: &Scan<'_>| {
        (0..scan.tokens.len())
            .filter(|&k| scan.any_word(k) == verb)
            .filter(|&k| {
                (1..=3).all(|back| {
                    k.checked_sub(back).is_none_or(|at| {
                        let word = scan.any_word(at);
                        !negation::is_firm(word) && !matches!(word, "no" | "hard")
                    })
                })
            })
            .count()
    };
    bare(new) > bare(old)
}

fn fact_of(scan: &Scan<'_>, negation: &Negation) -> Fact {
    fact_at(scan, negation.at)
}

fn fact_at(scan: &Scan<'_>, i: usize) -> Fact {
    let span = scan.tokens[i].at.clone();
    Fact {
        kind: FactKind::Negation,
        text: scan.text[span.clone()].to_owned(),
        span,
        value: Value::Negation,
    }
}

#[cfg(test)]
mod tests {
    use super::assign;

    #[test]
    fn negations_fit_best_all_in_all() {
        // Taken one by one, the first would take what the second needs.
        let weights = vec![vec![10, 9], vec![9, 0]];
        let mut pairs = assign(&weights);
        pairs.sort_unstable();
        assert_eq!(pairs, [(0, 1), (1, 0)]);
        assert_eq!(assign(&[]), []);
        assert_eq!(assign(&[vec![0, 0, 7]]), [(0, 2)]);
        assert_eq!(assign(&[vec![0], vec![0]]), []);
    }
}
