//! From chosen sentences back to a document.
//!
//! Each sentence brings the paragraph, list and quotation it stood in. Where two neighbours come
//! from one text, they stand as they stood there; where they come from two, the later one decides
//! whether it goes on in the same paragraph, item or list, and a paragraph also ends where it did
//! in the earlier one's text.

use std::collections::BTreeMap;

use super::flat::{Body, Container, Flat, Leaf, Step};
use crate::document::{Block, Document, ImageHash, Inline, for_each_line};

/// A list, item or quotation that is being written.
struct Open {
    kind: Container,
    /// What it was in each text that put something into it.
    members: BTreeMap<usize, usize>,
    /// Blocks of an item or a quotation.
    blocks: Vec<Block>,
    /// Items of a list.
    items: Vec<Vec<Block>>,
}

/// A paragraph or heading that is being written.
struct Line {
    members: BTreeMap<usize, usize>,
    level: u8,
    content: Vec<Inline>,
    /// What stood behind the last sentence: blanks, or a line break.
    gap: Vec<Inline>,
    /// Whether something followed it in its line.
    goes_on: bool,
}

/// Writes a document sentence by sentence.
pub(super) struct Composer<'a> {
    texts: &'a [Flat; 5],
    pins: bool,
    root: Vec<Block>,
    stack: Vec<Open>,
    line: Option<Line>,
    /// The text and the place of the last sentence.
    last: Option<(usize, usize)>,
    /// Blocks of the original that stay, and are in already.
    pinned_to: usize,
}

impl<'a> Composer<'a> {
    /// `pins`: whether quoted mail is written.
    pub fn new(texts: &'a [Flat; 5], pins: bool) -> Self {
        Self {
            texts,
            pins,
            root: Vec::new(),
            stack: Vec::new(),
            line: None,
            last: None,
            pinned_to: 0,
        }
    }

    /// Puts in the quoted mail that stands before this line of the original.
    pub fn pinned_before(&mut self, leaf: usize) {
        for number in self.pinned_to..leaf.min(self.texts[0].leaves.len()) {
            if self.pins && self.texts[0].leaves[number].pinned {
                self.silent(0, number);
            }
        }
        self.pinned_to = self.pinned_to.max(leaf);
    }

    /// Adds a sentence. `counterparts`: the sentences of the text the last one came from that stand
    /// for the same as this one.
    pub fn sentence(
        &mut self,
        text: usize,
        place: usize,
        counterparts: &dyn Fn(usize) -> std::ops::Range<usize>,
    ) {
        let texts = self.texts;
        let flat = &texts[text];
        let segment = &flat.segments[place];
        let leaf = &flat.leaves[segment.leaf];
        let starts_leaf = leaf.segments.start == place;
        if starts_leaf {
            self.silent_before(text, segment.leaf);
        }
        let breaks = self.last.is_some_and(|(other, last)| {
            let theirs = counterparts(other);
            other != text && !theirs.is_empty() && {
                let theirs = &texts[other].segments[theirs.start];
                theirs.leaf != texts[other].segments[last].leaf
            }
        });
        let same_place = self.enter(text, &leaf.path, segment.leaf, starts_leaf);
        match &leaf.body {
            Body::Whole(block) => {
                self.end_line();
                self.put(block.clone());
            }
            Body::Line { level, content } => {
                let joins = same_place
                    && self.line.as_ref().is_some_and(|line| {
                        line.level == *level
                            && match line.members.get(&text) {
                                Some(known) => *known == segment.leaf,
                                None => !starts_leaf && !breaks,
                            }
                    });
                if !joins {
                    self.end_line();
                }
                let before = self.gap_before(text, place);
                let line = self.line.get_or_insert_with(|| Line {
                    members: BTreeMap::new(),
                    level: *level,
                    content: Vec::new(),
                    gap: Vec::new(),
                    goes_on: true,
                });
                if joins {
                    line.content.extend(before);
                }
                line.members.insert(text, segment.leaf);
                line.content
                    .extend(super::flat::slice(content, segment.from, segment.to));
                line.gap = super::flat::slice(content, segment.to, segment.next);
                line.goes_on = leaf.segments.end > place + 1;
            }
        }
        self.last = Some((text, place));
    }

    /// What stands between the last sentence and this one, if they are in one line.
    fn gap_before(&self, text: usize, place: usize) -> Vec<Inline> {
        let Some(line) = &self.line else {
            return Vec::new();
        };
        let theirs = line.goes_on.then(|| line.gap.clone());
        if self.last.is_some_and(|(other, _)| other == text) {
            return theirs.unwrap_or_default();
        }
        let flat = &self.texts[text];
        let own = place.checked_sub(1).and_then(|before| {
            let before = &flat.segments[before];
            (before.leaf == flat.segments[place].leaf)
                .then(|| flat.slice(before.leaf, before.to, before.next))
        });
        let is_break = |gap: &Vec<Inline>| gap.contains(&Inline::HardBreak);
        match (theirs, own) {
            (Some(theirs), _) if is_break(&theirs) => theirs,
            (_, Some(own)) if is_break(&own) => own,
            (Some(gap), _) | (None, Some(gap)) => gap,
            (None, None) => vec![Inline::plain(" ")],
        }
    }

    /// The silent lines between a line and the last one with sentences before it.
    fn silent_before(&mut self, text: usize, leaf: usize) {
        let leaves = &self.texts[text].leaves;
        let first = (0..leaf)
            .rev()
            .take_while(|number| leaves[*number].segments.is_empty())
            .last()
            .unwrap_or(leaf);
        self.silents(text, first..leaf);
    }

    fn silents(&mut self, text: usize, range: std::ops::Range<usize>) {
        for number in range.clone() {
            let pinned = self.texts[text].leaves[number].pinned;
            if !pinned || self.pins && number >= self.pinned_to {
                self.silent(text, number);
            }
        }
        if text == 0 {
            self.pinned_to = self.pinned_to.max(range.end);
        }
    }

    fn silent(&mut self, text: usize, number: usize) {
        let leaf = &self.texts[text].leaves[number];
        self.enter(text, &leaf.path, number, true);
        self.end_line();
        self.put(match &leaf.body {
            Body::Whole(block) => block.clone(),
            Body::Line { level: 0, content } => Block::Paragraph(content.clone()),
            Body::Line { level, content } => Block::Heading {
                level: *level,
                content: content.clone(),
            },
        });
    }

    /// Closes and opens lists and quotations until a line of a text is in its place; whether
    /// nothing had to be.
    fn enter(&mut self, text: usize, path: &[Step], leaf: usize, starts_leaf: bool) -> bool {
        let mut depth = 0;
        while let (Some(open), Some(step)) = (self.stack.get(depth), path.get(depth)) {
            let same = open.kind.like(step.kind)
                && match open.members.get(&text) {
                    Some(id) => *id == step.id,
                    // A line that begins an item of its text begins one here.
                    None => step.kind != Container::Item || step.first != leaf || !starts_leaf,
                };
            if !same {
                break;
            }
            depth += 1;
        }
        let stays = depth == self.stack.len() && depth == path.len();
        if !stays {
            self.end_line();
            self.close_to(depth);
        }
        for (open, step) in self.stack.iter_mut().zip(path) {
            open.members.insert(text, step.id);
        }
        for (place, step) in path.iter().enumerate().skip(depth) {
            let kind = match step.kind {
                // A list that is taken up in its middle goes on counting there.
                Container::Numbers(start) => {
                    let index = path.get(place + 1).map_or(0, |item| item.index);
                    Container::Numbers(start.saturating_add(u32::try_from(index).unwrap_or(0)))
                }
                kind => kind,
            };
            self.stack.push(Open {
                kind,
                members: BTreeMap::from([(text, step.id)]),
                blocks: Vec::new(),
                items: Vec::new(),
            });
        }
        stays
    }

    fn end_line(&mut self) {
        if let Some(line) = self.line.take() {
            let mut content = line.content;
            // Blanks at the end of a line are its own; those between sentences are not.
            if !line.goes_on {
                content.extend(line.gap);
            }
            self.put(match line.level {
                0 => Block::Paragraph(content),
                level => Block::Heading { level, content },
            });
        }
    }

    fn close_to(&mut self, depth: usize) {
        while self.stack.len() > depth {
            let Some(open) = self.stack.pop() else { break };
            match open.kind {
                Container::Bullets => self.put(Block::BulletList(open.items)),
                Container::Numbers(start) => self.put(Block::OrderedList {
                    start,
                    items: open.items,
                }),
                Container::Quote => self.put(Block::Blockquote(open.blocks)),
                Container::Item => {
                    if let Some(list) = self.stack.last_mut() {
                        list.items.push(open.blocks);
                    }
                }
            }
        }
    }

    fn put(&mut self, block: Block) {
        match self.stack.last_mut() {
            Some(open) => open.blocks.push(block),
            None => self.root.push(block),
        }
    }

    /// The document, with the silent lines at the end and every image the original has.
    pub fn finish(mut self) -> Document {
        let texts = self.texts;
        if let Some((text, place)) = self.last {
            let flat = &texts[text];
            if place + 1 == flat.segments.len() {
                let first = flat.segments[place].leaf + 1;
                self.silents(text, first..flat.leaves.len());
            }
        }
        self.pinned_before(texts[0].leaves.len());
        self.end_line();
        self.close_to(0);
        let mut blocks = self.root;
        keep_images(texts, &mut blocks);
        Document::new(blocks)
    }
}

/// No choice may cost an image, nor show one twice that no text has twice.
fn keep_images(texts: &[Flat; 5], blocks: &mut Vec<Block>) {
    let mut most: BTreeMap<ImageHash, usize> = BTreeMap::new();
    for flat in texts {
        let mut counts: BTreeMap<ImageHash, usize> = BTreeMap::new();
        for leaf in &flat.leaves {
            for (image, _) in images_of(leaf) {
                *counts.entry(image).or_default() += 1;
            }
        }
        for (image, count) in counts {
            let entry = most.entry(image).or_default();
            *entry = (*entry).max(count);
        }
    }
    let mut left = most;
    drop_surplus(blocks, &mut left);
    let there = Document::new(blocks.clone()).image_hashes();
    let missing: Vec<Inline> = texts[0]
        .leaves
        .iter()
        .flat_map(images_of)
        .filter(|(image, _)| !there.contains(image))
        .map(|(_, inline)| inline.clone())
        .collect();
    if !missing.is_empty() {
        blocks.push(Block::Paragraph(missing));
    }
}

fn images_of(leaf: &Leaf) -> Vec<(ImageHash, &Inline)> {
    let mut found = Vec::new();
    let mut see = |content| found.extend(images_in(content));
    match &leaf.body {
        Body::Line { content, .. } => see(content),
        Body::Whole(block) => for_each_line(std::slice::from_ref(block), &mut |line| see(line)),
    }
    found
}

fn images_in(content: &[Inline]) -> impl Iterator<Item = (ImageHash, &Inline)> {
    content.iter().filter_map(|inline| match inline {
        Inline::Image { image, .. } => Some((image.hash, inline)),
        _ => None,
    })
}

fn drop_surplus(blocks: &mut [Block], left: &mut BTreeMap<ImageHash, usize>) {
    for block in blocks {
        match block {
            Block::Paragraph(content) | Block::Heading { content, .. } => {
                content.retain(|inline| match inline {
                    Inline::Image { image, .. } => match left.get_mut(&image.hash) {
                        Some(0) => false,
                        Some(count) => {
                            *count -= 1;
                            true
                        }
                        None => true,
                    },
                    _ => true,
                });
            }
            Block::BulletList(items) | Block::OrderedList { items, .. } => {
                items.iter_mut().for_each(|item| drop_surplus(item, left));
            }
            Block::Blockquote(inner) => drop_surplus(inner, left),
            Block::Table(table) => table.blocks_mut().for_each(|cell| drop_surplus(cell, left)),
            _ => {}
        }
    }
}
