//! The kinds of files that people take for ONNX models.

use crate::onnx::OnnxError;

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    LfsPointer,
    WebPage,
    Torch,
    TorchScript,
    ExecuTorch,
    Pickle,
    Hdf5,
    Keras,
    TensorFlow,
    TensorFlowJs,
    TfLite,
    CoreMl,
    Safetensors,
    Gguf,
    TensorRt,
    Ort,
    OpenVino,
    Caffe,
    Paddle,
    MxNet,
    Darknet,
    Ncnn,
    Rknn,
    NumPy,
    Image,
    Pdf,
    Archive,
}

impl Kind {
    /// The refusal, with the way out.
    pub fn error(self) -> OnnxError {
        OnnxError::Foreign {
            what: self.what().to_owned(),
            cure: self.cure().to_owned(),
        }
    }

    /// What it is, with its article.
    fn what(self) -> &'static str {
        match self {
            Self::LfsPointer => {
                "a Git LFS pointer: the few lines that stand for a file kept elsewhere"
            }
            Self::WebPage => "a web page",
            Self::Torch => "a PyTorch file (.pt, .pth)",
            Self::TorchScript => "a TorchScript file of PyTorch",
            Self::ExecuTorch => "an ExecuTorch program",
            Self::Pickle => "a Python pickle, as PyTorch and scikit-learn write them",
            Self::Hdf5 => "an HDF5 file (.h5), as Keras writes it",
            Self::Keras => "a Keras model (.keras)",
            Self::TensorFlow => "a TensorFlow graph or SavedModel (.pb)",
            Self::TensorFlowJs => "a TensorFlow.js model",
            Self::TfLite => "a TensorFlow Lite model (.tflite)",
            Self::CoreMl => "a Core ML model (.mlmodel, .mlpackage)",
            Self::Safetensors => "a safetensors file: weights without the network they belong to",
            Self::Gguf => "a GGUF file of llama.cpp",
            Self::TensorRt => "a TensorRT engine, compiled for one kind of graphics card",
            Self::Ort => "an ORT file, ONNX Runtime's own format",
            Self::OpenVino => "an OpenVINO model (.xml)",
            Self::Caffe => "a Caffe model",
            Self::Paddle => "a PaddlePaddle model",
            Self::MxNet => "an MXNet file (.params)",
            Self::Darknet => "a Darknet file",
            Self::Ncnn => "an ncnn model (.param)",
            Self::Rknn => "an RKNN model",
            Self::NumPy => "NumPy arrays (.npy, .npz)",
            Self::Image => "an image",
            Self::Pdf => "a PDF",
            Self::Archive => "an archive of a kind that is not unpacked here",
        }
    }

    /// How to come to an ONNX model, in a sentence or two.
    fn cure(self) -> &'static str {
        match self {
            Self::LfsPointer => {
                "Fetch the file itself: run `git lfs pull` in the repository, or download it from its page instead of its raw link."
            }
            Self::WebPage => {
                "Download the file itself, not the page about it; the link may need a login."
            }
            Self::Torch | Self::Pickle => {
                "Load the model in Python and export it: torch.onnx.export(model.eval(), (torch.zeros(1, 3, 224, 224),), \"model.onnx\", dynamo=True, external_data=False)."
            }
            Self::TorchScript => {
                "Load it in Python and export it: torch.onnx.export(torch.jit.load(\"model.pt\").eval(), (torch.zeros(1, 3, 224, 224),), \"model.onnx\", dynamo=False)."
            }
            Self::ExecuTorch => {
                "Export the PyTorch model that it was made from: torch.onnx.export(model.eval(), (image,), \"model.onnx\", external_data=False)."
            }
            Self::Hdf5 | Self::Keras => {
                "Load it in Python and export it: keras.saving.load_model(\"model.keras\").export(\"model.onnx\", format=\"onnx\")."
            }
            Self::TensorFlow => {
                "Convert it: python -m tf2onnx.convert --saved-model FOLDER --output model.onnx --opset 17, or --graphdef FILE.pb --inputs NAME:0 --outputs NAME:0 for a frozen graph."
            }
            Self::TensorFlowJs => {
                "Convert it: python -m tf2onnx.convert --tfjs model.json --output model.onnx --opset 17."
            }
            Self::TfLite => {
                "Convert it: python -m tf2onnx.convert --tflite model.tflite --output model.onnx --opset 17."
            }
            Self::CoreMl => {
                "Export the model that it was converted from; Core ML files of early versions can be converted with onnxmltools.convert_coreml."
            }
            Self::Safetensors => {
                "Build the network in Python, load the weights and export it: torch.onnx.export(model.eval(), (image,), \"model.onnx\", external_data=False), or for a Hugging Face model: optimum-cli export onnx --model NAME FOLDER."
            }
            Self::Gguf => {
                "Export the model that it was made from to ONNX; language models are not explained here."
            }
            Self::TensorRt | Self::Rknn => {
                "Open the .onnx file that it was built from; it cannot be turned back."
            }
            Self::Ort => {
                "Open the .onnx file that it was made from: an ORT file is rewritten for one machine."
            }
            Self::OpenVino => {
                "Open the model that it was converted from; OpenVINO files cannot be turned back."
            }
            Self::Caffe => {
                "Load it with a converter such as caffe2onnx, or export the model from another program."
            }
            Self::Paddle => {
                "Convert it: paddle2onnx --model_dir FOLDER --model_filename model.pdmodel --params_filename model.pdiparams --save_file model.onnx."
            }
            Self::MxNet => {
                "Export it in Python: mxnet.onnx.export_model(\"model-symbol.json\", \"model-0000.params\", [(1, 3, 224, 224)], onnx_file_path=\"model.onnx\")."
            }
            Self::Darknet | Self::Ncnn => {
                "Export the model from the program that it was trained with."
            }
            Self::NumPy => "Choose the model itself; arrays go with --input on the command line.",
            Self::Image | Self::Pdf => "Choose a model, a file that ends in .onnx.",
            Self::Archive => {
                "Unpack it, and open the .onnx file in it; zip and gzip are unpacked here."
            }
        }
    }
}
