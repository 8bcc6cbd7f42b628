//! The engine as what answers a worker's requests.

use super::Handler;
use crate::{
    classifier::LocalFuture,
    engine::{Engine, Host},
    onnx::FileHandle,
    protocol::{MethodDescription, Request},
};

impl Handler for Engine {
    fn methods(&self) -> Vec<MethodDescription> {
        Engine::methods()
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
