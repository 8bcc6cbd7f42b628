//! Image bytes to the numbers a model takes, and to the pixels a person sees.
