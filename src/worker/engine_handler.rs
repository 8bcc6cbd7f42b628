//! The engine as what answers a worker's requests.

use super::Handler;
use crate::{
    classifier::{Gradients, LocalFuture},
    engine::{Engine, Host, Part},
    onnx::FileHandle,
    protocol::{MeasureOffer, MethodDescription, PresetDescription, Request},
};

impl Handler for Engine {
    fn methods(&self) -> Vec<MethodDescription> {
        Engine::methods()
    }

    fn measures(&self) -> Vec<MeasureOffer> {
        Engine::measures()
    }

    fn presets(&self) -> Vec<PresetDescription> {
        Engine::presets()
    }

    fn handle<'a>(
        &'a mut self,
        host: &'a dyn Host,
        request: Request,
        attachment: Option<FileHandle>,
    ) -> LocalFuture<'a, ()> {
        Box::pin(Engine::handle(self, host, request, attachment))
    }

    fn compute_part<'a>(
        &'a mut self,
        part: Part,
        images: Vec<f32>,
    ) -> LocalFuture<'a, Result<Gradients, String>> {
        Box::pin(Engine::compute_part(self, part, images))
    }
}
