//! Changes to a file: some of its bytes, most of its structure.

use super::wire_tree::{Content, Field, Kind, decode, encode};

/// Numbers that break things.
const NUMBERS: [i64; 24] = [
    0,
    1,
    2,
    3,
    4,
    7,
    8,
    9,
    10,
    16,
    255,
    256,
    65_535,
    65_536,
    1 << 24,
    1 << 31,
    1 << 32,
    1 << 40,
    1 << 62,
    i64::MAX,
    i64::MIN,
    -1,
    -2,
    -8,
];

/// Random numbers with a seed (SplitMix64).
#[derive(Clone)]
pub struct Dice(pub u64);

impl Dice {
    /// Any number.
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `limit`, or 0.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.roll() % limit.max(1) as u64) as usize
    }

    fn number(&mut self) -> i64 {
        NUMBERS[self.below(NUMBERS.len())]
    }
}

/// A file with one to four changes, some of them taken from `other`.
pub fn mutate(file: &[u8], other: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = file.to_vec();
    for _ in 0..=dice.below(4) {
        let tree = decode(&bytes, Kind::Model);
        bytes = match tree {
            Some(mut fields) if dice.below(8) > 0 => {
                change_tree(&mut fields, other, dice);
                encode(&fields)
            }
            _ => change_bytes(bytes, other, dice),
        };
    }
    bytes
}

fn change_bytes(mut bytes: Vec<u8>, other: &[u8], dice: &mut Dice) -> Vec<u8> {
    let at = dice.below(bytes.len());
    match dice.below(6) {
        0 => bytes.truncate(at),
        1 => {
            let end = at + dice.below(bytes.len() - at);
            bytes.drain(at..end);
        }
        2 => {
            let from = dice.below(other.len());
            let length = dice.below((other.len() - from).min(256));
            let piece = other[from..from + length].iter().copied();
            bytes.splice(at..at, piece);
        }
        3 => {
            let value = dice.roll() as u8;
            bytes.splice(at..at, [value; 9]);
        }
        _ => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << dice.below(8);
            }
        }
    }
    bytes
}

/// Goes down to some field and changes it.
fn change_tree(fields: &mut Vec<Field>, other: &[u8], dice: &mut Dice) {
    if fields.is_empty() {
        return;
    }
    let index = dice.below(fields.len());
    // Deeper more often than not: the higher up, the fewer the fields.
    if let Content::Message(_, inside) = &mut fields[index].content
        && dice.below(8) > 0
    {
        change_tree(inside, other, dice);
        return;
    }
    match dice.below(10) {
        0 => {
            fields.remove(index);
        }
        1 => {
            let twin = fields[index].clone();
            fields.insert(index, twin);
        }
        2 => {
            let with = dice.below(fields.len());
            fields.swap(index, with);
        }
        3 => {
            // A part of another file, where the same kind of part was.
            if let Some(tree) = decode(other, Kind::Model)
                && let Some(found) = alike(&tree, &fields[index], dice)
            {
                fields[index] = found;
            }
        }
        4 => {
            // What another field of this message says: a name, most often.
            let from = dice.below(fields.len());
            fields[index].content = fields[from].content.clone();
        }
        _ => change_content(&mut fields[index], dice),
    }
}

fn change_content(field: &mut Field, dice: &mut Dice) {
    match &mut field.content {
        Content::Varint(value) => {
            *value = match dice.below(4) {
                0 => value.wrapping_add(1),
                1 => value.wrapping_sub(1),
                _ => dice.number() as u64,
            };
        }
        Content::Fixed32(bytes) => {
            let values = [f32::NAN, f32::INFINITY, -1.0, 0.0, 1e30, f32::MIN_POSITIVE];
            *bytes = values[dice.below(values.len())].to_le_bytes();
        }
        Content::Fixed64(bytes) => *bytes = dice.roll().to_le_bytes(),
        Content::Bytes(bytes) => {
            let at = dice.below(bytes.len());
            let whole = at / 8 * 8;
            match dice.below(4) {
                // A list of whole numbers, most likely.
                0 | 1 if bytes.len() >= whole + 8 => {
                    bytes[whole..whole + 8].copy_from_slice(&dice.number().to_le_bytes());
                }
                2 => bytes.truncate(at),
                _ => {
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte ^= 1 << dice.below(8);
                    }
                }
            }
        }
        Content::Message(_, inside) => inside.clear(),
    }
}

/// Some field of a tree with the number and kind of `like`.
fn alike(fields: &[Field], like: &Field, dice: &mut Dice) -> Option<Field> {
    let mut found = Vec::new();
    gather(fields, like, &mut found);
    let index = dice.below(found.len());
    found.get(index).map(|&field| field.clone())
}

fn gather<'a>(fields: &'a [Field], like: &Field, found: &mut Vec<&'a Field>) {
    for field in fields {
        if field.number == like.number
            && std::mem::discriminant(&field.content) == std::mem::discriminant(&like.content)
        {
            found.push(field);
        }
        if let Content::Message(_, inside) = &field.content {
            gather(inside, like, found);
        }
    }
}
