// Four neighbouring values that one thread computes.

const FOUR: vec4<u32> = vec4<u32>(0u, 1u, 2u, 3u);

// Stores those that exist.
fn store_four(at: vec4<u32>, exist: vec4<bool>, values: vec4<f32>) {
    if (exist.x) {
        output[at.x] = values.x;
    }
    if (exist.y) {
        output[at.y] = values.y;
    }
    if (exist.z) {
        output[at.z] = values.z;
    }
    if (exist.w) {
        output[at.w] = values.w;
    }
}
