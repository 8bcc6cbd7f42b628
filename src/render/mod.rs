//! Maps to pixels and curves to strokes; pure, so that it is tested without a browser.
