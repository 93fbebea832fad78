//! Database size: how large is a SQLite database, as of its last commit?
//!
//! The file alone does not say: what was committed lately stands in the log beside it, and the log keeps the size it once
//! had. But each commit in the log says how many pages the database has (SQLite's *Database File Format*, sections 1.3.8 and
//! 4.1).

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};

const FILE_HEADER: usize = 100;
const LOG_HEADER: usize = 32;
const FRAME_HEADER: usize = 24;

/// In bytes.
///
/// # Errors
/// There is no such database.
pub fn bytes(database: &Path) -> anyhow::Result<u64> {
    let mut file = File::open(database).with_context(|| format!("there is no database {}", database.display()))?;
    let header: [u8; FILE_HEADER] = read(&mut file)?;
    ensure!(header.starts_with(b"SQLite format 3\0"), "{} is not a SQLite database", database.display());
    let page = match u16::from_be_bytes([header[16], header[17]]) {
        1 => 65_536,
        bytes => u64::from(bytes),
    };
    let pages = match File::open(log(database)) {
        Ok(mut log) => committed(&mut log, page)?,
        Err(_) => None, // Closed in order: all of it stands in the file.
    };
    Ok(page * u64::from(pages.unwrap_or_else(|| number(&header, 28))))
}

fn log(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

/// Pages after the last commit in the log; None when there is none in it.
fn committed(log: &mut File, page: u64) -> anyhow::Result<Option<u32>> {
    let Ok(header) = read::<LOG_HEADER>(log) else { return Ok(None) };
    let mut pages = None;
    while let Ok(frame) = read::<FRAME_HEADER>(log) {
        if frame[8..16] != header[16..24] {
            break; // Left over from before the log was begun anew: other salts.
        }
        let after = number(&frame, 4);
        pages = if after > 0 { Some(after) } else { pages }; // Zero: the commit comes later.
        log.seek(SeekFrom::Current(page as i64))?;
    }
    Ok(pages)
}

fn read<const BYTES: usize>(from: &mut File) -> std::io::Result<[u8; BYTES]> {
    let mut bytes = [0; BYTES];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn number(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const PAGE: usize = 512;

    /// A database of two pages, of which a log says more: the number in each frame, and whether its salt is the log's.
    fn size(frames: &[(u32, bool)]) -> anyhow::Result<u64> {
        let folder = tempfile::tempdir()?;
        let database = folder.path().join("shop.sqlite");
        let mut header = [0; FILE_HEADER];
        header[..16].copy_from_slice(b"SQLite format 3\0");
        header[16..18].copy_from_slice(&(PAGE as u16).to_be_bytes());
        header[28..32].copy_from_slice(&2u32.to_be_bytes());
        fs::write(&database, header)?;
        let mut written = vec![0; LOG_HEADER];
        written[16..24].copy_from_slice(b"saltsalt");
        for (pages, is_new) in frames {
            let salt = if *is_new { b"saltsalt" } else { b"pepper!!" };
            written.extend([&[0; 4], &pages.to_be_bytes()[..], salt, &[0; 8], &[0; PAGE]].concat());
        }
        fs::write(log(&database), written)?;
        bytes(&database)
    }

    #[test]
    fn the_last_commit_says_how_large_it_is() -> anyhow::Result<()> {
        assert_eq!(size(&[])?, 2 * 512, "an empty log");
        assert_eq!(size(&[(0, true), (5, true), (0, true), (7, true)])?, 7 * 512);
        assert_eq!(size(&[(5, true), (0, true)])?, 5 * 512, "one that was never committed");
        assert_eq!(size(&[(3, true), (9, false)])?, 3 * 512, "one from before");
        Ok(())
    }

    #[test]
    fn what_is_no_database_is_refused() {
        assert!(bytes(Path::new("/no/such/file")).is_err());
    }
}
