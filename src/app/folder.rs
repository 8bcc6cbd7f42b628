//! Folders given by a picker or a drop, read into lists of files; only handles are kept.

use js_sys::{Array, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    DataTransfer, File, FileList, FileSystemDirectoryEntry, FileSystemEntry, FileSystemFileEntry,
};

/// A file of a folder.
pub struct FolderFile {
    /// The file.
    pub file: File,
    /// Its path within the folder.
    pub path: String,
}

/// What was dropped: entries that are still to be read, or the files themselves where a browser gives
/// no entries.
pub enum Dropped {
    /// Folders and files.
    Entries(Vec<FileSystemEntry>),
    /// Files.
    Files(Vec<FolderFile>),
}

/// The files of a picker, each with its path below the folder that was picked.
pub fn picked(files: &FileList) -> Vec<FolderFile> {
    let files = (0..files.length()).filter_map(|index| files.get(index));
    files
        .map(|file| {
            // Empty where single files were picked.
            let path = Reflect::get(&file, &"webkitRelativePath".into());
            let path = path.ok().and_then(|path| path.as_string());
            let path = path.filter(|path| !path.is_empty());
            FolderFile {
                path: path.map_or_else(|| file.name(), |path| below(&path)),
                file,
            }
        })
        .collect()
}

/// A drop of a folder or of several files; `None` for any other.
pub fn dropped(data: &DataTransfer) -> Option<Dropped> {
    // Entries must be taken while the drop is told; they can be read later.
    let items = data.items();
    let entries: Vec<FileSystemEntry> = (0..items.length())
        .filter_map(|index| items.get(index))
        .filter(|item| item.kind() == "file")
        .filter_map(|item| item.webkit_get_as_entry().ok().flatten())
        .collect();
    let files = data.files()?;
    let has_folder = entries.iter().any(FileSystemEntry::is_directory);
    if has_folder {
        Some(Dropped::Entries(entries))
    } else if files.length() > 1 {
        Some(Dropped::Files(picked(&files)))
    } else {
        None
    }
}

impl Dropped {
    /// Whether there is a model among the files: with its weights or a photo it is for the page, wherever it fell.
    pub fn has_model(&self) -> bool {
        match self {
            Self::Files(files) => files
                .iter()
                .any(|found| found.file.name().to_lowercase().ends_with(".onnx")),
            Self::Entries(_) => false,
        }
    }

    /// All files, those of folders within folders too. What cannot be read is left out.
    pub async fn read(self) -> Vec<FolderFile> {
        let entries = match self {
            Self::Files(files) => return files,
            Self::Entries(entries) => entries,
        };
        // As with a picker, the name of a single folder is no part of the paths in it.
        let single = entries.len() == 1;
        let mut found = Vec::new();
        let mut waiting: Vec<(FileSystemEntry, String)> = entries
            .into_iter()
            .map(|entry| {
                let name = entry.name();
                (entry, name)
            })
            .collect();
        while let Some((entry, path)) = waiting.pop() {
            if let Some(folder) = entry.dyn_ref::<FileSystemDirectoryEntry>() {
                for inside in entries_of(folder).await {
                    let path = format!("{path}/{}", inside.name());
                    waiting.push((inside, path));
                }
            } else if let Some(entry) = entry.dyn_ref::<FileSystemFileEntry>()
                && let Ok(file) = file_of(entry).await
            {
                let path = if single { below(&path) } else { path };
                found.push(FolderFile { file, path });
            }
        }
        found
    }
}

/// A path without its first folder, save where that says that it holds masks.
fn below(path: &str) -> String {
    match path.split_once('/') {
        Some((first, rest)) if !first.to_lowercase().starts_with("mask") => rest.to_owned(),
        _ => path.to_owned(),
    }
}

/// What a folder holds; a browser gives it in portions, the last of them empty.
async fn entries_of(folder: &FileSystemDirectoryEntry) -> Vec<FileSystemEntry> {
    let reader = folder.create_reader();
    let mut entries = Vec::new();
    loop {
        let portion = Promise::new(&mut |resolve, reject| {
            if let Err(error) = reader.read_entries_with_callback_and_callback(&resolve, &reject) {
                // A rejection does not throw.
                let _ = reject.call1(&JsValue::NULL, &error);
            }
        });
        let portion = match JsFuture::from(portion).await {
            Ok(portion) => Array::from(&portion),
            Err(_) => return entries,
        };
        if portion.length() == 0 {
            return entries;
        }
        entries.extend(portion.iter().filter_map(|entry| entry.dyn_into().ok()));
    }
}

async fn file_of(entry: &FileSystemFileEntry) -> Result<File, JsValue> {
    let file = Promise::new(&mut |resolve, reject| {
        entry.file_with_callback_and_callback(&resolve, &reject);
    });
    JsFuture::from(file).await?.dyn_into()
}
