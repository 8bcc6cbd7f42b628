//! The engine as what answers a worker's requests.

use super::Handler;
use crate::{
    classifier::LocalFuture,
    engine::{Engine, Host},
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
}
