// A function of one number over a tensor. Numbers: how many values, the function's two parameters.

@group(0) @binding(0) var<storage, read> input: array<f32>;
@group(0) @binding(1) var<storage, read_write> output: array<f32>;
@group(0) @binding(2) var<storage, read> numbers: array<u32>;

fn is_infinite(x: f32, positive: f32, negative: f32) -> bool {
    let bits = bitcast<u32>(x);
    return (bits & MAGNITUDE_BITS) == INFINITY_BITS
        && select(positive, negative, (bits & SIGN_BIT) != 0u) != 0.0;
}

fn value_at(x: f32, function: u32, a: f32, b: f32) -> f32 {
    switch (function) {
        case ABSOLUTE: { return abs(x); }
        case AFFINE: { return a * x + b; }
        case CEIL: { return ceil(x); }
        case CELU: { return select(a * (bounded_exp(x / a) - 1.0), x, x > 0.0); }
        case COSINE: { return sine_and_cosine(x).y; }
        case DIVIDE: { return x / a; }
        case ELU: { return b * select(a * (bounded_exp(x) - 1.0), x, x > 0.0); }
        case ERF: { return error_function(x); }
        case EXPONENTIAL: { return exp(x); }
        case FLOOR: { return floor(x); }
        case GELU: { return 0.5 * x * (1.0 + error_function(x * SQRT_1_2)); }
        case GELU_TANH: { return 0.5 * x * (1.0 + hyperbolic_tangent(gelu_inner(x))); }
        case HARD_SIGMOID: { return clamp(a * x + b, 0.0, 1.0); }
        case HARD_SWISH: { return x * clamp(x / 6.0 + 0.5, 0.0, 1.0); }
        case INVERSE: { return a / x; }
        case IS_INFINITE: { return truth(is_infinite(x, a, b)); }
        case IS_NAN: { return truth((bitcast<u32>(x) & MAGNITUDE_BITS) > INFINITY_BITS); }
        case IS_ZERO: { return truth(x == 0.0); }
        case LEAKY_RELU: { return select(a * x, x, x > 0.0); }
        case LOGARITHM: { return log(x); }
        case MISH: { return x * tanh_of_softplus(x); }
        case NOT_ZERO: { return truth(x != 0.0); }
        case POWER: { return power(x, a); }
        case ROUND: { return round(x); }
        case ROUND_WITHIN: { return min(max(round(x), a), b); }
        case SIGMOID: { return sigmoid(x); }
        case SIGN: { return sign(x); }
        case SINE: { return sine_and_cosine(x).x; }
        case SOFTPLUS: { return softplus(x); }
        case SOFTSIGN: { return x / (1.0 + abs(x)); }
        case SQUARE_ROOT: { return sqrt(x); }
        case SWISH: { return x * sigmoid(a * x); }
        case TANH: { return hyperbolic_tangent(x); }
        case THRESHOLDED_RELU: { return select(0.0, x, x > a); }
        case TRUNCATE: { return trunc(x); }
        default: { return x; }
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
    output[index] = value_at(
        input[index],
        FUNCTION,
        bitcast<f32>(numbers[1]),
        bitcast<f32>(numbers[2]),
    );
}
