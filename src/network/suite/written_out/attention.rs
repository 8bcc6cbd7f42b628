//! Cases of attention and rotary embeddings, each query computed for itself.

use super::{GraphCase, Random, Tensor64, at};
use crate::{
    network::suite::unravel,
    onnx::{Attribute, ElementType},
};

/// Cases of one seed.
pub fn cases(random: &mut Random) -> Vec<GraphCase> {
    let mut cases = vec![
        standard(random, Form::Flat, [2, 2], false, 0.0),
        standard(random, Form::Heads, [2, 2], true, 0.0),
        standard(random, Form::Flat, [4, 2], true, 0.0),
        standard(random, Form::Heads, [4, 2], false, 1.5),
        standard(random, Form::Heads, [3, 1], false, 0.0),
        packed(random, false),
        packed(random, true),
        multi_head(random),
    ];
    for interleaved in [false, true] {
        for part in [false, true] {
            cases.push(rotary(random, interleaved, part));
        }
    }
    cases
}

#[derive(Clone, Copy, PartialEq)]
enum Form {
    /// `[batch, places, heads * size]`.
    Flat,
    /// `[batch, heads, places, size]`.
    Heads,
}

/// What one query of one head picks: scores from its products, weights, and a blend of values.
struct Query<'a> {
    scale: f64,
    softcap: f64,
    bias: &'a dyn Fn(usize) -> f64,
}

impl Query<'_> {
    fn pick(
        &self,
        keys: usize,
        product: impl Fn(usize) -> f64,
        value: impl Fn(usize) -> f64,
    ) -> f64 {
        let exponentials: Vec<f64> = (0..keys)
            .map(|key| {
                let score = product(key) * self.scale;
                let score = if self.softcap > 0.0 {
                    self.softcap * (score / self.softcap).tanh()
                } else {
                    score
                };
                (score + (self.bias)(key)).exp()
            })
            .collect();
        let total: f64 = exponentials.iter().sum();
        let blended = exponentials.iter().enumerate();
        blended
            .map(|(key, weight)| weight * value(key))
            .sum::<f64>()
            / total
    }
}

fn standard(
    random: &mut Random,
    form: Form,
    [q_heads, kv_heads]: [usize; 2],
    causal: bool,
    softcap: f32,
) -> GraphCase {
    let batch = random.whole(1, 2);
    let [queries, keys] = [random.whole(2, 4), random.whole(2, 4)];
    let [size, v_size] = [random.whole(1, 4), random.whole(1, 3)];
    let shape = move |heads: usize, places: usize, size: usize| match form {
        Form::Flat => vec![batch, places, heads * size],
        Form::Heads => vec![batch, heads, places, size],
    };
    let inputs = vec![
        random.tensor(&shape(q_heads, queries, size), -1.5, 1.5),
        random.tensor(&shape(kv_heads, keys, size), -1.5, 1.5),
        random.tensor(&shape(kv_heads, keys, v_size), -1.5, 1.5),
    ];
    let kept: Vec<i64> = (0..queries * keys)
        .map(|flat| i64::from(flat % keys == 0 || random.coin()))
        .collect();
    let mask = kept.clone();
    let reference = move |inputs: &[Tensor64]| {
        let of = |tensor: &Tensor64, [image, head, place, i]: [usize; 4], size: usize| match form {
            Form::Flat => at(tensor, &[image, place, head * size + i]),
            Form::Heads => at(tensor, &[image, head, place, i]),
        };
        let output = shape(q_heads, queries, v_size);
        Tensor64::from_fn(&output, |flat| {
            let index = unravel(flat, &output);
            let (image, head, query, i) = match form {
                Form::Flat => (index[0], index[2] / v_size, index[1], index[2] % v_size),
                Form::Heads => (index[0], index[1], index[2], index[3]),
            };
            let shared = head / (q_heads / kv_heads);
            let hidden = |key: usize| {
                let later = causal && key > query;
                if later || mask[query * keys + key] == 0 {
                    f64::NEG_INFINITY
                } else {
                    0.0
                }
            };
            let rules = Query {
                scale: 1.0 / (size as f64).sqrt(),
                softcap: f64::from(softcap),
                bias: &hidden,
            };
            rules.pick(
                keys,
                |key| {
                    (0..size)
                        .map(|i| {
                            of(&inputs[0], [image, head, query, i], size)
                                * of(&inputs[1], [image, shared, key, i], size)
                        })
                        .sum()
                },
                |key| of(&inputs[2], [image, shared, key, i], v_size),
            )
        })
    };
    let mut attributes = vec![
        ("is_causal", Attribute::Int(i64::from(causal))),
        ("softcap", Attribute::Float(softcap)),
    ];
    if form == Form::Flat {
        attributes.push(("q_num_heads", Attribute::Int(q_heads as i64)));
        attributes.push(("kv_num_heads", Attribute::Int(kv_heads as i64)));
    }
    let name = format!("Attention, {q_heads} heads on {kv_heads}, causal {causal}");
    GraphCase::new(name, 23, inputs, reference)
        .whole("mask", ElementType::Bool, &[queries, keys], &kept)
        .node("Attention", &["x0", "x1", "x2", "mask"], &["y"], attributes)
}

/// `output[place] = blend of values` for one tensor of queries, keys and values in a row.
fn self_attention(
    projected: &Tensor64,
    heads: usize,
    bias: impl Fn(usize, usize, usize) -> f64,
) -> Tensor64 {
    let [images, places, all] = projected.shape[..] else {
        return Tensor64::from_fn(&[], |_| f64::NAN);
    };
    let width = all / 3;
    let size = width / heads;
    let shape = [images, places, width];
    Tensor64::from_fn(&shape, |flat| {
        let index = unravel(flat, &shape);
        let (image, query, head) = (index[0], index[1], index[2] / size);
        let of = |part: usize, place: usize, i: usize| {
            at(projected, &[image, place, part * width + head * size + i])
        };
        let rules = Query {
            scale: 1.0 / (size as f64).sqrt(),
            softcap: 0.0,
            bias: &|key| bias(head, query, key),
        };
        rules.pick(
            places,
            |key| (0..size).map(|i| of(0, query, i) * of(1, key, i)).sum(),
            |key| of(2, key, index[2] % size),
        )
    })
}

/// ONNX Runtime's own, from one product.
fn packed(random: &mut Random, unidirectional: bool) -> GraphCase {
    let (heads, size, inner) = (2, random.whole(1, 3), random.whole(2, 4));
    let width = heads * size;
    let shape = [random.whole(1, 2), random.whole(2, 4), inner];
    let x = random.tensor(&shape, -1.0, 1.0);
    let weight = random.tensor(&[inner, 3 * width], -1.0, 1.0);
    let bias = random.tensor(&[3 * width], -1.0, 1.0);
    let (w, b) = (weight.clone(), bias.clone());
    let reference = move |inputs: &[Tensor64]| {
        let x = &inputs[0];
        let projected = [x.shape[0], x.shape[1], 3 * width];
        let projected = Tensor64::from_fn(&projected, |flat| {
            let index = unravel(flat, &projected);
            let sum: f64 = (0..inner)
                .map(|i| at(x, &[index[0], index[1], i]) * at(&w, &[i, index[2]]))
                .sum();
            sum + b.values[index[2]]
        });
        self_attention(&projected, heads, |_, query, key| {
            if unidirectional && key > query {
                f64::NEG_INFINITY
            } else {
                0.0
            }
        })
    };
    let attributes = [
        ("num_heads", Attribute::Int(heads as i64)),
        ("unidirectional", Attribute::Int(i64::from(unidirectional))),
    ];
    let name = format!("com.microsoft.Attention, unidirectional {unidirectional}");
    GraphCase::new(name, 17, vec![x], reference)
        .weight("w", &weight)
        .weight("b", &bias)
        .node(
            "com.microsoft.Attention",
            &["x0", "w", "b"],
            &["y"],
            attributes,
        )
}

fn multi_head(random: &mut Random) -> GraphCase {
    let (heads, size) = (2, random.whole(1, 3));
    let width = heads * size;
    let shape = [random.whole(1, 2), random.whole(2, 4), width];
    let inputs: Vec<Tensor64> = (0..3).map(|_| random.tensor(&shape, -1.0, 1.0)).collect();
    let bias = random.tensor(&[3 * width], -1.0, 1.0);
    let added = random.tensor(&[1, heads, shape[1], shape[1]], -1.0, 1.0);
    let (b, a) = (bias.clone(), added.clone());
    let reference = move |inputs: &[Tensor64]| {
        let joined = [shape[0], shape[1], 3 * width];
        let projected = Tensor64::from_fn(&joined, |flat| {
            let index = unravel(flat, &joined);
            let part = &inputs[index[2] / width];
            at(part, &[index[0], index[1], index[2] % width]) + b.values[index[2]]
        });
        self_attention(&projected, heads, |head, query, key| {
            at(&a, &[0, head, query, key])
        })
    };
    let attributes = [("num_heads", Attribute::Int(heads as i64))];
    GraphCase::new("MultiHeadAttention", 17, inputs, reference)
        .weight("bias", &bias)
        .weight("added", &added)
        .node(
            "com.microsoft.MultiHeadAttention",
            &["x0", "x1", "x2", "bias", "", "added"],
            &["y"],
            attributes,
        )
}

fn rotary(random: &mut Random, interleaved: bool, part: bool) -> GraphCase {
    let (heads, pairs) = (2, random.whole(1, 3));
    let turned = 2 * pairs;
    let size = if part {
        turned + random.whole(1, 3)
    } else {
        turned
    };
    let shape = [random.whole(1, 2), random.whole(1, 3), heads * size];
    let x = random.tensor(&shape, -1.0, 1.0);
    let angles = [shape[0], shape[1], pairs];
    let [cosines, sines] = [(); 2].map(|()| random.tensor(&angles, -1.0, 1.0));
    let (c, s) = (cosines.clone(), sines.clone());
    let reference = move |inputs: &[Tensor64]| {
        let x = &inputs[0];
        Tensor64::from_fn(&shape, |flat| {
            let index = unravel(flat, &shape);
            let (image, place) = (index[0], index[1]);
            let (head, i) = (index[2] / size, index[2] % size);
            if i >= turned {
                return x.values[flat];
            }
            let (pair, is_second) = if interleaved {
                (i / 2, i % 2 == 1)
            } else {
                (i % pairs, i >= pairs)
            };
            let [first, second] = if interleaved {
                [2 * pair, 2 * pair + 1]
            } else {
                [pair, pair + pairs]
            };
            let of = |i: usize| at(x, &[image, place, head * size + i]);
            let (cosine, sine) = (at(&c, &[image, place, pair]), at(&s, &[image, place, pair]));
            if is_second {
                sine * of(first) + cosine * of(second)
            } else {
                cosine * of(first) - sine * of(second)
            }
        })
    };
    let attributes = [
        ("interleaved", Attribute::Int(i64::from(interleaved))),
        ("num_heads", Attribute::Int(heads as i64)),
        (
            "rotary_embedding_dim",
            Attribute::Int(if part { turned as i64 } else { 0 }),
        ),
    ];
    let name = format!("RotaryEmbedding, interleaved {interleaved}, {turned} of {size}");
    GraphCase::new(name, 23, vec![x], reference)
        .weight("c", &cosines)
        .weight("s", &sines)
        .node("RotaryEmbedding", &["x0", "c", "s"], &["y"], attributes)
}
