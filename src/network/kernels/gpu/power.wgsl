// Powers of negative numbers and of 0, which `pow` does not promise.

fn power(base: f32, exponent: f32) -> f32 {
    if (exponent == 2.0) {
        return base * base;
    }
    if (exponent == 3.0) {
        return base * base * base;
    }
    if (exponent == 0.0) {
        return 1.0;
    }
    if (base == 0.0) {
        return select(1.0 / base, 0.0, exponent > 0.0);
    }
    let magnitude = pow(abs(base), exponent);
    if (base > 0.0) {
        return magnitude;
    }
    if (floor(exponent) != exponent) {
        // Not a number.
        return sqrt(base);
    }
    let half = 0.5 * exponent;
    return select(magnitude, -magnitude, floor(half) != half);
}
