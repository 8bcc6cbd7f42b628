// A function of two numbers over two tensors that broadcast. Numbers: how many values, how many axes,
// then for each axis, innermost first, its length and the strides of left and right.

@group(0) @binding(0) var<storage, read> left: array<f32>;
@group(0) @binding(1) var<storage, read> right: array<f32>;
@group(0) @binding(2) var<storage, read_write> output: array<f32>;
@group(0) @binding(3) var<storage, read> numbers: array<u32>;

const FUNCTION: u32 = {{ variant }}u;

const ADD: u32 = 0u;
const SUBTRACT: u32 = 1u;
const MULTIPLY: u32 = 2u;
const DIVIDE: u32 = 3u;
const POWER: u32 = 4u;
const MINIMUM: u32 = 5u;
const MAXIMUM: u32 = 6u;
const FLOOR_REMAINDER: u32 = 7u;
const TRUNCATE_REMAINDER: u32 = 8u;
const EQUAL: u32 = 9u;
const LESS: u32 = 10u;
const LESS_OR_EQUAL: u32 = 11u;
const GREATER: u32 = 12u;
const GREATER_OR_EQUAL: u32 = 13u;
const AND: u32 = 14u;
const OR: u32 = 15u;
const XOR: u32 = 16u;
const KEEP: u32 = 17u;
const DROP: u32 = 18u;
const PARAMETRIC_RELU: u32 = 19u;
const PARAMETRIC_RELU_SLOPE: u32 = 20u;
const DIVIDE_SLOPE: u32 = 21u;
const POWER_SLOPE: u32 = 22u;
const EXPONENT_SLOPE: u32 = 23u;
const FLOOR_REMAINDER_SLOPE: u32 = 24u;
const TRUNCATE_REMAINDER_SLOPE: u32 = 25u;

fn truth(holds: bool) -> f32 {
    return select(0.0, 1.0, holds);
}

fn exponent_slope(a: f32, b: f32) -> f32 {
    if (a > 0.0) {
        return power(a, b) * log(a);
    }
    return 0.0;
}

fn value_at(a: f32, b: f32, function: u32) -> f32 {
    switch (function) {
        case ADD: { return a + b; }
        case SUBTRACT: { return a - b; }
        case MULTIPLY: { return a * b; }
        case DIVIDE: { return a / b; }
        case POWER: { return power(a, b); }
        case MINIMUM: { return select(a, b, b < a); }
        case MAXIMUM: { return select(a, b, b > a); }
        case FLOOR_REMAINDER: { return a - b * floor(a / b); }
        case TRUNCATE_REMAINDER: { return a - b * trunc(a / b); }
        case EQUAL: { return truth(a == b); }
        case LESS: { return truth(a < b); }
        case LESS_OR_EQUAL: { return truth(a <= b); }
        case GREATER: { return truth(a > b); }
        case GREATER_OR_EQUAL: { return truth(a >= b); }
        case AND: { return truth(a != 0.0 && b != 0.0); }
        case OR: { return truth(a != 0.0 || b != 0.0); }
        case XOR: { return truth((a != 0.0) != (b != 0.0)); }
        case KEEP: { return select(a, 0.0, b == 0.0); }
        case DROP: { return select(0.0, a, b == 0.0); }
        case PARAMETRIC_RELU: { return select(a * b, a, a > 0.0); }
        case PARAMETRIC_RELU_SLOPE: { return select(b, 1.0, a > 0.0); }
        case DIVIDE_SLOPE: { return -a / (b * b); }
        case POWER_SLOPE: { return b * power(a, b - 1.0); }
        case EXPONENT_SLOPE: { return exponent_slope(a, b); }
        case FLOOR_REMAINDER_SLOPE: { return -floor(a / b); }
        case TRUNCATE_REMAINDER_SLOPE: { return -trunc(a / b); }
        default: { return a; }
    }
}

@compute @workgroup_size(256)
fn main(
    @builtin(workgroup_id) workgroup_at: vec3<u32>,
    @builtin(num_workgroups) workgroup_count: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let index = (workgroup_at.y * workgroup_count.x + workgroup_at.x) * 256u + thread;
    if (index >= numbers[0]) {
        return;
    }
    var rest = index;
    var left_at = 0u;
    var right_at = 0u;
    let axes = numbers[1];
    for (var axis = 0u; axis < axes; axis++) {
        var step = rest;
        // Of the outermost axis all is left.
        if (axis + 1u < axes) {
            let length = numbers[2u + 3u * axis];
            rest /= length;
            step -= rest * length;
        }
        left_at += step * numbers[3u + 3u * axis];
        right_at += step * numbers[4u + 3u * axis];
    }
    output[index] = value_at(left[left_at], right[right_at], FUNCTION);
}
