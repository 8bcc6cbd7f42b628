//! A file that is read part by part, wherever its bytes are: on a disk, in a browser's keeping or in
//! memory.

use std::{
    cell::{OnceCell, RefCell},
    collections::BTreeMap,
    fmt,
    ops::Range,
    rc::Rc,
};

use bytes::Bytes;

/// How much is read at a time where all is looked at.
const PIECE_BYTES: u64 = 1 << 20;

/// Where a file's bytes are.
pub trait ByteSource {
    /// Length in bytes.
    fn size(&self) -> u64;

    /// Fills `into` with the bytes from `offset` on; the caller stays within the size.
    ///
    /// # Errors
    /// One sentence on why the bytes cannot be had.
    fn read(&self, offset: u64, into: &mut [u8]) -> Result<(), String>;
}

/// Finds the file that lies at a place beside another; `None` where there is none.
pub type FindBeside = Box<dyn Fn(&str) -> Option<FileHandle>>;

struct Inner {
    source: Box<dyn ByteSource>,
    failure: OnceCell<String>,
    find_beside: Option<FindBeside>,
    /// The files beside it that were asked for so far, by place.
    beside: RefCell<BTreeMap<String, FileHandle>>,
}

/// A handle to a file; a clone is another handle to the same file.
#[derive(Clone)]
pub struct FileHandle(Rc<Inner>);

impl FileHandle {
    /// The file with these bytes.
    pub fn new(source: impl ByteSource + 'static) -> Self {
        Self::made(Box::new(source), None)
    }

    /// The file with the bytes of a source that is in a box already.
    pub(super) fn from_boxed(source: Box<dyn ByteSource>) -> Self {
        Self::made(source, None)
    }

    /// As [`FileHandle::with_beside`], of a source that is in a box already.
    pub(super) fn boxed_with_beside(source: Box<dyn ByteSource>, find_beside: FindBeside) -> Self {
        Self::made(source, Some(find_beside))
    }

    /// The file with these bytes, and a way to the files beside it that it may refer to.
    pub fn with_beside(source: impl ByteSource + 'static, find_beside: FindBeside) -> Self {
        Self::made(Box::new(source), Some(find_beside))
    }

    fn made(source: Box<dyn ByteSource>, find_beside: Option<FindBeside>) -> Self {
        Self(Rc::new(Inner {
            source,
            failure: OnceCell::new(),
            find_beside,
            beside: RefCell::default(),
        }))
    }

    /// The file at `place`, a path relative to this file; `None` where there is none.
    pub fn beside(&self, place: &str) -> Option<Self> {
        if let Some(known) = self.0.beside.borrow().get(place) {
            return Some(known.clone());
        }
        let found = self.0.find_beside.as_ref()?(place)?;
        let mut beside = self.0.beside.borrow_mut();
        beside.insert(place.to_owned(), found.clone());
        Some(found)
    }

    /// The first of several files that lie one behind the other in this one; the others, each with its name and
    /// its length, are those beside it. They go by the last part of their places, since a browser tells no folders.
    ///
    /// # Errors
    /// They are longer together than this file.
    pub fn parted(&self, others: &[(String, u64)]) -> Result<Self, String> {
        let mut at = self.size();
        let mut beside: BTreeMap<String, Self> = BTreeMap::new();
        for (name, length) in others.iter().rev() {
            let start = at.checked_sub(*length);
            let start = start.ok_or_else(|| format!("{name} is not whole"))?;
            let range = start..at;
            at = start;
            let file = self.clone();
            beside.insert(name.clone(), Self::new(StoredRange { file, range }));
        }
        let first = StoredRange {
            file: self.clone(),
            range: 0..at,
        };
        let find_beside = move |place: &str| {
            let name = place.rsplit('/').next().unwrap_or(place);
            beside.get(name).cloned()
        };
        Ok(Self::with_beside(first, Box::new(find_beside)))
    }

    /// This file and all beside it that were asked for, which are in the order of their places.
    pub fn parts(&self) -> Vec<Self> {
        let beside = self.0.beside.borrow();
        std::iter::once(self)
            .chain(beside.values())
            .cloned()
            .collect()
    }

    /// A file on a disk. Files it refers to are looked for in its folder.
    ///
    /// # Errors
    /// It is not there or must not be read.
    #[cfg(not(target_family = "wasm"))]
    pub fn open(path: &std::path::Path) -> std::io::Result<Self> {
        let file = std::fs::File::open(path)?;
        let size = file.metadata()?.len();
        let folder = path.parent().map(std::path::Path::to_path_buf);
        let find_beside = move |place: &str| {
            let path = folder.as_ref()?.join(place);
            let file = std::fs::File::open(path).ok()?;
            let metadata = file.metadata().ok().filter(std::fs::Metadata::is_file)?;
            let size = metadata.len();
            Some(Self::new(OnDisk { file, size }))
        };
        Ok(Self::with_beside(
            OnDisk { file, size },
            Box::new(find_beside),
        ))
    }

    /// Length in bytes.
    pub fn size(&self) -> u64 {
        self.0.source.size()
    }

    /// Fills `into` with the bytes from `offset` on.
    ///
    /// # Errors
    /// One sentence on why the bytes cannot be had.
    pub fn read(&self, offset: u64, into: &mut [u8]) -> Result<(), String> {
        let end = offset.checked_add(into.len() as u64);
        if end.is_none_or(|end| end > self.size()) {
            return Err(format!(
                "{} bytes at {offset} were asked for, but it has {}",
                into.len(),
                self.size()
            ));
        }
        self.0.source.read(offset, into)
    }

    /// All bytes.
    ///
    /// # Errors
    /// One sentence on why the bytes cannot be had.
    pub fn read_whole(&self) -> Result<Vec<u8>, String> {
        let size = usize::try_from(self.size()).map_err(|error| error.to_string())?;
        let mut bytes = vec![0; size];
        self.read(0, &mut bytes)?;
        Ok(bytes)
    }

    /// Calls `take` with all bytes, piece by piece.
    ///
    /// # Errors
    /// One sentence on why the bytes cannot be had.
    pub fn read_in_pieces(&self, mut take: impl FnMut(&[u8])) -> Result<(), String> {
        let size = self.size();
        let mut piece = vec![0; size.min(PIECE_BYTES) as usize];
        let mut at = 0;
        while at < size {
            piece.truncate((size - at).min(PIECE_BYTES) as usize);
            self.read(at, &mut piece)?;
            take(&piece);
            at += piece.len() as u64;
        }
        Ok(())
    }

    /// Like [`FileHandle::read`], but a failure leaves zeros and is kept for
    /// [`FileHandle::failure`]: whoever uses weights need not expect the file to go away.
    pub(super) fn read_or_zero(&self, offset: u64, into: &mut [u8]) {
        if let Err(reason) = self.read(offset, into) {
            into.fill(0);
            // The first reason is the one that is told.
            let _ = self.0.failure.set(reason);
        }
    }

    /// Why weights could not be read, here or in a file beside it; what was made of them must not be
    /// used then.
    pub fn failure(&self) -> Option<String> {
        let failure = |file: &Self| file.0.failure.get().cloned();
        self.parts().iter().find_map(failure)
    }
}

impl From<Bytes> for FileHandle {
    fn from(bytes: Bytes) -> Self {
        Self::new(bytes)
    }
}

impl From<Vec<u8>> for FileHandle {
    fn from(bytes: Vec<u8>) -> Self {
        Self::new(Bytes::from(bytes))
    }
}

impl fmt::Debug for FileHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileHandle({} bytes)", self.size())
    }
}

impl PartialEq for FileHandle {
    /// The same file, not another with the same bytes.
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl ByteSource for Bytes {
    fn size(&self) -> u64 {
        self.len() as u64
    }

    fn read(&self, offset: u64, into: &mut [u8]) -> Result<(), String> {
        let part = usize::try_from(offset)
            .ok()
            .and_then(|start| self.get(start..start.checked_add(into.len())?))
            .ok_or("the bytes lie outside the file")?;
        into.copy_from_slice(part);
        Ok(())
    }
}

#[cfg(not(target_family = "wasm"))]
struct OnDisk {
    file: std::fs::File,
    size: u64,
}

#[cfg(not(target_family = "wasm"))]
impl ByteSource for OnDisk {
    fn size(&self) -> u64 {
        self.size
    }

    fn read(&self, offset: u64, into: &mut [u8]) -> Result<(), String> {
        use std::io::{Read, Seek, SeekFrom};
        let mut file = &self.file;
        file.seek(SeekFrom::Start(offset))
            .and_then(|_| file.read_exact(into))
            .map_err(|error| error.to_string())
    }
}

/// A part of a file, to be read when it is needed.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredRange {
    pub(super) file: FileHandle,
    pub(super) range: Range<u64>,
}

/// A file that lies in another as it is.
impl ByteSource for StoredRange {
    fn size(&self) -> u64 {
        self.range.end.saturating_sub(self.range.start)
    }

    fn read(&self, offset: u64, into: &mut [u8]) -> Result<(), String> {
        self.file
            .read(self.range.start.saturating_add(offset), into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Gone;

    impl ByteSource for Gone {
        fn size(&self) -> u64 {
            8
        }

        fn read(&self, _offset: u64, _into: &mut [u8]) -> Result<(), String> {
            Err("the file has gone".to_owned())
        }
    }

    #[test]
    fn parts_are_read_and_the_end_is_guarded() {
        let file = FileHandle::from(vec![1, 2, 3, 4]);
        let mut part = [0; 2];
        file.read(1, &mut part).unwrap();
        assert_eq!(part, [2, 3]);
        assert!(file.read(3, &mut part).is_err());
        assert!(file.read(u64::MAX, &mut part).is_err());
        assert_eq!(file.read_whole().unwrap(), [1, 2, 3, 4]);
    }

    #[test]
    fn a_file_that_went_away_is_remembered() {
        let file = FileHandle::new(Gone);
        assert_eq!(file.failure(), None);
        let mut part = [7; 4];
        file.clone().read_or_zero(0, &mut part);
        assert_eq!(part, [0; 4]);
        assert_eq!(file.failure().as_deref(), Some("the file has gone"));
    }

    #[test]
    fn several_files_in_one_are_told_apart() {
        let all = FileHandle::from(b"modelweightsmore".to_vec());
        let others = [("a.data".to_owned(), 7), ("b.data".to_owned(), 4)];
        let first = all.parted(&others).unwrap();
        assert_eq!(first.read_whole().unwrap(), b"model");
        assert_eq!(
            first.beside("x/a.data").unwrap().read_whole().unwrap(),
            b"weights"
        );
        assert_eq!(
            first.beside("b.data").unwrap().read_whole().unwrap(),
            b"more"
        );
        assert!(first.beside("c.data").is_none());
        assert!(all.parted(&[("a".to_owned(), 99)]).is_err());
    }

    #[test]
    fn files_beside_are_found_once_and_their_failures_count() {
        let find = |place: &str| (place == "gone").then(|| FileHandle::new(Gone));
        let file = FileHandle::with_beside(Bytes::from_static(b"x"), Box::new(find));
        assert!(file.beside("other").is_none());
        let gone = file.beside("gone").unwrap();
        assert_eq!(file.beside("gone").unwrap(), gone);
        assert_eq!(file.parts(), [file.clone(), gone.clone()]);
        gone.read_or_zero(0, &mut [0]);
        assert_eq!(file.failure().as_deref(), Some("the file has gone"));
    }
}
