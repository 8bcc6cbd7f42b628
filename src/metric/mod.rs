//! Measures of a saliency map.
