//! From ProseMirror's flat pieces of text, each with its marks, to the nesting HTML and Markdown
//! need: the mark that reaches furthest goes outside.

use super::{Href, Inline, Marks};

/// One mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark<'a> {
    Link(&'a Href),
    Bold,
    Italic,
    Underline,
    Strike,
    Code,
}

/// A piece of a line, or several pieces under one mark.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Span<'a> {
    Leaf(&'a Inline),
    Marked {
        mark: Mark<'a>,
        inner: Vec<Span<'a>>,
    },
}

fn marks_of(marks: &Marks) -> Vec<Mark<'_>> {
    let mut out = Vec::new();
    out.extend(marks.link.as_ref().map(Mark::Link));
    for (set, mark) in [
        (marks.bold, Mark::Bold),
        (marks.italic, Mark::Italic),
        (marks.underline, Mark::Underline),
        (marks.strike, Mark::Strike),
        (marks.code, Mark::Code),
    ] {
        if set {
            out.push(mark);
        }
    }
    out
}

/// Nests a line. A hard break has no marks of its own; it does not end one that stands on both
/// sides of it.
pub(super) fn nest(content: &[Inline]) -> Vec<Span<'_>> {
    let mut pieces: Vec<(&Inline, Vec<Mark<'_>>)> = content
        .iter()
        .map(|inline| {
            let marks = match inline {
                Inline::Text { marks, .. } => marks_of(marks),
                Inline::Image { link, .. } => link.iter().map(Mark::Link).collect(),
                Inline::HardBreak => Vec::new(),
            };
            (inline, marks)
        })
        .collect();
    bridge_breaks(&mut pieces);
    nest_pieces(&mut pieces)
}

fn bridge_breaks(pieces: &mut [(&Inline, Vec<Mark<'_>>)]) {
    let mut at = 0;
    while at < pieces.len() {
        let run = pieces[at..]
            .iter()
            .take_while(|(inline, _)| matches!(inline, Inline::HardBreak))
            .count();
        if run > 0 && at > 0 && at + run < pieces.len() {
            let shared: Vec<Mark<'_>> = pieces[at - 1]
                .1
                .iter()
                .filter(|mark| pieces[at + run].1.contains(mark))
                .copied()
                .collect();
            for piece in &mut pieces[at..at + run] {
                piece.1.clone_from(&shared);
            }
        }
        at += run.max(1);
    }
}

fn nest_pieces<'a>(pieces: &mut [(&'a Inline, Vec<Mark<'a>>)]) -> Vec<Span<'a>> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < pieces.len() {
        let mut furthest: Option<(Mark<'a>, usize)> = None;
        for mark in &pieces[at].1 {
            let reach = pieces[at..]
                .iter()
                .take_while(|(_, marks)| marks.contains(mark))
                .count();
            if furthest.is_none_or(|(_, best)| reach > best) {
                furthest = Some((*mark, reach));
            }
        }
        match furthest {
            None => {
                out.push(Span::Leaf(pieces[at].0));
                at += 1;
            }
            Some((mark, reach)) => {
                let run = &mut pieces[at..at + reach];
                for (_, marks) in run.iter_mut() {
                    marks.retain(|other| *other != mark);
                }
                out.push(Span::Marked {
                    mark,
                    inner: nest_pieces(run),
                });
                at += reach;
            }
        }
    }
    out
}
