//! Attention written out: `Attention` (<https://onnx.ai/onnx/operators/onnx__Attention.html>) and ONNX Runtime's
//! `Attention` and `MultiHeadAttention`.

use super::{
    element_type::is_bool,
    writer::{Writer, needed, none_of, only_attributes, sole_output},
};
use crate::onnx::{Attribute, Node};

/// What is done to the scores between the two products.
#[derive(Default)]
struct Scores {
    /// What they are multiplied by; the inverse square root of the queries' length where it is left out.
    scale: Option<f32>,
    /// They are bent to stay between this and its negative.
    softcap: f32,
    /// What is added to them, broadcast to `[batch, heads, queries, keys]`.
    bias: Option<String>,
    /// Each query sees only keys up to its own place, so many keys being before all queries.
    causal: Option<Causal>,
}

struct Causal {
    /// Length of what is before, as a list of one number; nothing where left out.
    before: Option<String>,
}

/// How many keys and values there are.
#[derive(Clone, Copy, PartialEq)]
enum Heads {
    /// As many as queries.
    Same,
    /// Perhaps fewer, each shared by as many queries.
    Grouped,
}

/// The values that queries pick, `[batch, heads, queries, size]`, from queries, keys and values, which have their
/// heads in front.
fn attend(
    writer: &mut Writer<'_>,
    [query, key, value]: [&str; 3],
    heads: Heads,
    scores: &Scores,
) -> String {
    let scale = match scores.scale {
        Some(scale) => writer.number(scale),
        None => {
            let size = writer.lengths(query, &[3]);
            let size = writer.op("Cast", &[&size], [("to", Attribute::Int(1))]);
            let root = writer.op("Sqrt", &[&size], []);
            writer.op("Reciprocal", &[&root], [])
        }
    };
    let query = writer.op("Mul", &[query, &scale], []);
    let keys = writer.transpose(key, &[0, 1, 3, 2]);
    if heads == Heads::Same {
        let products = writer.op("MatMul", &[&query, &keys], []);
        let weights = weigh(writer, &products, scores);
        return writer.op("MatMul", &[&weights, value], []);
    }
    // Heads that share keys become an axis behind those of the keys.
    let same = writer.integers(&[0]);
    let rest = writer.integers(&[-1]);
    let groups = writer.lengths(key, &[1]);
    let matrix = writer.lengths(&query, &[2, 3]);
    let query = writer.reshape(&query, &[&same, &groups, &rest, &matrix]);
    let keys = writer.unsqueeze(&keys, 2);
    let values = writer.unsqueeze(value, 2);
    let products = writer.op("MatMul", &[&query, &keys], []);
    let apart = writer.op("Shape", &[&products], []);
    let together = |writer: &mut Writer<'_>, value: &str| {
        let matrix = writer.lengths(value, &[3, 4]);
        writer.reshape(value, &[&same, &rest, &matrix])
    };
    let products = together(writer, &products);
    let weights = weigh(writer, &products, scores);
    let weights = writer.reshape(&weights, &[&apart]);
    let picked = writer.op("MatMul", &[&weights, &values], []);
    together(writer, &picked)
}

/// Products of queries and keys as weights that sum to 1.
fn weigh(writer: &mut Writer<'_>, products: &str, scores: &Scores) -> String {
    let mut value = products.to_owned();
    if scores.softcap > 0.0 {
        let small = writer.scaled(&value, 1.0 / scores.softcap);
        let bent = writer.op("Tanh", &[&small], []);
        value = writer.scaled(&bent, scores.softcap);
    }
    value = writer.plus(value, scores.bias.as_deref());
    if let Some(causal) = &scores.causal {
        let hidden = causal_bias(writer, products, causal);
        value = writer.op("Add", &[&value, &hidden], []);
    }
    writer.op("Softmax", &[&value], [("axis", Attribute::Int(-1))])
}

/// 0 where a key may be seen, else minus infinity, `[queries, keys]`.
fn causal_bias(writer: &mut Writer<'_>, products: &str, causal: &Causal) -> String {
    let zero = writer.integer(0);
    let one = writer.integer(1);
    let place = |writer: &mut Writer<'_>, axis: i64| {
        let shape = writer.op("Shape", &[products], []);
        let axis = writer.integer(axis);
        let length = writer.op("Gather", &[&shape, &axis], [("axis", Attribute::Int(0))]);
        writer.op("Range", &[&zero, &length, &one], [])
    };
    let queries = place(writer, 2);
    let queries = writer.plus(queries, causal.before.as_deref());
    let queries = writer.unsqueeze(&queries, 1);
    let keys = place(writer, 3);
    let hidden = writer.op("Less", &[&queries, &keys], []);
    hide(writer, &hidden)
}

/// Minus infinity where `hidden` is true, else 0.
fn hide(writer: &mut Writer<'_>, hidden: &str) -> String {
    let never = writer.number(f32::NEG_INFINITY);
    let nothing = writer.number(0.0);
    writer.op("Where", &[hidden, &never, &nothing], [])
}

/// `[batch, places, heads * size]` with its heads in front.
fn heads_in_front(writer: &mut Writer<'_>, value: &str, heads: i64, what: &str) -> String {
    let value = writer.of_rank(value, 3, what);
    let apart = writer.reshape_to(&value, &[0, 0, heads, -1]);
    writer.transpose(&apart, &[0, 2, 1, 3])
}

/// The reverse of [`heads_in_front`].
fn put_heads_back(writer: &mut Writer<'_>, output: &str, value: &str) {
    let apart = writer.transpose(value, &[0, 2, 1, 3]);
    let together = writer.integers(&[0, 0, -1]);
    writer.put(output, "Reshape", &[&apart, &together], []);
}

/// What a mask adds to scores.
fn bias_of_mask(writer: &mut Writer<'_>, mask: &str) -> Result<String, String> {
    if is_bool(writer.graph(), mask)? {
        let hidden = writer.op("Not", &[mask], []);
        return Ok(hide(writer, &hidden));
    }
    Ok(mask.to_owned())
}

/// `Attention` of ONNX, since operator set 23.
pub fn standard(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    only_attributes(
        node,
        &[
            "is_causal",
            "kv_num_heads",
            "q_num_heads",
            "qk_matmul_output_mode",
            "scale",
            "softcap",
            "softmax_precision",
        ],
    )?;
    none_of(node, 6, &["nonpad_kv_seqlen"])?;
    let output = |index: usize| node.outputs.get(index).filter(|name| !name.is_empty());
    if output(3).is_some() {
        return Err("its products of queries and keys are read, which is not supported".to_owned());
    }
    let number = |name: &str| node.attributes.int(name, 0);
    let (q_heads, kv_heads) = (number("q_num_heads")?, number("kv_num_heads")?);
    let given = [needed(node, 0)?, needed(node, 1)?, needed(node, 2)?];
    let flat = q_heads > 0;
    if flat != (kv_heads > 0) {
        return Err("only one of q_num_heads and kv_num_heads is given".to_owned());
    }
    let names = ["its queries", "its keys", "its values"];
    let [query, mut key, mut value] = [0, 1, 2].map(|index| {
        if flat {
            let heads = if index == 0 { q_heads } else { kv_heads };
            heads_in_front(writer, given[index], heads, names[index])
        } else {
            writer.of_rank(given[index], 4, names[index])
        }
    });
    let mut before = None;
    match (node.input(4), node.input(5)) {
        (None, None) => {}
        (Some(past_key), Some(past_value)) => {
            let behind = || [("axis", Attribute::Int(2))];
            before = Some(writer.lengths(past_key, &[2]));
            key = writer.op("Concat", &[past_key, &key], behind());
            value = writer.op("Concat", &[past_value, &value], behind());
        }
        _ => return Err("only one of past_key and past_value is given".to_owned()),
    }
    for (index, present) in [(1, &key), (2, &value)] {
        if let Some(name) = output(index) {
            writer.put(name, "Identity", &[present], []);
        }
    }
    let scores = Scores {
        scale: match node.attributes.get("scale") {
            Some(_) => Some(node.attributes.float("scale", 1.0)?),
            None => None,
        },
        softcap: node.attributes.float("softcap", 0.0)?,
        bias: match node.input(3) {
            Some(mask) => Some(bias_of_mask(writer, mask)?),
            None => None,
        },
        causal: (number("is_causal")? != 0).then_some(Causal { before }),
    };
    let heads = if flat && q_heads == kv_heads {
        Heads::Same
    } else {
        Heads::Grouped
    };
    let picked = attend(writer, [&query, &key, &value], heads, &scores);
    match output(0) {
        Some(output) if flat => put_heads_back(writer, output, &picked),
        Some(output) => writer.put(output, "Identity", &[&picked], []),
        None => {}
    }
    Ok(())
}

/// Scores as ONNX Runtime's attributes and input `bias` describe them.
fn scores_of(node: &Node, bias: usize) -> Result<Scores, String> {
    let scale = node.attributes.float("scale", 0.0)?;
    let unidirectional = node.attributes.int("unidirectional", 0)? != 0;
    Ok(Scores {
        scale: (scale != 0.0).then_some(scale),
        softcap: 0.0,
        bias: node.input(bias).map(str::to_owned),
        causal: unidirectional.then_some(Causal { before: None }),
    })
}

fn number_of_heads(node: &Node) -> Result<i64, String> {
    let heads = node.attributes.int("num_heads", 0)?;
    if heads > 0 {
        return Ok(heads);
    }
    Err(format!("its number of heads is {heads}"))
}

/// ONNX Runtime's `Attention`: queries, keys and values come of one product with the weights.
pub fn packed(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    only_attributes(
        node,
        &[
            "do_rotary",
            "mask_filter_value",
            "num_heads",
            "past_present_share_buffer",
            "qkv_hidden_sizes",
            "scale",
            "unidirectional",
        ],
    )?;
    let output = sole_output(node)?;
    if node.attributes.int("do_rotary", 0)? != 0 {
        return Err("its attribute do_rotary is not supported".to_owned());
    }
    for (index, what) in [(3, "mask_index"), (4, "past"), (6, "past_sequence_length")] {
        if node.input(index).is_some() {
            return Err(format!("its input {what} is not supported"));
        }
    }
    let heads = number_of_heads(node)?;
    let scores = scores_of(node, 5)?;
    let product = writer.op("MatMul", &[needed(node, 0)?, needed(node, 1)?], []);
    let all = writer.plus(product, node.input(2));
    let last = ("axis", Attribute::Int(-1));
    let parts = match node.attributes.ints("qkv_hidden_sizes")? {
        None => writer.parts("Split", &[&all], [last], 3),
        Some(sizes) if writer.opset() < 13 => {
            let sizes = ("split", Attribute::Ints(sizes.to_vec()));
            writer.parts("Split", &[&all], [last, sizes], 3)
        }
        Some(sizes) => {
            let sizes = writer.integers(sizes);
            writer.parts("Split", &[&all, &sizes], [last], 3)
        }
    };
    let [query, key, value] = [0, 1, 2].map(|index| {
        let part: &str = &parts[index];
        heads_in_front(writer, part, heads, "its input")
    });
    let picked = attend(writer, [&query, &key, &value], Heads::Same, &scores);
    put_heads_back(writer, output, &picked);
    Ok(())
}

/// ONNX Runtime's `MultiHeadAttention`, its inputs apart or packed together.
pub fn multi_head(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    only_attributes(
        node,
        &["mask_filter_value", "num_heads", "scale", "unidirectional"],
    )?;
    let output = sole_output(node)?;
    if node.input(4).is_some() {
        return Err("its input key_padding_mask is not supported".to_owned());
    }
    none_of(
        node,
        6,
        &[
            "past_key",
            "past_value",
            "past_sequence_length",
            "cache_indirection",
        ],
    )?;
    let heads = number_of_heads(node)?;
    let scores = scores_of(node, 5)?;
    let query = needed(node, 0)?;
    let (key, value, bias) = (node.input(1), node.input(2), node.input(3));
    if bias.is_some() && (key.is_none() || value.is_none()) {
        return Err("its bias is not supported with packed inputs".to_owned());
    }
    // Place `index` of an axis that packs queries, keys and values together.
    let unpacked = |writer: &mut Writer<'_>, packed: &str, index: i64| {
        let packed = writer.of_rank(packed, 5, "its packed input");
        let index = writer.integer(index);
        let part = writer.op("Gather", &[&packed, &index], [("axis", Attribute::Int(3))]);
        writer.transpose(&part, &[0, 2, 1, 3])
    };
    let parts = match (key, value) {
        (None, None) => [0, 1, 2].map(|index| unpacked(writer, query, index)),
        (Some(key), None) => [
            heads_in_front(writer, query, heads, "its queries"),
            unpacked(writer, key, 0),
            unpacked(writer, key, 1),
        ],
        (Some(key), Some(value)) => {
            let [query, key, value] = match bias {
                Some(bias) => biased(writer, [query, key, value], bias)?,
                None => [query, key, value].map(str::to_owned),
            };
            [
                heads_in_front(writer, &query, heads, "its queries"),
                heads_in_front(writer, &key, heads, "its keys"),
                heads_in_front(writer, &value, heads, "its values"),
            ]
        }
        (None, Some(_)) => return Err("it has values but no keys".to_owned()),
    };
    let [query, key, value] = &parts;
    let picked = attend(writer, [query, key, value], Heads::Same, &scores);
    put_heads_back(writer, output, &picked);
    Ok(())
}

/// Queries, keys and values with their parts of one list of biases added.
fn biased(writer: &mut Writer<'_>, values: [&str; 3], bias: &str) -> Result<[String; 3], String> {
    if writer.opset() < 10 {
        return Err("its bias is not supported before operator set 10".to_owned());
    }
    let size = writer.lengths(values[0], &[2]);
    let twice = writer.op("Add", &[&size, &size], []);
    let start = writer.integers(&[0]);
    let end = writer.integers(&[i64::MAX]);
    let bounds = [[start, size.clone()], [size, twice.clone()], [twice, end]];
    let mut index = 0;
    Ok(values.map(|value| {
        let [from, to] = &bounds[index];
        index += 1;
        let part = writer.op("Slice", &[bias, from, to], []);
        writer.op("Add", &[value, &part], [])
    }))
}
