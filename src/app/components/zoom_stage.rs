//! A place for a picture that zooms and moves, by wheel, keys, dragging and pinching; all pictures of
//! the photo follow.

use web_sys::{DomRect, Element};
use yew::prelude::*;

use crate::app::{
    state::{Action, Zoom, ZoomStep},
    strings::text,
};

/// One press of a key or button enlarges so many times.
pub const KEY_TIMES: f64 = 1.5;
/// One press of an arrow moves by this share of what is shown.
const ARROW_UNIT: f64 = 0.1;
/// Nearer than this to where it began, a press is a click.
const CLICK_PX: f64 = 4.0;
/// A line of a wheel that counts in lines, in the pixels others count in.
const LINE_PX: f64 = 30.0;

/// The place.
#[derive(Properties, PartialEq)]
pub struct ZoomStageProps {
    /// What is shown.
    pub zoom: Zoom,
    /// Dragging moves the picture; `false` where dragging does something else.
    #[prop_or_default]
    pub drags: bool,
    /// It is reached with the Tab key itself; `false` where something inside is.
    #[prop_or_default]
    pub focusable: bool,
    /// Its style.
    #[prop_or_default]
    pub class: Classes,
    /// Finds it in tests.
    #[prop_or_default]
    pub testid: AttrValue,
    /// The picture.
    pub children: Children,
    /// Takes actions.
    pub dispatch: Callback<Action>,
}

/// A button or finger that is down.
#[derive(Clone, Copy)]
struct Held {
    id: i32,
    at_px: [f64; 2],
    /// It has gone farther than a click may.
    drags: bool,
}

/// The place, with the picture in it.
#[component]
pub fn ZoomStage(props: &ZoomStageProps) -> Html {
    let node = use_node_ref();
    let held = use_mut_ref(Vec::<Held>::new);
    let zoomed = !props.zoom.is_whole();
    let step = props.dispatch.reform(Action::Zoom);
    let on_wheel = {
        let (node, step) = (node.clone(), step.clone());
        move |event: WheelEvent| {
            // Without Ctrl the wheel scrolls the page. A pinch on a touchpad comes as a wheel with it.
            if !event.ctrl_key() {
                return;
            }
            event.prevent_default();
            let Some(edges) = edges(&node) else { return };
            let in_lines = event.delta_mode() == WheelEvent::DOM_DELTA_LINE;
            let turned_px = event.delta_y() * if in_lines { LINE_PX } else { 1.0 };
            step.emit(ZoomStep::By {
                times: (-0.004 * turned_px).clamp(-0.5, 0.5).exp(),
                at_unit: within(&edges, place(&event)),
            });
        }
    };
    let on_key = {
        let step = step.clone();
        move |event: KeyboardEvent| {
            if event.ctrl_key() || event.meta_key() || event.alt_key() {
                return;
            }
            // Arrows scroll the page as long as there is nothing to move.
            let wanted = match event.key().as_str() {
                "+" | "=" => ZoomStep::larger(KEY_TIMES),
                "-" => ZoomStep::larger(1.0 / KEY_TIMES),
                "0" => ZoomStep::Whole,
                "ArrowLeft" if zoomed => ZoomStep::Move([-ARROW_UNIT, 0.0]),
                "ArrowRight" if zoomed => ZoomStep::Move([ARROW_UNIT, 0.0]),
                "ArrowUp" if zoomed => ZoomStep::Move([0.0, -ARROW_UNIT]),
                "ArrowDown" if zoomed => ZoomStep::Move([0.0, ARROW_UNIT]),
                _ => return,
            };
            event.prevent_default();
            step.emit(wanted);
        }
    };
    let on_down = {
        let (held, drags) = (held.clone(), props.drags);
        move |event: PointerEvent| {
            if drags && event.button() == 0 {
                held.borrow_mut().push(Held {
                    id: event.pointer_id(),
                    at_px: place(&event),
                    drags: false,
                });
            }
        }
    };
    let on_move = {
        let (node, held, step) = (node.clone(), held.clone(), step.clone());
        move |event: PointerEvent| {
            let mut held = held.borrow_mut();
            if event.buttons() == 0 {
                // It was let go where nobody saw it.
                held.retain(|held| held.id != event.pointer_id());
            }
            let before = held.clone();
            let moved = held.iter_mut().find(|held| held.id == event.pointer_id());
            let (Some(moved), Some(edges)) = (moved, edges(&node)) else {
                return;
            };
            let at_px = place(&event);
            if !moved.drags && distance(moved.at_px, at_px) < CLICK_PX {
                return;
            }
            (moved.at_px, moved.drags) = (at_px, true);
            if let Some(element) = node.cast::<Element>() {
                // Not before it is a drag, for a button inside would get no click. Without it a drag
                // ends at the picture's edge, and that is all.
                let _ = element.set_pointer_capture(event.pointer_id());
            }
            match (before.as_slice(), held.as_slice()) {
                ([from], [to]) if zoomed => step.emit(ZoomStep::Move([
                    (from.at_px[0] - to.at_px[0]) / edges.width(),
                    (from.at_px[1] - to.at_px[1]) / edges.height(),
                ])),
                ([a, b], [c, d]) => {
                    let middle = [0, 1].map(|axis| (c.at_px[axis] + d.at_px[axis]) / 2.0);
                    step.emit(ZoomStep::By {
                        times: distance(c.at_px, d.at_px) / distance(a.at_px, b.at_px),
                        at_unit: within(&edges, middle),
                    });
                }
                _ => {}
            }
        }
    };
    let on_up = move |event: PointerEvent| {
        held.borrow_mut()
            .retain(|held| held.id != event.pointer_id());
    };
    html! {
        <div
            ref={node}
            class={classes!("zoom-stage", props.class.clone(), zoomed.then_some("is-zoomed"), props.drags.then_some("drags"))}
            tabindex={props.focusable.then_some("0")}
            role={props.focusable.then_some("group")}
            aria-label={props.focusable.then(|| text().zoom_area)}
            data-testid={props.testid.clone()}
            onwheel={on_wheel}
            onkeydown={on_key}
            onpointerdown={on_down}
            onpointermove={on_move}
            onpointerup={on_up.clone()}
            onpointercancel={on_up}
            ondblclick={step.reform(|_: MouseEvent| ZoomStep::Whole)}
        >
            { props.children.clone() }
        </div>
    }
}

/// Edges of the picture; `None` while it has no size.
fn edges(node: &NodeRef) -> Option<DomRect> {
    let canvas = node.cast::<Element>()?.query_selector("canvas").ok()??;
    let edges = canvas.get_bounding_client_rect();
    (edges.width() > 0.0 && edges.height() > 0.0).then_some(edges)
}

/// Where a pointer is in the window.
fn place(event: &MouseEvent) -> [f64; 2] {
    [f64::from(event.client_x()), f64::from(event.client_y())]
}

/// A place in the window in shares of the picture.
fn within(edges: &DomRect, [x, y]: [f64; 2]) -> [f64; 2] {
    [
        ((x - edges.left()) / edges.width()).clamp(0.0, 1.0),
        ((y - edges.top()) / edges.height()).clamp(0.0, 1.0),
    ]
}

/// How far two fingers are apart; never nothing, so that it can be divided by.
fn distance([ax, ay]: [f64; 2], [bx, by]: [f64; 2]) -> f64 {
    (ax - bx).hypot(ay - by).max(1.0)
}
