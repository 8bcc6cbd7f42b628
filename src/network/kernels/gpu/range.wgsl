// Clamping to a range whose infinite sides are left out by flags: shaders may assume that there are
// no infinities.

const HAS_LOW: u32 = 1u;
const HAS_HIGH: u32 = 2u;

struct Range {
    flags: u32,
    low: f32,
    high: f32,
}

fn range_at(first: u32) -> Range {
    return Range(numbers[first], bitcast<f32>(numbers[first + 1u]), bitcast<f32>(numbers[first + 2u]));
}

fn clamped(value: f32, range: Range) -> f32 {
    var result = value;
    // `select` instead of `max`, so that something that is not a number stays visible.
    if ((range.flags & HAS_LOW) != 0u) {
        result = select(result, range.low, result < range.low);
    }
    if ((range.flags & HAS_HIGH) != 0u) {
        result = select(result, range.high, result > range.high);
    }
    return result;
}

fn clamped_four(values: vec4<f32>, range: Range) -> vec4<f32> {
    return vec4<f32>(
        clamped(values.x, range),
        clamped(values.y, range),
        clamped(values.z, range),
        clamped(values.w, range),
    );
}
