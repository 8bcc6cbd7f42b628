//! A photo taken with the device's camera, as one that was chosen from a file.

use js_sys::{Array, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, CanvasRenderingContext2d, File, FilePropertyBag, HtmlCanvasElement, HtmlVideoElement,
    MediaDevices, MediaStream, MediaStreamConstraints, MediaStreamTrack,
};
use yew::prelude::*;

use crate::app::{
    browser,
    state::{Action, Notice},
    strings::{fill, notices, text},
};

/// What the camera gives its photo to.
#[derive(Properties, PartialEq)]
pub struct CameraProps {
    /// Opens files.
    pub open: Callback<Vec<File>>,
    /// Takes actions.
    pub dispatch: Callback<Action>,
}

/// A button, and what the camera sees while it is open.
pub struct Camera {
    stream: Option<MediaStream>,
    video: NodeRef,
}

/// What happens to the camera.
pub enum CameraMessage {
    /// The person wants to use it.
    Ask,
    /// The browser lets it be used.
    Opened(MediaStream),
    /// It cannot be used.
    Failed(JsValue),
    /// The person wants the picture that is seen now.
    Take,
    /// The picture.
    Taken(File),
    /// The person wants no picture.
    Close,
}

impl Component for Camera {
    type Message = CameraMessage;
    type Properties = CameraProps;

    fn create(_ctx: &Context<Self>) -> Self {
        Self {
            stream: None,
            video: NodeRef::default(),
        }
    }

    fn update(&mut self, ctx: &Context<Self>, message: CameraMessage) -> bool {
        match message {
            CameraMessage::Ask => {
                ctx.link().send_future(async {
                    match ask().await {
                        Ok(stream) => CameraMessage::Opened(stream),
                        Err(error) => CameraMessage::Failed(error),
                    }
                });
                return false;
            }
            CameraMessage::Opened(stream) => {
                self.close();
                self.stream = Some(stream);
            }
            CameraMessage::Failed(error) => {
                self.close();
                let reason = browser::reason(&error);
                ctx.props().dispatch.emit(Action::Tell(Notice::problem(
                    fill(notices().camera_failed, &[("reason", &reason)]),
                    notices().camera_failed_hint,
                )));
            }
            CameraMessage::Take => {
                let taken = ctx.link().callback(CameraMessage::Taken);
                if let Err(error) = self.take(taken) {
                    ctx.link().send_message(CameraMessage::Failed(error));
                }
                return false;
            }
            CameraMessage::Taken(file) => {
                self.close();
                ctx.props().open.emit(vec![file]);
            }
            CameraMessage::Close => self.close(),
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let words = text();
        let button = |class, id, label, press: fn() -> CameraMessage| {
            html! {
                <button
                    {class}
                    type="button"
                    title={words.camera_hint}
                    data-testid={id}
                    onclick={ctx.link().callback(move |_| press())}
                >
                    { label }
                </button>
            }
        };
        if self.stream.is_none() {
            return match devices() {
                Some(_) => button("button", "camera", words.camera, || CameraMessage::Ask),
                None => html! {},
            };
        }
        html! {
            <div class="camera">
                <video
                    ref={self.video.clone()}
                    aria-label={words.camera_sees}
                    data-testid="camera-sees"
                    autoplay=true
                    playsinline=true
                    muted=true
                />
                { button("button button-primary", "camera-take", words.camera_take, || CameraMessage::Take) }
                { button("button", "camera-close", words.camera_close, || CameraMessage::Close) }
            </div>
        }
    }

    fn rendered(&mut self, _ctx: &Context<Self>, _first_render: bool) {
        if let Some(video) = self.video.cast::<HtmlVideoElement>()
            && video.src_object().is_none()
        {
            video.set_src_object(self.stream.as_ref());
        }
    }

    fn destroy(&mut self, _ctx: &Context<Self>) {
        self.close();
    }
}

impl Camera {
    /// Switches the camera off.
    fn close(&mut self) {
        for track in self
            .stream
            .take()
            .iter()
            .flat_map(|stream| stream.get_tracks())
        {
            track.unchecked_into::<MediaStreamTrack>().stop();
        }
    }

    /// Hands what the camera sees to `taken`, pixel by pixel.
    fn take(&self, taken: Callback<File>) -> Result<(), JsValue> {
        let video: HtmlVideoElement = self.video.cast().ok_or(JsValue::NULL)?;
        let canvas: HtmlCanvasElement = browser::document()
            .ok_or(JsValue::NULL)?
            .create_element("canvas")?
            .dyn_into()?;
        canvas.set_width(video.video_width());
        canvas.set_height(video.video_height());
        let context = canvas.get_context("2d")?.ok_or(JsValue::NULL)?;
        let context: CanvasRenderingContext2d = context.dyn_into()?;
        context.draw_image_with_html_video_element(&video, 0.0, 0.0)?;
        let hand_over = Closure::once_into_js(move |blob: Option<Blob>| {
            let options = FilePropertyBag::new();
            options.set_type("image/png");
            let file = blob.and_then(|blob| {
                File::new_with_blob_sequence_and_options(&Array::of1(&blob), "camera.png", &options)
                    .ok()
            });
            if let Some(file) = file {
                taken.emit(file);
            }
        });
        canvas.to_blob(hand_over.unchecked_ref())
    }
}

/// The cameras; `None` where the page may use none, as on an address that is not secure.
fn devices() -> Option<MediaDevices> {
    let navigator = browser::window()?.navigator();
    let devices = Reflect::get(&navigator, &"mediaDevices".into()).ok()?;
    devices.dyn_into().ok()
}

/// Asks for a camera, the one that looks away from the person where there are several.
async fn ask() -> Result<MediaStream, JsValue> {
    let facing = js_sys::Object::new();
    Reflect::set(&facing, &"facingMode".into(), &"environment".into())?;
    let wanted = MediaStreamConstraints::new();
    wanted.set_video(&facing);
    let promise: Promise = devices()
        .ok_or(JsValue::NULL)?
        .get_user_media_with_constraints(&wanted)?;
    JsFuture::from(promise).await?.dyn_into()
}
