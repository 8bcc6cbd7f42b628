// Gradients times the slope of a function of one number. Numbers as in `unary.wgsl`.

@group(0) @binding(0) var<storage, read> grad: array<f32>;
@group(0) @binding(1) var<storage, read> input: array<f32>;
@group(0) @binding(2) var<storage, read_write> output: array<f32>;
@group(0) @binding(3) var<storage, read> numbers: array<u32>;

fn gelu_slope(x: f32) -> f32 {
    let density = ONE_OVER_SQRT_2_PI * exp(max(-0.5 * x * x, -88.0));
    return 0.5 * (1.0 + error_function(x * SQRT_1_2)) + x * density;
}

fn gelu_tanh_slope(x: f32) -> f32 {
    let t = hyperbolic_tangent(gelu_inner(x));
    let inner_slope = SQRT_2_OVER_PI * (1.0 + 0.134145 * x * x);
    return 0.5 * (1.0 + t) + 0.5 * x * (1.0 - t * t) * inner_slope;
}

fn hard_sigmoid_slope(x: f32, a: f32, b: f32) -> f32 {
    let y = a * x + b;
    return select(0.0, a, 0.0 < y && y < 1.0);
}

fn hard_swish_slope(x: f32) -> f32 {
    return select(0.0, select(1.0, x / 3.0 + 0.5, x < 3.0), x > -3.0);
}

fn mish_slope(x: f32) -> f32 {
    let t = tanh_of_softplus(x);
    return t + x * (1.0 - t * t) * sigmoid(x);
}

fn sigmoid_slope(x: f32) -> f32 {
    let s = sigmoid(x);
    return s * (1.0 - s);
}

fn swish_slope(x: f32, a: f32) -> f32 {
    let s = sigmoid(a * x);
    return s + a * x * s * (1.0 - s);
}

fn softsign_slope(x: f32) -> f32 {
    let d = 1.0 + abs(x);
    return 1.0 / (d * d);
}

fn tanh_slope(x: f32) -> f32 {
    let t = hyperbolic_tangent(x);
    return 1.0 - t * t;
}

fn slope_at(x: f32, function: u32, a: f32, b: f32) -> f32 {
    switch (function) {
        case ABSOLUTE: { return sign(x); }
        case AFFINE: { return a; }
        case CELU: { return select(bounded_exp(x / a), 1.0, x > 0.0); }
        case COSINE: { return -sine_and_cosine(x).x; }
        case DIVIDE: { return 1.0 / a; }
        case ELU: { return b * select(a * bounded_exp(x), 1.0, x > 0.0); }
        case ERF: { return TWO_OVER_SQRT_PI * exp(max(-x * x, -88.0)); }
        case EXPONENTIAL: { return exp(x); }
        case GELU: { return gelu_slope(x); }
        case GELU_TANH: { return gelu_tanh_slope(x); }
        case HARD_SIGMOID: { return hard_sigmoid_slope(x, a, b); }
        case HARD_SWISH: { return hard_swish_slope(x); }
        case INVERSE: { return -a / (x * x); }
        case LEAKY_RELU: { return select(a, 1.0, x > 0.0); }
        case LOGARITHM: { return 1.0 / x; }
        case MISH: { return mish_slope(x); }
        case POWER: { return a * power(x, a - 1.0); }
        case ROUND_WITHIN: { return truth(a <= round(x) && round(x) <= b); }
        case SIGMOID: { return sigmoid_slope(x); }
        case SINE: { return sine_and_cosine(x).y; }
        case SOFTPLUS: { return sigmoid(x); }
        case SOFTSIGN: { return softsign_slope(x); }
        case SQUARE_ROOT: { return 0.5 / sqrt(x); }
        case SWISH: { return swish_slope(x, a); }
        case TANH: { return tanh_slope(x); }
        case THRESHOLDED_RELU: { return truth(x > a); }
        default: { return 0.0; }
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
    output[index] = grad[index] * slope_at(
        input[index],
        FUNCTION,
        bitcast<f32>(numbers[1]),
        bitcast<f32>(numbers[2]),
    );
}
