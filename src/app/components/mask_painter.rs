//! Paints a mask on the photo by hand: brush, rectangle and polygon, with undo.

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use web_sys::{
    Blob, CanvasRenderingContext2d, File, HtmlCanvasElement, HtmlInputElement, ImageData,
};
use yew::prelude::*;

use crate::{
    app::{
        browser,
        state::Shared,
        strings::{compare, fill},
    },
    protocol::ImageCard,
};

/// How the pointer paints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tool {
    Brush,
    Rectangle,
    Polygon,
}

impl Tool {
    const ALL: [Self; 3] = [Self::Brush, Self::Rectangle, Self::Polygon];

    fn label(self) -> &'static str {
        match self {
            Self::Brush => compare().mask_brush,
            Self::Rectangle => compare().mask_rectangle,
            Self::Polygon => compare().mask_polygon,
        }
    }

    fn id(self) -> &'static str {
        match self {
            Self::Brush => "brush",
            Self::Rectangle => "rectangle",
            Self::Polygon => "polygon",
        }
    }
}

/// One shape, in pixels of the model's view.
#[derive(Clone, Debug, PartialEq)]
struct Shape {
    tool: Tool,
    points: Vec<[f64; 2]>,
    width_px: f64,
}

/// What is painted on.
#[derive(Properties, PartialEq)]
pub struct MaskPainterProps {
    /// The photo.
    pub image: Shared<ImageCard>,
    /// Opens what was painted as the mask.
    pub open: Callback<File>,
    /// The painting is over.
    pub close: Callback<()>,
}

/// The photo to paint on, with its tools.
#[component]
pub fn MaskPainter(props: &MaskPainterProps) -> Html {
    let words = compare();
    let node = use_node_ref();
    let tool = use_state(|| Tool::Brush);
    let width_px = use_state(|| 24.0_f64);
    let shapes = use_state(Vec::<Shape>::new);
    // Renders lag behind pointers, so the newest shapes are kept beside the state.
    let newest = use_mut_ref(Vec::<Shape>::new);
    {
        let node = node.clone();
        let drawn = (props.image.clone(), (*shapes).clone());
        use_effect_with(drawn, move |(image, shapes)| {
            let painted = node
                .cast::<HtmlCanvasElement>()
                .map(|canvas| show(&canvas, image, shapes));
            if let Some(Err(error)) = painted {
                web_sys::console::error_1(&error);
            }
        });
    }
    let keep = {
        let (shapes, newest) = (shapes.setter(), newest.clone());
        move |change: &dyn Fn(&mut Vec<Shape>)| {
            let mut newest = newest.borrow_mut();
            change(&mut newest);
            shapes.set(newest.clone());
        }
    };
    let place = {
        let (node, image) = (node.clone(), props.image.clone());
        move |event: &PointerEvent| -> Option<[f64; 2]> {
            let edges = node.cast::<HtmlCanvasElement>()?.get_bounding_client_rect();
            let view = &image.model_view;
            let x = (f64::from(event.client_x()) - edges.left()) / edges.width();
            let y = (f64::from(event.client_y()) - edges.top()) / edges.height();
            Some([x * view.width as f64, y * view.height as f64])
        }
    };
    let on_down = {
        let (keep, place, tool, width_px) = (keep.clone(), place.clone(), *tool, *width_px);
        move |event: PointerEvent| {
            let Some(point) = place(&event) else { return };
            keep(&|shapes| match shapes.last_mut() {
                // A polygon grows by clicks until another tool is taken up.
                Some(last) if tool == Tool::Polygon && last.tool == Tool::Polygon => {
                    last.points.push(point);
                }
                _ => shapes.push(Shape {
                    tool,
                    points: vec![point],
                    width_px,
                }),
            });
        }
    };
    let on_move = {
        let (keep, tool) = (keep.clone(), *tool);
        move |event: PointerEvent| {
            if event.buttons() == 0 || tool == Tool::Polygon {
                return;
            }
            let Some(point) = place(&event) else { return };
            keep(&|shapes| {
                if let Some(last) = shapes.last_mut() {
                    if tool == Tool::Rectangle {
                        last.points.truncate(1);
                    }
                    last.points.push(point);
                }
            });
        }
    };
    let undo = {
        let keep = keep.clone();
        move |_: MouseEvent| {
            keep(&|shapes| {
                if let Some(last) = shapes.last_mut()
                    && last.tool == Tool::Polygon
                    && last.points.len() > 1
                {
                    last.points.pop();
                } else {
                    shapes.pop();
                }
            });
        }
    };
    let clear = move |_: MouseEvent| keep(&|shapes: &mut Vec<Shape>| shapes.clear());
    let done = {
        let (newest, image) = (newest.clone(), props.image.clone());
        let (open, close) = (props.open.clone(), props.close.clone());
        move |_: MouseEvent| match hand_over(&image, &newest.borrow(), open.clone()) {
            Ok(()) => close.emit(()),
            Err(error) => web_sys::console::error_1(&error),
        }
    };
    let set_width = {
        let width_px = width_px.clone();
        move |event: InputEvent| {
            let input: HtmlInputElement = event.target_unchecked_into();
            width_px.set(input.value_as_number().clamp(2.0, 200.0));
        }
    };
    html! {
        <div class="mask-painter" data-testid="mask-painter">
            <div class="row">
                <fieldset class="segments">
                    <legend class="visually-hidden">{ words.mask_paint }</legend>
                    { for Tool::ALL.into_iter().map(|known| {
                        let choose = {
                            let tool = tool.clone();
                            move |_: Event| tool.set(known)
                        };
                        html! {
                            <label class={classes!((known == *tool).then_some("is-chosen"))}>
                                <input
                                    class="visually-hidden"
                                    type="radio"
                                    name="mask-tool"
                                    checked={known == *tool}
                                    data-testid={format!("mask-{}", known.id())}
                                    onchange={choose}
                                />
                                { known.label() }
                            </label>
                        }
                    }) }
                </fieldset>
                <label class="field-inline">
                    <span>{ words.mask_width }</span>
                    <input
                        type="range"
                        min="4"
                        max="96"
                        value={format!("{:.0}", *width_px)}
                        oninput={set_width}
                    />
                </label>
            </div>
            <canvas
                ref={node}
                class="mask-stage"
                role="img"
                aria-label={fill(words.mask_paint_alt, &[("name", &props.image.name)])}
                data-testid="mask-stage"
                onpointerdown={on_down}
                onpointermove={on_move}
            />
            <div class="row">
                <button class="button button-small" type="button" data-testid="mask-undo" onclick={undo}>
                    { words.mask_paint_undo }
                </button>
                <button class="button button-small" type="button" data-testid="mask-clear" onclick={clear}>
                    { words.mask_paint_clear }
                </button>
                <button
                    class="button button-small button-primary"
                    type="button"
                    disabled={shapes.is_empty()}
                    data-testid="mask-done"
                    onclick={done}
                >
                    { words.mask_paint_done }
                </button>
            </div>
        </div>
    }
}

fn context(canvas: &HtmlCanvasElement) -> Result<CanvasRenderingContext2d, JsValue> {
    Ok(canvas.get_context("2d")?.ok_or(JsValue::NULL)?.dyn_into()?)
}

/// The shapes in white on black, at the size of the model's view.
fn mask(image: &ImageCard, shapes: &[Shape]) -> Result<HtmlCanvasElement, JsValue> {
    let document = browser::document().ok_or(JsValue::NULL)?;
    let canvas: HtmlCanvasElement = document.create_element("canvas")?.dyn_into()?;
    let (width, height) = (image.model_view.width, image.model_view.height);
    canvas.set_width(width as u32);
    canvas.set_height(height as u32);
    let context = context(&canvas)?;
    context.set_fill_style_str("#000");
    context.fill_rect(0.0, 0.0, width as f64, height as f64);
    context.set_fill_style_str("#fff");
    context.set_stroke_style_str("#fff");
    context.set_line_cap("round");
    context.set_line_join("round");
    for shape in shapes {
        let Some([x, y]) = shape.points.first().copied() else {
            continue;
        };
        let [to_x, to_y] = shape.points.last().copied().unwrap_or([x, y]);
        if shape.tool == Tool::Rectangle {
            context.fill_rect(x.min(to_x), y.min(to_y), (to_x - x).abs(), (to_y - y).abs());
            continue;
        }
        context.begin_path();
        context.move_to(x, y);
        // A single point is a dot.
        context.line_to(x + 0.01, y);
        for [x, y] in &shape.points {
            context.line_to(*x, *y);
        }
        if shape.tool == Tool::Polygon {
            context.close_path();
            context.fill();
            context.set_line_width(2.0);
        } else {
            context.set_line_width(shape.width_px);
        }
        context.stroke();
    }
    Ok(canvas)
}

/// The photo with the shapes laid over it.
fn show(canvas: &HtmlCanvasElement, image: &ImageCard, shapes: &[Shape]) -> Result<(), JsValue> {
    let view = &image.model_view;
    canvas.set_width(view.width as u32);
    canvas.set_height(view.height as u32);
    let photo = ImageData::new_with_u8_clamped_array_and_sh(
        wasm_bindgen::Clamped(&view.rgba),
        view.width as u32,
        view.height as u32,
    )?;
    let context = context(canvas)?;
    context.put_image_data(&photo, 0.0, 0.0)?;
    context.set_global_alpha(0.55);
    context.draw_image_with_html_canvas_element(&mask(image, shapes)?, 0.0, 0.0)
}

/// Opens the shapes as a picture of the person's.
fn hand_over(image: &ImageCard, shapes: &[Shape], open: Callback<File>) -> Result<(), JsValue> {
    let name = format!("{}.png", compare().painted);
    let done = Closure::once_into_js(move |blob: JsValue| {
        let file = blob
            .dyn_into::<Blob>()
            .and_then(|blob| File::new_with_blob_sequence(&Array::of1(&blob), &name));
        match file {
            Ok(file) => open.emit(file),
            Err(error) => web_sys::console::error_1(&error),
        }
    });
    mask(image, shapes)?.to_blob(done.unchecked_ref())
}
